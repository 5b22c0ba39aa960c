"""The catalogue of ops, with those of folders of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from pivot.problems import Refusal
from studio.catalogue import Catalogue

OWN = """op = "wave"
title = "My wave"
inputs = "x: *"
output = "y: *"
[[torch]]
call = "torch.special.wave"
args = "input=@x"
"""


def test_own_ops_are_listed_with_their_origin(tmp_path: Path) -> None:
    (tmp_path / "wave.toml").write_text(OWN)
    (found,) = [entry for entry in Catalogue((tmp_path,)).entries if entry.name == "wave"]
    assert (found.title, found.origin, found.signature) == ("My wave", "user", "wave(x)")
    assert "torch.special.wave" in found.words


def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "wave.toml").write_text("op = 3\n")
    with pytest.raises(Refusal, match=r"wave\.toml"):
        _ = Catalogue((tmp_path,)).entries
