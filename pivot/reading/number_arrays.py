"""NumPy arrays of plain numbers, with which programs compute kernels, strides and paddings: element by element."""

from __future__ import annotations

import ast
import struct
from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING

from pivot.reading.handlers import Args, Handler, Kwargs
from pivot.reading.values import Api, ListObject, Origin, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

Compute = Callable[[Value, Value], Value]


def is_array(value: Value) -> bool:
    """Is a value such an array?"""
    return isinstance(value.hint, ListObject) and value.hint.kind == "array"


def numbers_of(value: Value) -> list[Value] | None:
    """The numbers of an array, a list or a tuple, or the one number; None for everything else."""
    hint = value.hint
    items = list(hint.items) if isinstance(hint, ListObject) else list(hint) if isinstance(hint, tuple) else [value]
    return items if all(isinstance(item.hint, (bool, int, float)) for item in items) else None


def elementwise(
    ev: Evaluator, left: Value, right: Value, compute: Compute, node: ast.AST, frame: Frame, symbol: str
) -> Value:
    """An array of what two arrays, or an array and a number, give at each place. Raises Refusal."""
    if max(depth(left), depth(right)) > 1:
        return by_rows(ev, left, right, compute, node, frame, symbol)
    mine, others = numbers_of(left), numbers_of(right)
    if mine is None or others is None or (len(mine) != len(others) and 1 not in (len(mine), len(others))):
        raise ev.refusal(frame, node, f"{symbol} of these NumPy arrays is not read", "use .tolist() and numbers")
    count = max(len(mine), len(others)) if mine and others else 0
    pairs = zip(mine * (count // len(mine)), others * (count // len(others)), strict=True) if count else ()
    origin = Origin("apply", node, frame.file, symbol, (left, right), frame)
    return Value(ListObject([compute(a, b) for a, b in pairs], "array"), origin)


def depth(value: Value) -> int:
    """How many axes an array, a list of lists or a number has."""
    rows = rows_of(value)
    return 0 if rows is None else 1 + (depth(rows[0]) if rows else 0)


def rows_of(value: Value) -> list[Value] | None:
    """The rows of an array, a list or a tuple; None for a number."""
    hint = value.hint
    return list(hint.items) if isinstance(hint, ListObject) else list(hint) if isinstance(hint, tuple) else None


def by_rows(
    ev: Evaluator, left: Value, right: Value, compute: Compute, node: ast.AST, frame: Frame, symbol: str
) -> Value:
    """`elementwise` of arrays with several axes, which NumPy lays over each other from the last one on."""
    left, right = array(left), array(right)
    mine, others = rows_of(left) or [], rows_of(right) or []
    if depth(left) > depth(right):
        pairs = [(row, right) for row in mine]
    elif depth(left) < depth(right):
        pairs = [(left, row) for row in others]
    elif len(mine) == len(others) or 1 in (len(mine), len(others)):
        count = max(len(mine), len(others)) if mine and others else 0
        pairs = [(mine[i % len(mine)], others[i % len(others)]) for i in range(count)]
    else:
        raise ev.refusal(frame, node, f"{symbol} of these NumPy arrays is not read", "use .tolist() and numbers")
    origin = Origin("apply", node, frame.file, symbol, (left, right), frame)
    return Value(ListObject([compute(a, b) for a, b in pairs], "array"), origin)


def array(value: Value, kind: str = "") -> Value:
    """Numbers in lists as an array; `kind`: the element type that is asked for, else that of all of them together."""
    rows = rows_of(value)
    if rows is None:
        return Value(CONVERTED[kind](value.hint), value.origin) if kind else value  # type: ignore[arg-type]
    if not kind and any(map(has_fractions, rows)):
        kind = "float64"
    return Value(ListObject([array(row, kind) for row in rows], "array"), value.origin, value.depends)


def has_fractions(value: Value) -> bool:
    """Is there a fraction among numbers in lists?"""
    rows = rows_of(value)
    return isinstance(value.hint, float) if rows is None else any(map(has_fractions, rows))


def single(number: float) -> float:
    """A number as single precision holds it."""
    return float(struct.unpack("f", struct.pack("f", number))[0])


CONVERTED: dict[str, Callable[[float], float]] = {
    "float64": float, "float": float, "float32": single, "int64": int, "int32": int, "int": int
}  # fmt: skip


def kind_of(value: Value) -> str:
    """The element type that `"float32"`, `np.float32` or `float` asks for; "" where it is none of numbers."""
    said = value.hint.name if isinstance(value.hint, Api) else value.hint
    kind = said.rpartition(".")[2] if isinstance(said, str) else ""
    return kind if kind in CONVERTED else ""


def picked(value: Value, places: Value) -> Value | None:
    """`array[[0, 2]]` and `array[1, 0]` of an array; None where the places are no whole numbers that it has."""
    rows, wanted = rows_of(value), rows_of(places)
    if rows is None or wanted is None or not all(type(place.hint) is int for place in wanted):
        return None
    found = [int(place.hint) for place in wanted]  # type: ignore[call-overload]
    if isinstance(places.hint, tuple):
        for place in found:
            rows = rows_of(value)
            if rows is None or not -len(rows) <= place < len(rows):
                return None
            value = rows[place]
        return value
    if not all(-len(rows) <= place < len(rows) for place in found):
        return None
    return Value(ListObject([rows[place] for place in found], "array"))


def atleast_1d(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """numpy.atleast_1d() of a number, or of a list or tuple of numbers."""
    items = numbers_of(args[0]) if len(args) == 1 and not kwargs else None
    if items is None:
        return ev.unknown(frame, node, "numpy.atleast_1d is not read")
    return Value(ListObject(items, "array"), Origin("apply", node, frame.file, "atleast_1d", args, frame))


def holds(name: str, of: Callable[[list[bool]], bool]) -> Handler:
    """numpy.any() and numpy.all() of an array, a list or a number."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        items = numbers_of(args[0]) if len(args) == 1 and not kwargs else None
        if items is None:
            return ev.unknown(frame, node, f"{name} is not read")
        answer = of([bool(item.hint) for item in items])
        return Value(answer, Origin("apply", node, frame.file, name, args, frame))

    return handler


def extreme(name: str, of: Callable[[list[float]], float]) -> Handler:
    """numpy.min() and numpy.max() of an array, a list or a number."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        items = numbers_of(args[0]) if len(args) == 1 and not kwargs else None
        numbers = [item.hint for item in items or () if isinstance(item.hint, (int, float))]
        if not numbers:
            return ev.unknown(frame, node, f"{name} is not read")
        return Value(of(numbers), Origin("apply", node, frame.file, name, args, frame))

    return handler


def running_sum(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """numpy.cumsum() of an array, a list or a tuple of numbers."""
    items = numbers_of(args[0]) if len(args) == 1 and not kwargs else None
    numbers = [item.hint for item in items or () if isinstance(item.hint, (int, float))]
    if items is None:
        return ev.unknown(frame, node, "numpy.cumsum is not read")
    origin = Origin("apply", node, frame.file, "cumsum", args, frame)
    return Value(ListObject([Value(total) for total in accumulate(numbers)], "array"), origin)


FUNCTIONS: dict[str, Handler] = {
    "numpy.atleast_1d": atleast_1d,
    "numpy.any": holds("numpy.any", any),
    "numpy.all": holds("numpy.all", all),
    "numpy.min": extreme("numpy.min", min),
    "numpy.max": extreme("numpy.max", max),
    "numpy.cumsum": running_sum,
}
