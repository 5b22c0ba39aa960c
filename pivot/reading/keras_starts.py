"""What Keras' layers start from: initialisers as the program says them, in one notation.

A description is a tuple: ("variance", scale, mode, distribution), ("normal", mean, deviation), ("truncated", mean,
deviation) that is cut off at two deviations, ("uniform", low, high), ("constant", value), ("orthogonal", gain),
("identity", gain).
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pivot.dims import Dim
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Visit
from pivot.reading.values import Api, DictObject, InstanceObject, Unknown, Value
from pivot.slots import Made
from pivot.starts import Start, truncated

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

Described = tuple[object, ...]
CUT = 0.87962566103423978  # deviation of a standard normal distribution between -2 and 2

# Positional arguments with their defaults.
SIGNATURES: dict[str, dict[str, object]] = {
    "RandomNormal": {"mean": 0.0, "stddev": 0.05},
    "TruncatedNormal": {"mean": 0.0, "stddev": 0.05},
    "RandomUniform": {"minval": -0.05, "maxval": 0.05},
    "VarianceScaling": {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"},
    "Constant": {"value": 0.0},
    "Orthogonal": {"gain": 1.0},
    "Identity": {"gain": 1.0},
    "Zeros": {},
    "Ones": {},
    "GlorotUniform": {},
    "GlorotNormal": {},
    "HeUniform": {},
    "HeNormal": {},
    "LecunUniform": {},
    "LecunNormal": {},
}
KINDS = {"RandomNormal": "normal", "TruncatedNormal": "truncated", "RandomUniform": "uniform", "Constant": "constant"}
KINDS |= {"VarianceScaling": "variance", "Orthogonal": "orthogonal", "Identity": "identity"}
SCALED: dict[str, Described] = {
    "Zeros": ("constant", 0.0),
    "Ones": ("constant", 1.0),
    **{
        f"{name}{shape}": ("variance", scale, mode, distribution)
        for name, scale, mode in (("Glorot", 1.0, "fan_avg"), ("He", 2.0, "fan_in"), ("Lecun", 1.0, "fan_in"))
        for shape, distribution in (("Uniform", "uniform"), ("Normal", "truncated_normal"))
    },
}
OTHERS = {"normal": "RandomNormal", "uniform": "RandomUniform", "zero": "Zeros", "one": "Ones"}
OTHERS |= {"randomnormal": "RandomNormal", "randomuniform": "RandomUniform", "identitymatrix": "Identity"}
WORDS = {name.lower(): name for name in SIGNATURES} | OTHERS
PREFIXES = ("keras.initializers.", "tensorflow.initializers.", "tensorflow.compat.v1.initializers.")
OLD = {
    "tensorflow.random_normal_initializer": "RandomNormal",
    "tensorflow.random_uniform_initializer": "RandomUniform",
    "tensorflow.constant_initializer": "Constant",
    "tensorflow.zeros_initializer": "Zeros",
    "tensorflow.ones_initializer": "Ones",
}
DISTRIBUTIONS = {"normal": "truncated_normal", "truncated_normal": "truncated_normal", "uniform": "uniform"}
DISTRIBUTIONS |= {"untruncated_normal": "untruncated_normal"}


def class_of(name: str) -> str | None:
    """The initialiser that a canonical name or a word stands for: `keras.initializers.he_normal` is `HeNormal`."""
    if name in OLD:
        return OLD[name]
    prefix = next((p for p in PREFIXES if name.startswith(p)), None)
    if prefix is None and "." in name:
        return None
    last = name.rpartition(".")[2].replace("_", "").lower()
    return WORDS.get(last)


def made(
    ev: Evaluator, callee: Value, full: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Value | None:
    """`keras.initializers.RandomNormal(stddev=0.01)`; None for what is no initialiser."""
    name = class_of(full) if "." in full else None
    if name is None:
        return None
    ev.visit(Visit(node, frame, "dropped", callee, args, kwargs, name=full))
    given = {**dict(zip(SIGNATURES[name], args, strict=False)), **kwargs}
    return Value(InstanceObject(Api(f"keras.initializers.{name}"), given))


def described(value: Value) -> Described | None:
    """An initialiser as it is given to a layer; None for what is not known."""
    hint = value.hint
    if isinstance(hint, str):
        return from_class(class_of(hint), {})
    if isinstance(hint, Api):
        return from_class(class_of(hint.name), {})
    if isinstance(hint, InstanceObject) and isinstance(hint.cls, Api):
        return from_class(class_of(hint.cls.name), hint.attrs)
    if isinstance(hint, DictObject):
        entries = {key: pair[1] for key, pair in hint.entries.items()}
        name, config = entries.get("class_name"), entries.get("config")
        inner = config.hint.entries if config is not None and isinstance(config.hint, DictObject) else {}
        if name is not None and isinstance(name.hint, str):
            return from_class(class_of(name.hint), {str(key): pair[1] for key, pair in inner.items()})
    return None


def weight_start(initializer: Value | None, shape: Sequence[Dim]) -> Start | None:
    """What a weight of a layer's own starts from, in numbers; None where it is not known."""
    said = SCALED["GlorotUniform"] if initializer is None or initializer.hint is None else described(initializer)
    if said is None:
        return None
    kind, *numbers = said
    given = [n for n in numbers if isinstance(n, (int, float))]
    if kind == "constant":
        return Start("constant", (float(given[0]),))
    if kind == "normal":
        return Start("normal", (float(given[0]), float(given[1])))
    if kind == "uniform":
        return Start("uniform", (float(given[0]), float(given[1])))
    if kind == "truncated":
        mean, deviation = float(given[0]), float(given[1])
        return truncated(mean, deviation, mean - 2 * deviation, mean + 2 * deviation)
    if kind == "orthogonal":
        return Start("orthogonal", (float(given[0]),))
    if kind == "identity":
        return Start("identity") if given[0] == 1 else None
    sizes = [size for size in shape if isinstance(size, int)]
    if len(sizes) != len(shape) or not sizes:
        return None
    size = scale_by(sizes, str(numbers[1]))
    variance = float(given[0]) / max(1.0, size)
    if numbers[2] == "uniform":
        bound = math.sqrt(3 * variance)
        return Start("uniform", (-bound, bound), fan=str(numbers[1]), size=size)
    if numbers[2] == "truncated_normal":
        deviation = math.sqrt(variance) / CUT
        return truncated(0.0, deviation, -2 * deviation, 2 * deviation)
    return Start("normal", (0.0, math.sqrt(variance)), fan=str(numbers[1]), size=size)


