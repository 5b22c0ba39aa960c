"""Checkpoints of torch are read without torch: the same names and numbers, and nothing in them runs."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codegen.weights.torch_file import read_torch
from pivot.problems import Refusal

pytestmark = pytest.mark.frameworks
torch = pytest.importorskip("torch")


class Net(torch.nn.Module):  # type: ignore[misc, name-defined]
    def __init__(self) -> None:
        super().__init__()
        self.features = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3))
        self.head = torch.nn.Linear(3, 2)
        self.register_buffer("kept", torch.arange(4))
        self.register_buffer("dropped", torch.arange(4), persistent=False)
        self.tied = self.head


class Runs:
    """What an attacker's pickle does."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.canary),)


def expected(state: dict[str, Any]) -> dict[str, np.ndarray]:
    return {
        name: value.float().numpy() if value.dtype == torch.bfloat16 else value.numpy() for name, value in state.items()
    }


def assert_same(found: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> None:
    assert sorted(found) == sorted(wanted)
    for name, array in wanted.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_state_dict_comes_out_as_torch_has_it(tmp_path: Path, zipped: bool) -> None:
    torch.manual_seed(0)
    base = torch.randn(4, 6)
    state = Net().state_dict() | {
        "transposed": base.t(),
        "slice": base[1:3, ::2],
        "half": base.half(),
        "brain": base.bfloat16(),
        "double": base.double(),
        "flags": base > 0,
        "bytes": torch.arange(5, dtype=torch.uint8),
        "scalar": torch.tensor(3.5),
        "empty": torch.zeros(0, 3),
        "complex": torch.complex(base, base),
    }
    path = tmp_path / "weights.pt"
    torch.save(state, path, _use_new_zipfile_serialization=zipped)
    assert_same(read_torch(path), expected(state))


@pytest.mark.parametrize("zipped", [True, False])
def test_a_whole_module_shows_its_tensors(tmp_path: Path, zipped: bool) -> None:
    model = Net()
    path = tmp_path / "model.pth"
    torch.save(model, path, _use_new_zipfile_serialization=zipped)
    found = read_torch(path)
    assert_same(found, expected(model.state_dict()))
    assert "dropped" not in found


def test_a_training_checkpoint_gives_the_model(tmp_path: Path) -> None:
    model = Net()
    optimiser = torch.optim.Adam(model.parameters())
    model.head(torch.ones(1, 3)).sum().backward()
    optimiser.step()
    path = tmp_path / "checkpoint.pth.tar"
    torch.save({"epoch": 3, "state_dict": model.state_dict(), "optimizer": optimiser.state_dict(), "best": 0.5}, path)
    assert_same(read_torch(path), expected(model.state_dict()))


def test_parameters_and_tensors_with_attributes(tmp_path: Path) -> None:
    parameter = torch.nn.Parameter(torch.ones(2))
    parameter.note = "kept with the tensor"
    path = tmp_path / "p.pt"
    torch.save({"a": parameter, "b": torch.nn.Parameter(torch.zeros(3)), "_metadata": {}}, path)
    assert_same(read_torch(path), {"a": np.ones(2, "f4"), "b": np.zeros(3, "f4")})


@pytest.mark.parametrize("zipped", [True, False])
def test_nothing_runs(tmp_path: Path, zipped: bool) -> None:
    canary, path = tmp_path / "canary", tmp_path / "evil.pt"
    torch.save({"w": torch.ones(2), "extra": Runs(canary)}, path, _use_new_zipfile_serialization=zipped)
    assert_same(read_torch(path), {"w": np.ones(2, "f4")})
    torch.save(Runs(canary), path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(Refusal):
        read_torch(path)
    assert not canary.exists()


def rewritten(path: Path, change: dict[str, bytes | None]) -> Path:
    """The archive with members replaced or left out."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    root = next(iter(members)).split("/")[0]
    members |= {f"{root}/{name}": data for name, data in change.items() if data is not None}
    for name in [name for name, data in change.items() if data is None]:
        del members[f"{root}/{name}"]
    with zipfile.ZipFile(path, "w") as new:
        for name, data in members.items():
            new.writestr(name, data)
    return path


def test_damaged_and_hostile_archives_are_refused(tmp_path: Path) -> None:
    def saved(value: object) -> Path:
        path = tmp_path / "w.pt"
        torch.save(value, path)
        return path

    def pickled(path: Path) -> bytes:
        with zipfile.ZipFile(path) as archive:
            return archive.read(next(name for name in archive.namelist() if name.endswith("data.pkl")))

    good = pickled(saved({"w": torch.ones(1, 1)}))
    huge = good.replace(
        b"K\x01K\x01\x86", b"J" + struct.pack("<i", 2**30) + b"J" + struct.pack("<i", 2**30) + b"\x86", 1
    )
    assert huge != good
    negative = good.replace(b"K\x01K\x01\x86", b"J" + struct.pack("<i", -1) + b"K\x01\x86", 1)
    cases = {
        "storage cut off": {"data/0": b"\0"},
        "storage missing": {"data/0": None},
        "shape beyond storage": {"data.pkl": huge},
        "negative size": {"data.pkl": negative},
        "pickle cut off": {"data.pkl": good[:-20]},
        "pickle is text": {"data.pkl": b"hello"},
        "no pickle": {"data.pkl": None},
        "nested lists only": {"data.pkl": b"\x80\x02" + b"]" * 50_000 + b"a" * 49_999 + b"."},
        "shared tuples as a key": {"data.pkl": b"\x80\x02})" + b"2\x86" * 200 + b"Ns."},
    }
    for name, change in cases.items():
        with pytest.raises(Refusal) as caught:
            read_torch(rewritten(saved({"w": torch.ones(1, 1)}), change))
        assert caught.value.problem.remedy, name
    path = saved({"a": torch.ones(2).to_sparse(), "w": torch.ones(2)})
    with pytest.raises(Refusal, match="'a' is a tensor of a kind"):
        read_torch(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(Refusal):
        read_torch(path)


def test_an_expanded_tensor_may_not_claim_more_than_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    torch.save({"w": torch.zeros(1).expand(1 << 20, 1 << 20)}, path)
    with pytest.raises(Refusal, match=r"claim far more|reaches beyond"):
        read_torch(path)


def test_a_cut_legacy_file_and_a_foreign_pickle_are_refused(tmp_path: Path) -> None:
    path, buffer = tmp_path / "old.pt", io.BytesIO()
    torch.save({"w": torch.ones(100)}, buffer, _use_new_zipfile_serialization=False)
    for data in (buffer.getvalue()[:-50], b"\x80\x02}.", b"\x80\x02", b"\x80\x02cos\nsystem\nX\x02\0\0\0ls\x85R."):
        path.write_bytes(data)
        with pytest.raises(Refusal):
            read_torch(path)


def test_several_sets_of_weights_are_named(tmp_path: Path) -> None:
    path = tmp_path / "gan.pt"
    torch.save({"generator": {"w": torch.ones(1)}, "critic": {"w": torch.ones(1)}}, path)
    with pytest.raises(Refusal, match=r"critic, generator"):
        read_torch(path)


def test_a_model_that_learns_nothing_has_an_empty_checkpoint(tmp_path: Path) -> None:
    torch.save(torch.nn.ReLU().state_dict(), tmp_path / "none.pt")
    assert read_torch(tmp_path / "none.pt") == {}
