"""NumPy arrays of plain numbers, with which programs compute kernels, strides and paddings: element by element."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.reading.handlers import Args, Handler, Kwargs
from pivot.reading.values import ListObject, Origin, Value

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
    mine, others = numbers_of(left), numbers_of(right)
    if mine is None or others is None or (len(mine) != len(others) and 1 not in (len(mine), len(others))):
        raise ev.refusal(frame, node, f"{symbol} of these NumPy arrays is not read", "use .tolist() and numbers")
    count = max(len(mine), len(others)) if mine and others else 0
    pairs = zip(mine * (count // len(mine)), others * (count // len(others)), strict=True) if count else ()
    origin = Origin("apply", node, frame.file, symbol, (left, right), frame)
    return Value(ListObject([compute(a, b) for a, b in pairs], "array"), origin)


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


FUNCTIONS: dict[str, Handler] = {
    "numpy.atleast_1d": atleast_1d,
    "numpy.any": holds("numpy.any", any),
    "numpy.all": holds("numpy.all", all),
    "numpy.min": extreme("numpy.min", min),
    "numpy.max": extreme("numpy.max", max),
}
