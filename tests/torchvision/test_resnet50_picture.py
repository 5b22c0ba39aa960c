"""What the window shows of ResNet-50 is what PyTorch itself reports: paths, classes, constructor values, shapes."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.picture import picture_of
from pivot.opset import load_opset
from pivot.reading.elaborate import Request, elaborate
from pivot.reading.inputs import parse_spec
from pivot.reading.torch import TorchDialect

pytestmark = pytest.mark.frameworks

Picture = dict[str, list[dict[str, object]]]
SIZES = {"N": 1, "H": 64, "W": 64}


@pytest.fixture(scope="module")
def picture(torchvision_models: Path) -> Picture:
    request = Request(torchvision_models / "resnet.py", "resnet50()", (parse_spec("1x3x64x64"),))
    return picture_of(elaborate(request, TorchDialect(), load_opset()))  # type: ignore[return-value]


@pytest.fixture(scope="module")
def model(torchvision_root: Path) -> Iterator[object]:
    """The same file run beside PyTorch, with stand-ins for the parts of torchvision that need its compiled library."""
    before = set(sys.modules)
    package, models = types.ModuleType("torchvision"), types.ModuleType("torchvision.models")
    package.__path__ = [str(torchvision_root / "torchvision")]
    models.__path__ = [str(torchvision_root / "torchvision" / "models")]
    presets, utils = types.ModuleType("torchvision.transforms._presets"), types.ModuleType("torchvision.utils")
    presets.ImageClassification = object  # type: ignore[attr-defined]
    utils._log_api_usage_once = lambda made: None  # type: ignore[attr-defined]
    transforms = types.ModuleType("torchvision.transforms")
    transforms.__path__ = []
    for module in (package, models, transforms, presets, utils):
        sys.modules[module.__name__] = module
    try:
        yield importlib.import_module("torchvision.models.resnet").resnet50()
    finally:
        for name in set(sys.modules) - before:
            if name.startswith("torchvision"):
                del sys.modules[name]


def test_module_paths_and_classes_are_those_of_named_modules(picture: Picture, model: object) -> None:
    theirs = {path: type(module).__name__ for path, module in model.named_modules()}  # type: ignore[attr-defined]
    assert {str(m["path"]): str(m["class"]) for m in picture["modules"]} == theirs


def test_parameter_counts_and_shapes_are_those_of_the_state_dict(picture: Picture, model: object) -> None:
    theirs = {name: list(t.shape) for name, t in model.state_dict().items()}  # type: ignore[attr-defined]
    ours = {w["path"]: w["shape"] for n in picture["nodes"] for w in n["weights"]}  # type: ignore[attr-defined]
    assert len(ours) == len(theirs)
    assert {name: theirs[str(name)] for name in ours} == ours


def test_constructor_values_are_those_of_the_modules(picture: Picture, model: object) -> None:
    compared = 0
    names = {
        "filters": "out_channels",
        "kernel": "kernel_size",
        "stride": "stride",
        "groups": "groups",
        "units": "out_features",
        "epsilon": "eps",
        "momentum": "momentum",
        "dilation": "dilation",
        "ceil": "ceil_mode",
        "size": "output_size",
    }
    modules = dict(model.named_modules())  # type: ignore[attr-defined]
    for node in picture["nodes"]:
        if node["instance"] is None:
            continue
        module = modules[str(node["instance"])]
        for param in node["params"]:  # type: ignore[attr-defined]
            if param["name"] in names:
                theirs = getattr(module, names[param["name"]])
                theirs = (theirs, theirs) if isinstance(theirs, int) and param["type"].endswith("[2]") else theirs
                assert eval(param["value"], {}) == theirs, (node["instance"], param)
                compared += 1
    assert compared > 53 * 5


def test_shapes_are_those_that_arrive_and_leave(picture: Picture, model: object) -> None:
    import torch

    seen: dict[str, list[tuple[int, ...]]] = {}
    for path, module in model.named_modules():  # type: ignore[attr-defined]
        if not list(module.children()):
            module.register_forward_hook(lambda m, i, o, path=path: seen.setdefault(path, []).append(tuple(o.shape)))
    with torch.no_grad():
        model.eval()(torch.zeros(1, 3, 64, 64))  # type: ignore[attr-defined]
    ours: dict[str, list[tuple[int, ...]]] = {}
    for node in picture["nodes"]:
        if node["instance"] is not None:
            shape = picture["values"][node["outputs"][0]]["shape"]  # type: ignore[index,call-overload]
            sizes = tuple(s if isinstance(s, int) else eval(s, {}, SIZES) for s in shape)
            ours.setdefault(str(node["instance"]), []).append(sizes)
    assert ours == seen
