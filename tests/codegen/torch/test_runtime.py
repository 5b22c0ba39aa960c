"""Inside the torch worker: how a model is found by its expression, and what its weights become."""

from __future__ import annotations

import importlib.util
import io
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from codegen.verify import worker
from codegen.verify.workers import RUNTIMES

pytestmark = pytest.mark.frameworks
torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def runtime() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pivot_runtime_torch_alone", RUNTIMES["torch"])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = """
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self, width=WIDTH):
            super().__init__()
            self.body = nn.Linear(2, width)
            self.norm = nn.BatchNorm1d(width)
            self.tied = self.body

    class GAN:
        def __init__(self):
            raise RuntimeError("trains")

        def build(self, extra):
            return nn.Linear(self.channels, self.double + extra)

        @staticmethod
        def plain():
            return nn.Linear(1, 1)

    def make():
        return Net(5)

    model = Net(7)
"""


def shell() -> worker.Shell:
    return worker.Shell({"record_limit": 10**6, "runs": []}, io.StringIO())


@pytest.fixture
def build(runtime: ModuleType, tmp_path: Path) -> Any:
    path = tmp_path / "script.py"
    path.write_text(textwrap.dedent(SCRIPT), encoding="utf-8")

    def make(model: str, **bind: str) -> Any:
        own = {name.replace("self_", "self."): text for name, text in bind.items()}
        source = {"path": str(path), "module": None, "slice": None, "model": model, "bind": {"WIDTH": "3", **own}}
        return runtime.make_model(source, runtime.namespace(source, shell()))

    return make


@pytest.mark.parametrize(
    ("expression", "width"),
    [("Net", 3), ("Net(width=4)", 4), ("make", 5), ("make()", 5), ("model", 7), ("GAN.plain()", 1)],
)
def test_expressions(build: Any, expression: str, width: int) -> None:
    model = build(expression)
    assert (model.body if hasattr(model, "body") else model).out_features == width


def test_a_building_method_of_an_object_that_is_not_started(build: Any) -> None:
    model = build("GAN.build(1)", self_channels="2", self_double="self.channels * 2")
    assert (model.in_features, model.out_features) == (2, 5)


def test_what_is_no_module_is_said(build: Any) -> None:
    with pytest.raises(TypeError, match=r"is not a torch\.nn\.Module but int"):
        build("WIDTH")


def test_weights_are_moved_off_their_defaults_and_come_back(runtime: ModuleType, build: Any, tmp_path: Path) -> None:
    model, other = build("Net(3)"), build("Net(3)")
    runtime.perturb(model)
    assert not torch.equal(model.norm.weight, torch.ones(3))
    assert 0.5 <= float(model.norm.running_var.min()) <= float(model.norm.running_var.max()) <= 1.5
    runtime.dump_state(model, str(tmp_path / "state.npz"), shell())
    with np.load(tmp_path / "state.npz") as file:
        assert {key[1:] for key in file.files} == set(model.state_dict())
    runtime.load_state(other.double(), str(tmp_path / "state.npz"))
    assert all(torch.equal(value.double(), other.state_dict()[name]) for name, value in _floats(model))
    assert runtime.aliases(model) == {"tied.weight": "body.weight", "tied.bias": "body.bias"}


def _floats(model: Any) -> list[tuple[str, Any]]:
    return [(name, value) for name, value in model.state_dict().items() if value.is_floating_point()]


def test_modules_are_recorded_call_by_call(runtime: ModuleType, build: Any) -> None:
    model, one = build("Net(2)"), shell()
    runtime.attach(model, ["body", "tied", "norm", "nowhere"], one)
    model.body(torch.ones(1, 2))
    one.recorder.start(True)
    model.body(model.body(torch.ones(1, 2)))
    assert set(one.recorder.kept) == {"body#0.0", "body#1.0", "tied#0.0", "tied#1.0"}


def test_lazy_layers_get_the_sizes_of_the_first_inputs(runtime: ModuleType, tmp_path: Path) -> None:
    model = torch.nn.Sequential(torch.nn.LazyConv2d(4, 3), torch.nn.BatchNorm2d(4), torch.nn.Flatten())
    np.savez(tmp_path / "inputs.npz", i0=np.ones((2, 3, 5, 5)))
    job = {"runs": [{"inputs": tmp_path / "inputs.npz"}], "inputs": [{"name": "x"}], "args": [0], "kwargs": {}}
    made = runtime.sized(model, job)
    assert made[0].weight.shape == (4, 3, 3, 3)
    assert float(made[1].running_mean.abs().sum()) == 0.0, "no statistics are taken from them"
