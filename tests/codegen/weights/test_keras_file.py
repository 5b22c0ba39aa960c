"""HDF5 files: what is written comes back; what points elsewhere or blows up is refused before it is read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from codegen.weights.keras_file import read_keras_archive, read_weights_h5, write_weights_h5
from pivot.problems import Refusal

ARRAYS = {
    "vars/0": np.float64(3.5).reshape(()),
    "conv/vars/0": np.arange(24, dtype="f4").reshape(1, 2, 3, 4),
    "conv/vars/1": np.zeros((0, 3), "f4"),
    "layers/dense_1/cell/vars/10": np.arange(6).reshape(2, 3).T,
}


def test_written_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "w.weights.h5"
    write_weights_h5(path, ARRAYS)
    found = read_weights_h5(path)
    assert sorted(found) == sorted(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        np.testing.assert_array_equal(found[name], array)
    assert [child.name for child in tmp_path.iterdir()] == ["w.weights.h5"]


def test_a_path_that_keras_would_not_read_is_refused(tmp_path: Path) -> None:
    for name in ("conv/kernel", "conv/vars/x", "0", ""):
        with pytest.raises(Refusal):
            write_weights_h5(tmp_path / "w.weights.h5", {name: np.ones(1)})
    with pytest.raises(Refusal, match="another folder"):
        write_weights_h5(tmp_path / "missing" / "w.weights.h5", {"vars/0": np.ones(1)})


def test_an_archive_of_keras(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file["dense/vars/0"] = np.ones((2, 2), "f4")
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", buffer.getvalue())
    assert list(read_keras_archive(path)) == ["dense/vars/0"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(Refusal):
        read_keras_archive(path)


def test_bfloat16_is_widened(tmp_path: Path) -> None:
    path = tmp_path / "b.weights.h5"
    with h5py.File(path, "w") as file:
        data = file.create_dataset("dense/vars/0", data=np.array([0x3FC0, 0xC000], "<u2").view("V2"))
        data.attrs["dtype"] = "bfloat16"
    np.testing.assert_array_equal(read_weights_h5(path)["dense/vars/0"], np.array([1.5, -2.0], "f4"))


def hostile(path: Path, kind: str) -> None:
    secret = path.with_name("secret.bin")
    secret.write_bytes(b"not yours" * 100)
    other = path.with_name("other.h5")
    with h5py.File(other, "w") as file:
        file["data"] = np.ones(4)
    with h5py.File(path, "w") as file:
        if kind == "external storage":
            file.create_dataset("dense/vars/0", (16,), "u1", external=[(str(secret), 0, 16)])
        elif kind == "external link":
            file["dense"] = h5py.ExternalLink(str(other), "/data")
        elif kind == "soft link":
            file["a/vars/0"] = np.ones(2)
            file["dense"] = h5py.SoftLink("/a")
        elif kind == "virtual dataset":
            layout = h5py.VirtualLayout((4,), "f8")
            layout[:] = h5py.VirtualSource(str(other), "data", (4,))
            file.create_virtual_dataset("dense/vars/0", layout)
        elif kind == "declared, not stored":
            file.create_dataset("dense/vars/0", (1 << 34,), "f4", chunks=(1 << 20,))
        elif kind == "zeros, packed":
            file.create_dataset("dense/vars/0", (1 << 30,), "f4", chunks=(1 << 20,), compression="gzip")
        elif kind == "text":
            file["dense/vars/0"] = "words"


@pytest.mark.parametrize(
    "kind",
    [
        "external storage",
        "external link",
        "soft link",
        "virtual dataset",
        "declared, not stored",
        "zeros, packed",
        "text",
    ],
)
def test_hostile_files_are_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "w.h5"
    hostile(path, kind)
    with pytest.raises(Refusal) as caught:
        read_weights_h5(path)
    assert caught.value.problem.file == str(path)


def test_cycles_end_and_damage_is_told(tmp_path: Path) -> None:
    path = tmp_path / "w.h5"
    with h5py.File(path, "w") as file:
        file["a/vars/0"] = np.ones(2)
        file["a/again"] = file["/"]
    assert list(read_weights_h5(path)) == ["a/vars/0"]
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(Refusal):
        read_weights_h5(path)