def scale_by(sizes: Sequence[int], mode: str) -> float:
    """The number that Keras scales a variance by: inputs, outputs, or their mean."""
    field = math.prod(sizes[:-2])
    before, behind = (sizes[-2] * field, sizes[-1] * field) if len(sizes) > 1 else (sizes[0], sizes[0])
    return {"fan_in": before, "fan_out": behind}.get(mode, (before + behind) / 2)


def from_class(name: str | None, given: Mapping[str, Value]) -> Described | None:
    """The description of one class with its arguments."""
    if name is None:
        return None
    if name in SCALED:
        return SCALED[name]
    numbers = [given[key].hint if key in given else default for key, default in SIGNATURES[name].items()]
    if name == "VarianceScaling":
        scale, mode, distribution = numbers
        word = DISTRIBUTIONS.get(str(distribution).lower())
        known = isinstance(scale, (int, float)) and mode in ("fan_in", "fan_out", "fan_avg") and word is not None
        return ("variance", float(scale), mode, word) if known else None  # type: ignore[arg-type]
    if not all(isinstance(n, (int, float)) for n in numbers):
        return None
    return KINDS[name], *(float(n) for n in numbers)  # type: ignore[arg-type]


def given_to_inner(module: ModuleObject, visit: Visit, slot: str) -> Value | None:
    """What the layer was given for an argument that a wrapper (Bidirectional) holds."""
    assert module.form is not None and module.bound is not None
    for outer in module.form.args:
        if not isinstance(outer.value, Made) or all(inner.name != slot for inner in outer.value.slots):
            continue
        where = module.bound.given.get(outer.key)
        value = visit.args[where] if isinstance(where, int) else visit.kwargs.get(str(where))
        if value is not None and isinstance(value.hint, ModuleObject):
            return given_to(value.hint, slot)
    return None


def given_to(module: ModuleObject, slot: str) -> Value | None:
    """What a layer was given for an argument, or its default; None where it has no such argument."""
    visit = module.maker
    if module.form is None or module.bound is None or visit is None:
        return None
    found = next((s for s in module.form.args if s.name == slot), None)
    if found is None:
        return given_to_inner(module, visit, slot)
    where = module.bound.given.get(slot)
    if isinstance(where, int) and where < len(visit.args):
        return visit.args[where]
    if isinstance(where, str) and where in visit.kwargs:
        return visit.kwargs[where]
    if where is not None:
        return Value(Unknown("an argument that is not known"))
    return Value(found.default)
