"""Limits of the number kinds: torch.finfo, numpy.finfo and their like for whole numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.reading.handlers import Args, Handler, Kwargs
from pivot.reading.values import Api, InstanceObject, Origin, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

ALIASES = {"float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32"}
BFLOAT16 = {
    "min": -3.3895313892515355e38,
    "max": 3.3895313892515355e38,
    "eps": 0.0078125,
    "tiny": 1.1754943508222875e-38,
    "bits": 16,
}


def kind_name(value: Value) -> str:
    """`float32` for torch.float32, "float32" and their aliases."""
    hint = value.hint
    text = hint.name.rpartition(".")[2] if isinstance(hint, Api) else str(hint)
    return ALIASES.get(text, text)


def limits(find: Callable[[str], object], names: tuple[str, ...], otherwise: str) -> Handler:
    """finfo() or iinfo() of a kind that the reader knows; without an argument, of PyTorch's own kind."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        import numpy as np

        kind = kind_name(next(iter((*args, *kwargs.values())), Value(otherwise)))
        try:
            found = find(kind)
        except (TypeError, ValueError):
            return ev.unknown(frame, node, f"the limits of {kind}")
        read = {n: found[n] if isinstance(found, dict) else getattr(found, n) for n in names}
        attrs = {n: Value(v.item() if isinstance(v, np.generic) else v) for n, v in read.items()}
        return Value(
            InstanceObject(Api("numpy.finfo"), attrs), Origin("apply", node, frame.file, "finfo", (*args,), frame)
        )

    return handler


def floats(kind: str) -> object:
    """Limits of a floating kind."""
    import numpy as np

    return BFLOAT16 if kind == "bfloat16" else np.finfo(kind)


def name_of_kind(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """keras.backend.standardize_dtype()."""
    return Value(kind_name(args[0]))


def wholes(kind: str) -> object:
    """Limits of a kind of whole numbers."""
    import numpy as np

    return np.iinfo(kind)


def default_kind(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """torch.get_default_dtype(): nothing that is read changes it."""
    return Value(Api("torch.float32"))


def kind_attribute(name: str, attr: str) -> bool | None:
    """`torch.float32.is_floating_point`; None for everything else."""
    root, _, kind = name.rpartition(".")
    kind = ALIASES.get(kind, kind)
    if root != "torch" or kind.rstrip("0123456789") not in KINDS:
        return None
    asked = {"is_floating_point": ("float", "bfloat"), "is_complex": ("complex",)}.get(attr)
    return kind.rstrip("0123456789") in asked if asked is not None else None


KINDS = {"float", "bfloat", "int", "uint", "bool", "complex"}
FLOATS = ("min", "max", "eps", "tiny", "bits")
FUNCTIONS: dict[str, Handler] = {
    "torch.finfo": limits(floats, FLOATS, "float32"),
    "numpy.finfo": limits(floats, FLOATS, "float64"),
    "torch.iinfo": limits(wholes, ("min", "max", "bits"), "int64"),
    "numpy.iinfo": limits(wholes, ("min", "max"), "int64"),
    "torch.get_default_dtype": default_kind,
    "keras.backend.standardize_dtype": name_of_kind,
}
