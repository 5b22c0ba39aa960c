"""A file is written in the framework that it does not import, unless one is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from pivot.problems import Refusal
from studio.frameworks import OTHER, target_for


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("import torch\nfrom torch import nn\n", "keras"),
        ("from keras import layers\n", "torch"),
        ("import tensorflow as tf\n", "torch"),
        ("width = 3\n", "keras"),
    ],
)
def test_the_other_framework_is_written(text: str, target: str, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(text)
    assert target_for(path, OTHER) == target
    assert target_for(path, "keras") == "keras"


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        target_for(tmp_path / "none.py", OTHER)
