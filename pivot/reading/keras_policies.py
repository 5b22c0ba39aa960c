"""Policies of number types: what a layer computes in. A converted network computes in the type of its weights."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.codecs.dtypes import FollowingDtype
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.trace import Visit
from pivot.reading.values import TensorCell, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


class Computed(FollowingDtype):
    """The type that a layer computes in: a cast of floating numbers to it does nothing."""

    __slots__ = ()


ATTRIBUTES: dict[str, str | None] = {
    "dtype": Computed("float32"),
    "dtype_policy": Computed("float32"),
    "compute_dtype": Computed("float32"),
    "variable_dtype": Computed("float32"),
    "quantization_mode": None,
}
"""What every layer answers."""

SETTINGS = frozenset(
    {"set_floatx", "set_epsilon", "set_global_policy", "set_policy", "set_dtype_policy", "set_mixed_precision_policy"}
)
"""Functions that change what all layers of a file compute in."""
EPSILON = 1e-07
"""`keras.config.epsilon()` where nothing sets it."""
HALF = ("float16", "bfloat16")
QUANTIZED = ("int8", "int4", "float8", "gptq", "awq")


def check(ev: Evaluator, layer: str, policy: Value, node: ast.AST, frame: Frame) -> None:
    """`dtype=` of a layer: rounded weights are refused, half precision is said. Raises Refusal."""
    name = policy.hint
    if not isinstance(name, str):
        return
    if name.startswith(QUANTIZED):
        why = f"{layer} with dtype={name!r} stores its weights rounded, which is not carried"
        raise ev.refusal(frame, node, why, "convert the layer as it was before it was quantized", "quantized")
    if name.endswith(HALF):
        why = f"{layer} computes in {name}: what is written computes in the type of its weights"
        ev.note(frame, node, why, "cast the model, or use torch.autocast", "precision", "warning")


def set_for_all(ev: Evaluator, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value | None:
    """`set_floatx("float64")`, `set_global_policy("mixed_float16")`: said; None: it is no such call. Raises Refusal."""
    setting = name.rpartition(".")[2]
    if setting not in SETTINGS or not name.startswith("keras."):
        return None
    given = (args[0] if args else next(iter(kwargs.values()), Value(None))).hint
    call = f"{setting}({given!r})"
    if setting == "set_epsilon":
        if given != EPSILON:
            why = f"{call} is not read: Normalization and epsilon() would use another number than {EPSILON}"
            raise ev.refusal(frame, node, why, "leave the epsilon as it is, or write the number where it is used")
    elif not isinstance(given, str):
        why = f"{setting}() with a value that is not known: what is written computes in the type of its weights"
        ev.note(frame, node, why, "write the name of the type as a text", "precision", "warning")
    elif given.startswith(QUANTIZED):
        why = f"{call}: all layers store their weights rounded, which is not carried"
        raise ev.refusal(frame, node, why, "convert the model as it was before it was quantized", "quantized")
    elif given not in ("float32", None):
        why = f"{call}: all layers compute in {given}, what is written computes in the type of its weights"
        remedy = "cast the model with .double()" if given == "float64" else "cast the model, or use torch.autocast"
        ev.note(frame, node, why, remedy, "precision", "warning")
    ev.visit(Visit(node, frame, "dropped", None, args, kwargs, name=name))
    return Value(None)


def check_all(ev: Evaluator, layer: str, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Kwargs:
    """The arguments of a layer without those that say how its weights are kept. Raises Refusal."""
    if "dtype" in kwargs:
        check(ev, layer, kwargs["dtype"], node, frame)
    if "lora_rank" in kwargs and kwargs["lora_rank"].hint is not None:
        why = f"{layer} with lora_rank: its low-rank kernels are added to the kernel, as they are in a file of weights"
        ev.note(frame, node, why, "train the kernel, or add low-rank kernels to what is written", "low-rank", "warning")
    return {name: value for name, value in kwargs.items() if name not in ("dtype", "lora_rank", "lora_alpha")}


def cast_is_nothing(args: Args, kwargs: Kwargs) -> bool:
    """Is this a cast of floating numbers to what the layer computes in, or to what another tensor has as well?"""
    given = {**dict(zip(("x", "dtype"), args, strict=False)), **kwargs}
    dtype, tensor = given.get("dtype", Value(None)).hint, next(iter(given.values()), Value(None)).hint
    if not isinstance(tensor, TensorCell) or not tensor.dtype.startswith("float"):
        return False
    return isinstance(dtype, Computed) or (isinstance(dtype, FollowingDtype) and dtype == tensor.dtype)


def policy(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """`keras.dtype_policies.get(x)`, `keras.DTypePolicy(x)`: the policy by its name."""
    given = args[0] if args else next(iter(kwargs.values()), Value(None))
    return given if isinstance(given.hint, str) else Value(Computed("float32"))
