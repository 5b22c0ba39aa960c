"""A checkpoint is recognised by its content, whatever its name says."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from codegen.weights.checkpoint import match_names, read_checkpoint
from codegen.weights.keras_file import write_weights_h5
from codegen.weights.safetensors_file import write_safetensors
from pivot.problems import Refusal


def test_the_content_decides(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    write_safetensors(path, {"w": np.ones(2, "f4")})
    assert list(read_checkpoint(path)) == ["w"]
    write_weights_h5(path, {"dense/vars/0": np.ones(2, "f4")})
    assert list(read_checkpoint(path)) == ["dense/vars/0"]


def test_what_is_no_checkpoint_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    cases = {
        b"": "is empty",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n": "Git LFS",
        b"\x7fELF\0\0\0\0\0\0": "not a checkpoint",
        b"PK\x03\x04 but nothing else": "damaged",
        b"import torch\n": "not a checkpoint",
    }
    for data, why in cases.items():
        path.write_bytes(data)
        with pytest.raises(Refusal, match=why) as caught:
            read_checkpoint(path)
        assert caught.value.problem.remedy
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(Refusal, match="no weights"):
        read_checkpoint(path)
    for missing in (tmp_path / "missing.pt", tmp_path):
        with pytest.raises(Refusal, match="cannot be read"):
            read_checkpoint(missing)


def test_prefixes_of_wrappers_go_only_when_that_helps() -> None:
    wrapped = {"module.a.weight": np.ones(1), "module.b": np.ones(1)}
    assert sorted(match_names(wrapped, {"a.weight", "b"})) == ["a.weight", "b"]
    assert sorted(match_names(wrapped, {"module.a.weight", "module.b"})) == sorted(wrapped)
    assert sorted(match_names(wrapped, {"x"})) == sorted(wrapped)
    assert sorted(match_names(wrapped | {"c": np.ones(1)}, {"a.weight"})) == sorted([*wrapped, "c"])
