"""safetensors files: the same as the format's own library reads and writes; hostile headers are refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from codegen.weights.safetensors_file import read_safetensors, write_safetensors
from pivot.problems import Refusal

ARRAYS = {
    "conv.weight": np.arange(24, dtype="f4").reshape(2, 3, 4),
    "flag": np.array([True, False, True]),
    "count": np.array(7, "i8"),
    "half": np.ones((3,), "f2"),
    "none": np.zeros((0, 2), "f8"),
    "turned": np.arange(6, dtype="f8").reshape(2, 3).T,
}


def assert_same(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> None:
    assert sorted(found) == sorted(wanted)
    for name, array in wanted.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        np.testing.assert_array_equal(found[name], array)


def test_both_ways_with_the_library(tmp_path: Path) -> None:
    path = tmp_path / "w.safetensors"
    write_safetensors(path, ARRAYS, {"format": "pt"})
    assert_same(load_file(path), ARRAYS)
    assert_same(read_safetensors(path), ARRAYS)
    save_file({name: array.copy("C") for name, array in ARRAYS.items()}, path)
    assert_same(read_safetensors(path), ARRAYS)


def packed(header: object, body: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + body


def entry(shape: list[int], begin: int, end: int, dtype: str = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def test_bfloat16_is_widened(tmp_path: Path) -> None:
    path = tmp_path / "b.safetensors"
    path.write_bytes(packed({"w": entry([2], 0, 4, "BF16")}, b"\xc0\x3f\x00\xc0"))
    np.testing.assert_array_equal(read_safetensors(path)["w"], np.array([1.5, -2.0], "f4"))


HOSTILE = {
    "length beyond the file": packed({}, length=2**60),
    "overlap": packed({"a": entry([1], 0, 4), "b": entry([1], 0, 4)}, b"\0" * 4),
    "hole": packed({"a": entry([1], 0, 4), "b": entry([1], 8, 12)}, b"\0" * 12),
    "more shape than bytes": packed({"a": entry([1 << 40], 0, 4)}, b"\0" * 4),
    "negative": packed({"a": entry([-1], 0, -4)}, b"\0" * 4),
    "same name twice": packed(b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{}}', b"\0"),
    "unknown type": packed({"a": entry([1], 0, 1, "F3")}, b"\0"),
    "deep": packed(b"[" * 100_000 + b"]" * 100_000),
    "cut off": packed({"a": entry([4], 0, 16)}, b"\0" * 8),
    "left over": packed({"a": entry([1], 0, 4)}, b"\0" * 8),
    "no table": packed([1]),
    "not text": packed(b"\xff\xfe"),
    "too short": b"\0\0",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "w.safetensors"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(Refusal) as caught:
        read_safetensors(path)
    assert str(caught.value).count("\n") == 0


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(Refusal):
        write_safetensors(tmp_path / "w.safetensors", {"a": np.array(["x"])})
    with pytest.raises(Refusal):
        write_safetensors(tmp_path / "no" / "w.safetensors", {"a": np.ones(1)})
