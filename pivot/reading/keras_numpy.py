"""NumPy arrays of a Keras program: constants, which are read as tensors of the same numbers and element type."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.reading import number_arrays
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.numpy_arrays import has_fractions
from pivot.reading.values import Api, ListObject, TensorCell, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

MAKERS = {f"numpy.{name}": f"keras.ops.{name}" for name in ("arange", "zeros", "ones", "full", "eye")}
"""What makes an array, and the function of the same meaning for tensors, apart from the element type."""

OF_ARRAYS = {
    f"numpy.{name}": f"keras.ops.{other}"
    for name, other in {
        **{
            name: name
            for name in (
                "sin", "cos", "tan", "exp", "log", "sqrt", "abs", "square", "power", "floor", "maximum", "minimum",
                "concatenate", "stack", "expand_dims", "reshape", "transpose", "tile", "repeat", "outer", "tril",
                "sum", "mean", "max", "min", "squeeze", "where", "matmul", "dot", "flip", "roll", "cumsum", "triu",
                "meshgrid",
            )
        },
        "float32": "cast",
        "float64": "cast",
        "int32": "cast",
        "int64": "cast",
        "array": "cast",
        "asarray": "cast",
    }.items()
}  # fmt: skip
"""Functions of arrays."""

MADE_OF = 30
"""The part of an operator that makes a tensor of numbers in lists, counted on by the place of the operand."""
KINDS = ("float16", "float32", "float64", "int32", "int64", "bool")
METHODS = {
    "astype": "keras.ops.cast",
    "reshape": "keras.ops.reshape",
    "transpose": "keras.ops.transpose",
    "sum": "keras.ops.sum",
    "mean": "keras.ops.mean",
    "max": "keras.ops.max",
    "min": "keras.ops.min",
    "repeat": "keras.ops.repeat",
    "flatten": "keras.ops.reshape",
    "ravel": "keras.ops.reshape",
}
"""Methods of arrays, which tensors of Keras do not have."""


def call(
    ev: Evaluator, callee: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Value | None:
    """What makes an array or computes with one; None for every other call."""
    if name in MAKERS and (args or kwargs) and not any(ev.dialect.holds_tensor(v) for v in args):
        given = with_kind(kwargs)
        fractions = name != "numpy.arange" or any(map(has_fractions, args))
        given.setdefault("dtype", Value("float64" if fractions else "int64"))
        if name == "numpy.arange" and len(args) > 3:
            return None
        return ev.dialect.call_forms(ev, callee, MAKERS[name], args, given, node, frame)
    if name not in OF_ARRAYS or not any(ev.dialect.holds_tensor(v) for v in args):
        return None
    kind = name.rpartition(".")[2]
    if kind in KINDS:
        return ev.dialect.call_forms(ev, callee, "keras.ops.cast", (*args, Value(kind)), {}, node, frame)
    given = with_kind(kwargs)
    if OF_ARRAYS[name] == "keras.ops.cast":
        if is_mixed(args[0]):
            return ev.unknown(frame, node, f"{name} of arrays and lists in one list is not read")
        asked = given.pop("dtype", args[1] if len(args) > 1 else None)
        if asked is None:
            return args[0] if isinstance(args[0].hint, TensorCell) else None
        return ev.dialect.call_forms(ev, callee, "keras.ops.cast", (args[0], asked), {}, node, frame)
    return ev.dialect.call_forms(ev, callee, OF_ARRAYS[name], args, given, node, frame)


def is_mixed(value: Value) -> bool:
    """Do arrays stand in a list beside lists of numbers, each of which is a row of the whole?"""
    items = value.hint.items if isinstance(value.hint, ListObject) else value.hint
    return isinstance(items, (list, tuple)) and len({isinstance(item.hint, TensorCell) for item in items}) > 1


def with_kind(kwargs: Kwargs) -> Kwargs:
    """Arguments with an element type by its name: `np.float32` is "float32"."""
    given = dict(kwargs)
    if "dtype" in given:
        given["dtype"] = as_kind(given["dtype"])
    return given


def as_kind(value: Value) -> Value:
    """An element type by its name."""
    hint = value.hint
    word = hint.name.rpartition(".")[2] if isinstance(hint, Api) else hint
    words = {"float": "float64", "int": "int64"}
    return Value(words.get(word, word), value.origin) if isinstance(word, str) else value


def with_tensors(ev: Evaluator, operands: Args, node: ast.AST, frame: Frame) -> Args:
    """The two sides of an operator, of which numbers in lists become a tensor of the other one's kind.

    Raises Refusal for fractions beside a tensor of whole numbers, which TensorFlow refuses as well.
    """
    tensor = next((v.hint for v in operands if isinstance(v.hint, TensorCell)), None)
    if tensor is None or not any(isinstance(v.hint, (ListObject, tuple)) for v in operands):
        return operands
    made = []
    for place, value in enumerate(operands):
        listed = isinstance(value.hint, (ListObject, tuple)) and value.hint not in ((), None)
        if not listed or not numbers(value):
            made.append(value)
            continue
        floating = tensor.dtype.startswith("float")
        if has_fractions(value) and not floating:
            raise ev.refusal(frame, node, "fractions beside a tensor of whole numbers", "cast the tensor first")
        given = {} if floating else {"dtype": Value(tensor.dtype)}
        of = number_arrays.array(value, "float64") if floating else value
        site, maker = ev.trace.part(node, MADE_OF + place), Value(Api("keras.ops.array"))
        made.append(ev.dialect.call_forms(ev, maker, "keras.ops.array", (of,), given, site, frame))
    return tuple(made)


def numbers(value: Value) -> bool:
    """Numbers in lists, and nothing else?"""
    rows = number_arrays.rows_of(value)
    return type(value.hint) in (int, float) if rows is None else all(map(numbers, rows))


def of_whole_numbers(operands: Args) -> bool:
    """Are these arrays of NumPy's whole numbers, or numbers, of which one is such an array?"""
    kinds = {v.hint.version.type.dtype for v in operands if isinstance(v.hint, TensorCell)}
    return kinds == {"int64"}


def method(
    ev: Evaluator, callee: Value, receiver: Value, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Value | None:
    """A method of an array; None for every other name."""
    if name not in METHODS:
        return None
    if name == "astype":
        args = tuple(as_kind(v) for v in args)
    packed = name in ("reshape", "transpose") and len(args) > 1
    if packed:
        args = (Value(tuple(args)),)
    if name == "transpose" and args and isinstance(args[0].hint, ListObject):
        args = (Value(tuple(args[0].hint.items)),)
    if name in ("flatten", "ravel"):
        args, kwargs = (Value(-1),), {}
    result = ev.dialect.call_forms(ev, callee, METHODS[name], (receiver, *args), with_kind(kwargs), node, frame)
    made = ev.trace.visits[id(node)]
    if packed and made and made[-1].bound is not None:  # the sizes stand at several places of the call
        made[-1].bound = replace(made[-1].bound, given={k: v for k, v in made[-1].bound.given.items() if v == 0})
    return result
