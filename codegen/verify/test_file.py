"""Writes test_<stem>_equivalence.py: a pytest file that checks the equality again, without this application.

Beside it, in the folder `equivalence`, lie the source's weights (state.npz) and the same weights as the target loads
them (target.weights.h5), so that the file needs no mapping: only torch, keras and numpy.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.verify.plan import permutation
from codegen.verify.slicing import needed_statements
from pivot.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codegen.verify.plan import VerificationPlan

FOLDER = "equivalence"


def write_test(
    plan: VerificationPlan, directory: Path, state: Path, weights: Path, stubs: Sequence[str], gate: float
) -> Path:
    """The test file in `directory`. `stubs`: modules that are not installed; `gate`: largest error allowed.

    Raises OSError; SliceError and SyntaxError when the file on disk no longer defines the model.
    """
    folder = directory / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for source, name in ((state, "state.npz"), (weights, "target.weights.h5")):
        shutil.copyfile(source, folder / name)
    facts = plan.source
    given = frozenset(name for name in facts.bind if not name.startswith("self."))
    kept = None
    if facts.module is None:
        kept = needed_statements(Path(facts.path).read_text(encoding="utf-8-sig"), facts.model, given)
    batch = [axis for spec in plan.inputs for axis, symbol in enumerate(spec.symbols) if symbol == plan.batch]
    inputs = [
        {
            "name": spec.name if spec.keyword else None,
            "shape": spec.shape,
            "batch": tuple(axis for axis, symbol in enumerate(spec.symbols) if symbol == plan.batch and plan.batch),
            "dtype": spec.dtype,
            "range": (spec.low, spec.high),
            "order": permutation(spec.source_axes, spec.target_axes),
        }
        for spec in plan.inputs
    ]
    values = {
        "source": _path(Path(facts.path), directory),
        "root": _path(Path(facts.root), directory),
        "target": _path(Path(plan.target.path), directory),
        "module": repr(facts.module),
        "statements": repr(kept),
        "bind": repr(dict(facts.bind)),
        "model": repr(facts.model.partition("@")[0]),
        "target_model": repr(plan.target.model),
        "inputs": "[\n" + "".join(f"    {entry!r},\n" for entry in inputs) + "]",
        "orders": repr([permutation(output.target_axes, output.source_axes) for output in plan.outputs]),
        "stubs": repr(sorted(stubs)),
        "gate": repr(gate),
        "batches": "[0, 1]" if batch else "[0]",
        "title": f"{Path(plan.target.path).name} computes the same as {Path(facts.path).name}",
    }
    text = re.sub(r"<<(\w+)>>", lambda match: values[match[1]], _TEMPLATE)
    path = directory / f"test_{re.sub(r'[^0-9A-Za-z_]', '_', Path(facts.path).stem)}_equivalence.py"
    write_atomic(path, text.encode())
    return path


def _path(path: Path, directory: Path) -> str:
    """An expression: relative to the test file where that stays within two folders up, else absolute."""
    relative = os.path.relpath(path, directory).replace(os.sep, "/")
    if relative.startswith("../../../"):
        return f"Path({str(path)!r})"
    return f"HERE / {relative!r}"


_TEMPLATE = '''"""<<title>>: same weights, same inputs, in float64.

Runs on its own: pytest, torch, keras with a backend, numpy. Written by Pivot Studio.
"""

import ast
import importlib
import os
import sys
import types
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
import torch

HERE = Path(__file__).resolve().parent
SOURCE, ROOT, TARGET = <<source>>, <<root>>, <<target>>
MODULE = <<module>>  # the source's dotted name below ROOT, or None: then only STATEMENTS of it are executed
STATEMENTS = <<statements>>
BIND = <<bind>>  # names that the source leaves open
NOT_INSTALLED = <<stubs>>  # modules the source imports and the model does not need
INPUTS = <<inputs>>
ORDERS = <<orders>>  # per output: its axes in the source's order, None where they agree
GATE = <<gate>>  # largest relative error


class Stub(types.ModuleType):
    """Stands for a module that is not installed."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return sys.modules.setdefault(f"{self.__name__}.{name}", Stub(f"{self.__name__}.{name}"))

    def __call__(self, *args, **kwargs):
        return args[0] if len(args) == 1 and not kwargs and callable(args[0]) else self

    def __mro_entries__(self, bases):
        return (object,)


