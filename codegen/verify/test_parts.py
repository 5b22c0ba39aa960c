"""The parts of a generated equivalence test, by framework: texts with `<<names>>` that are filled in."""

HEAD = '''"""<<title>>: same weights, same inputs, in float64.

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
PLACES, NAMED = <<places>>, <<named>>  # what the models are called with: numbers of inputs, a list of them is a tuple
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


def source_names():
    """The names of the source, as far as its model needs them."""
    sys.path[:0] = [str(ROOT), str(SOURCE.parent)] if MODULE else [str(SOURCE.parent), str(ROOT)]
    for name in NOT_INSTALLED:
        sys.modules.setdefault(name, Stub(name))
    names = {"np": np, "torch": torch, "keras": keras, "types": types, "SimpleNamespace": types.SimpleNamespace}
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
    return names


'''

SOURCE = {
    "torch": '''def source_model():
    """The source's model with the recorded weights, in float64."""
    names = source_names()
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


def run_source(model, arrays):
    """The source on its inputs."""
    with torch.no_grad():
        return call(model, [torch.from_numpy(array) for array in arrays])


''',
    "keras": '''def source_model():
    """The source's model with the recorded weights, in float64; its variables are made by the first call."""
    names = source_names()
    expression = <<model>>
    owner = names.get(expression.partition(".")[0])
    if isinstance(owner, type) and "." in expression:
        made = object.__new__(owner)
        for name, text in BIND.items():
            if name.startswith("self."):
                setattr(made, name[5:], eval(text, {**names, "self": made}))
        names["_made"], expression = made, "_made." + expression.partition(".")[2]
    model = eval(expression, names)
    if not isinstance(model, keras.layers.Layer):
        model = model()
    if keras.backend.backend() == "tensorflow":
        importlib.import_module("tensorflow").config.run_functions_eagerly(True)  # a trace may keep the first weights
    run_source(model, draw(0))
    model.load_weights(HERE / "equivalence" / "source.weights.h5")
    return model


def run_source(model, arrays):
    """The source on its inputs."""
    return call(model, [keras.ops.convert_to_tensor(array) for array in arrays], <<mode>>=False)


''',
}
"""Makes and runs the source."""

TARGET = {
    "keras": '''def target_model():
    """The generated model with the same weights."""
    module = types.ModuleType(TARGET.stem)
    module.__file__ = str(TARGET)
    sys.modules[TARGET.stem] = module
    exec(compile(TARGET.read_text(encoding="utf-8"), str(TARGET), "exec"), module.__dict__)
    model = eval(<<target_model>>, module.__dict__)
    run_target(model, draw(0))  # its variables are made by the first call
    model.load_weights(HERE / "equivalence" / "target.weights.h5")
    return model


def run_target(model, arrays):
    """The generated model on inputs in the source's axis order."""
    return call(model, [keras.ops.convert_to_tensor(array) for array in turned(arrays)], training=False)


''',
    "torch": '''def target_model():
    """The generated model with the same weights."""
    module = types.ModuleType(TARGET.stem)
    module.__file__ = str(TARGET)
    sys.modules[TARGET.stem] = module
    exec(compile(TARGET.read_text(encoding="utf-8"), str(TARGET), "exec"), module.__dict__)
    model = eval(<<target_model>>, module.__dict__)
    with np.load(HERE / "equivalence" / "target.npz") as file:
        state = {key[1:]: torch.from_numpy(file[key].copy()) for key in file.files}
    model.double().load_state_dict(state)
    return model.eval()


def run_target(model, arrays):
    """The generated model on inputs in the source's axis order."""
    with torch.no_grad():
        return call(model, [torch.from_numpy(array) for array in turned(arrays)])


''',
}
"""Makes and runs the generated model."""

TAIL = '''def draw(more):
    """One array per input, in the source's axis order; `more` is added to the batch size."""
    generator, found = np.random.default_rng(more), []
    for spec in INPUTS:
        shape = tuple(size + more * (axis in spec["batch"]) for axis, size in enumerate(spec["shape"]))
        if spec["dtype"] == "bool":
            found.append(generator.random(shape) < 0.75)
        elif "int" in spec["dtype"] or spec.get("whole"):
            found.append(generator.integers(*spec["range"], shape).astype(spec["dtype"]))
        else:
            found.append(generator.standard_normal(shape))
    return found


def call(model, tensors, **more):
    """The tensors at their places, several inputs of a functional model in one list."""

    def at(place):
        return tuple(tensors[number] for number in place) if isinstance(place, list) else tensors[place]

    plain, named = [at(place) for place in PLACES], {name: at(place) for name, place in NAMED.items()}
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


def turned(arrays):
    """The inputs in the axis order of the generated model."""
    pairs = zip(INPUTS, arrays)
    return [np.ascontiguousarray(a.transpose(spec["order"]) if spec["order"] else a) for spec, a in pairs]


@pytest.fixture(scope="module")
def models():
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    torch.set_default_dtype(torch.float64)
    return source_model(), target_model()


@pytest.mark.parametrize("more", <<batches>>)
def test_both_compute_the_same(models, more):
    source, target = models
    arrays = draw(more)
    left, right = run_source(source, arrays), run_target(target, arrays)
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
