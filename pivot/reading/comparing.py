"""Comparisons and truth of abstract values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.dims import Size
from pivot.dims import hint as dim_hint
from pivot.reading import classes, hints, number_arrays, registries, subscripts, surroundings
from pivot.reading.hints import equal, identical, ordered
from pivot.reading.iterating import iterate
from pivot.reading.values import (
    INPUT,
    MODE,
    SIZE,
    Api,
    Device,
    DictObject,
    InstanceObject,
    ListObject,
    TensorCell,
    Unknown,
    Value,
    depends_of,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


COMPARE: dict[type[ast.cmpop], tuple[str, Callable[..., object]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}


def compare_one(ev: Evaluator, op: ast.cmpop, left: Value, right: Value, node: ast.AST, frame: Frame) -> Value:
    """One comparison. Sizes compare by their hints, which makes the result depend on sizes."""
    a, b = left.hint, right.hint
    if isinstance(op, (ast.Is, ast.IsNot)):
        same = identical(a, b)
        return Value(same if isinstance(op, ast.Is) else not same)
    if isinstance(op, (ast.In, ast.NotIn)):
        if isinstance(a, Unknown) and not isinstance(a, Device):
            return Value(a)
        inside = contains(ev, left, right, node, frame)
        return Value(inside if isinstance(op, ast.In) else not inside, None, depends_of(left, right))
    symbol, compute = COMPARE[type(op)]
    if number_arrays.is_array(left) or number_arrays.is_array(right):

        def one(first: Value, second: Value) -> Value:
            return compare_one(ev, op, first, second, node, frame)

        return number_arrays.elementwise(ev, left, right, one, node, frame, symbol)
    if isinstance(a, TensorCell) or isinstance(b, TensorCell):
        if (a is None or b is None) and symbol in ("==", "!="):
            return Value(symbol == "!=")
        return ev.dialect.operator(ev, symbol, (left, right), node, frame)
    for side in (a, b):
        if isinstance(side, Unknown):
            return Value(side)
    if symbol in ("==", "!="):
        same = equal(left, right)
        return Value(same if symbol == "==" else not same, None, depends_of(left, right))
    try:
        return Value(compute(ordered(left), ordered(right)), None, depends_of(left, right))
    except TypeError as error:
        raise ev.refusal(frame, node, f"cannot compare: {error}", "compare plain numbers") from None


def contains(ev: Evaluator, left: Value, right: Value, node: ast.AST, frame: Frame) -> bool:
    """`left in right`."""
    box = right.hint
    if isinstance(box, str):
        return isinstance(left.hint, str) and left.hint in box
    if box == Api("os.environ"):
        surroundings.taken_as_unset(ev, left, node, frame)
        return False
    if isinstance(box, DictObject) and box.kind == "dir" and left.hint not in box.entries:
        raise ev.refusal(
            frame, node, f"whether the library has {left.hint!r} is not known", "write the arm that is meant"
        )
    if isinstance(box, DictObject):
        key = subscripts.key_of(ev, left, node, frame)
        known = key in box.entries or (registries.fill(ev, box) and key in box.entries)
        if known:
            subscripts.was_asked(ev, box, key)
        return known
    found, held = classes.own_or_held(ev, right, "__contains__", (left,), node, frame)
    if found is not None:
        return truth(ev, found, node, frame)
    if held is not None:
        return contains(ev, left, held, node, frame)
    if any(equal(left, item) for item in iterate(ev, right, node, frame)):
        return True
    return registries.fill(ev, box) and any(equal(left, item) for item in iterate(ev, right, node, frame))


def truth(ev: Evaluator, value: Value, node: ast.AST, frame: Frame) -> bool:
    """The truth of a hint. Refused where it depends on the content of a tensor or on something unread."""
    hint = value.hint
    if hint is True or hint is False or hint is None:
        return hint is True
    if isinstance(hint, Unknown):
        raise ev.refusal(
            frame, node, f"a decision needs a value that was not read ({hint.why})", "bind it with --set NAME=VALUE"
        )
    if isinstance(hint, TensorCell):
        raise ev.refusal(
            frame, node, "a decision depends on the content of a tensor", "write it with where()", "content"
        )
    if isinstance(hint, Size):
        return dim_hint(hint) != 0
    if isinstance(hint, ListObject):
        return bool(hint.items)
    if isinstance(hint, DictObject):
        return bool(hint.entries)
    length = hints.length(value)
    if length is not None:
        return length != 0
    if isinstance(hint, InstanceObject):
        return True
    return bool(hint)


def branch_kind(value: Value) -> str:
    """What a condition depends on."""
    if value.depends & INPUT:
        return "content"
    if value.depends & MODE:
        return "mode"
    return "size" if value.depends & SIZE else "config"