def source_model():
    """The source's model with the recorded weights, in float64."""
    sys.path[:0] = [str(SOURCE.parent), str(ROOT)]
    for name in NOT_INSTALLED:
        sys.modules.setdefault(name, Stub(name))
    names = {"np": np, "torch": torch, "types": types, "SimpleNamespace": types.SimpleNamespace}
    bound = {}
    for name, text in BIND.items():
        if not name.startswith("self."):
            bound[name] = eval(text, {**names, **bound})
    if MODULE:
        module = importlib.import_module(MODULE)
        module.__dict__.update(bound)
    else:
        tree = ast.parse(SOURCE.read_text(encoding="utf-8-sig"))
        tree.body = [tree.body[p[0]] if len(p) == 1 else tree.body[p[0]].body[p[1]] for p in STATEMENTS]
        module = sys.modules["pivot_source"] = types.ModuleType("pivot_source")
        module.__file__ = str(SOURCE)
        module.__dict__.update(bound)
        exec(compile(tree, str(SOURCE), "exec"), module.__dict__)
    names.update(module.__dict__)
    expression = <<model>>
    owner = names.get(expression.partition(".")[0])
    if any(name.startswith("self.") for name in BIND) and isinstance(owner, type):
        made = object.__new__(owner)
        if isinstance(made, torch.nn.Module):
            torch.nn.Module.__init__(made)
        for name, text in BIND.items():
            if name.startswith("self."):
                setattr(made, name[5:], eval(text, {**names, "self": made}))
        names["_made"], expression = made, "_made." + expression.partition(".")[2]
    model = eval(expression, names)
    if not isinstance(model, torch.nn.Module):
        model = model()
    with np.load(HERE / "equivalence" / "state.npz") as file:
        state = {key[1:]: torch.from_numpy(file[key].copy()) for key in file.files}
    own = model.state_dict()
    state |= {name: value for name, value in own.items() if name.endswith("num_batches_tracked") and name not in state}
    model.double().load_state_dict(state)
    return model.eval()


def target_model():
    """The generated model; its variables are made by the first call."""
    module = types.ModuleType(TARGET.stem)
    module.__file__ = str(TARGET)
    sys.modules[TARGET.stem] = module
    exec(compile(TARGET.read_text(encoding="utf-8"), str(TARGET), "exec"), module.__dict__)
    return eval(<<target_model>>, module.__dict__)


def draw(more):
    """One array per input, in the source's axis order; `more` is added to the batch size."""
    generator, found = np.random.default_rng(more), []
    for spec in INPUTS:
        shape = tuple(size + more * (axis in spec["batch"]) for axis, size in enumerate(spec["shape"]))
        if spec["dtype"] == "bool":
            found.append(generator.random(shape) < 0.75)
        elif "int" in spec["dtype"]:
            found.append(generator.integers(*spec["range"], shape).astype(spec["dtype"]))
        else:
            found.append(generator.standard_normal(shape))
    return found


def call(model, tensors, **more):
    """Inputs with a name go by keyword, several inputs of a functional model in one list."""
    named = {spec["name"]: value for spec, value in zip(INPUTS, tensors) if spec["name"]}
    plain = [value for spec, value in zip(INPUTS, tensors) if not spec["name"]]
    if len(plain) > 1 and isinstance(model, keras.Model) and model._obj_type() != "Layer":
        plain = [plain]
    return flatten(model(*plain, **named, **more))


def flatten(value):
    """The tensors of an output structure, in order."""
    if hasattr(value, "to_tuple") and not isinstance(value, dict):
        value = value.to_tuple()
    if hasattr(value, "detach"):
        return [value.detach().cpu().numpy()]
    if hasattr(value, "numpy"):
        return [np.asarray(value.numpy())]
    if isinstance(value, dict):
        value = list(value.values())
    return [array for item in value for array in flatten(item)] if isinstance(value, (list, tuple)) else []


@pytest.fixture(scope="module")
def models():
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    torch.set_default_dtype(torch.float64)
    source, target = source_model(), target_model()
    run_target(target, draw(0))
    target.load_weights(HERE / "equivalence" / "target.weights.h5")
    return source, target


def run_target(model, arrays):
    moved = [a.transpose(s["order"]) if s["order"] else a for s, a in zip(INPUTS, arrays)]
    return call(model, [keras.ops.convert_to_tensor(np.ascontiguousarray(array)) for array in moved], training=False)


@pytest.mark.parametrize("more", <<batches>>)
def test_both_compute_the_same(models, more):
    source, target = models
    arrays = draw(more)
    with torch.no_grad():
        left = call(source, [torch.from_numpy(array) for array in arrays])
    right = run_target(target, arrays)
    assert len(left) == len(right)
    for number, (a, b) in enumerate(zip(left, right)):
        order = ORDERS[number] if number < len(ORDERS) else None
        b = b.transpose(order) if order else b
        assert a.shape == b.shape
        if a.dtype.kind in "iub":
            assert (a == b).all(), f"output {number}: {(a != b).sum()} of {a.size} values differ"
            continue
        assert (np.isfinite(a) == np.isfinite(b)).all()
        a, b = np.nan_to_num(a), np.nan_to_num(b)
        error = np.abs(a - b).max() / max(np.abs(a).max(), 1e-30) if a.size else 0.0
        assert error <= GATE, f"output {number}: relative error {error:.1e}"
'''
