"""Operators and formatting on hints, within the limits; with a tensor they make nodes."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.dims import Quotient, Size
from pivot.dims import hint as dim_hint
from pivot.reading import number_arrays
from pivot.reading.bombs import (
    check_format,
    check_items,
    check_power,
    check_product,
    check_shift,
    check_sum,
)
from pivot.reading.data_arrays import DataArray
from pivot.reading.hints import own_text, readable, scalar
from pivot.reading.methods import set_method
from pivot.reading.values import (
    Api,
    ClassObject,
    DictObject,
    ListObject,
    Origin,
    TensorCell,
    Unknown,
    Value,
    depends_of,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


BINARY: dict[type[ast.operator], tuple[str, Callable[..., object]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
    ast.MatMult: ("@", operator.matmul),
    ast.BitAnd: ("&", operator.and_),
    ast.BitOr: ("|", operator.or_),
    ast.BitXor: ("^", operator.xor),
    ast.LShift: ("<<", operator.lshift),
    ast.RShift: (">>", operator.rshift),
}


SETS = {"-": "difference", "|": "union", "&": "intersection"}
"""Operators of sets, and the methods of the same meaning."""

UNORDERED = {"set", "keys"}
"""Kinds of lists that these operators are of."""

UNARY: dict[type[ast.unaryop], tuple[str, Callable[..., object]]] = {
    ast.USub: ("-x", operator.neg),
    ast.UAdd: ("+x", operator.pos),
    ast.Invert: ("~x", operator.invert),
    ast.Not: ("not", operator.not_),
}


def format_value(value: Value, conversion: int, spec: str) -> str:
    """Format a hint as an f-string would, within the text limit."""
    hint: object = own_text(value.hint)
    if isinstance(hint, Size):
        hint = dim_hint(hint)
    check_format(spec)
    if not isinstance(hint, (str, int, float, bool, type(None))):
        hint = readable(value)
    if conversion == ord("r"):
        return format(repr(hint), spec)
    if conversion == ord("s"):
        return format(str(hint), spec)
    return format(hint, spec)


def plain_size(hint: object) -> object:
    """A size as its number on this configuration."""
    if isinstance(hint, Quotient):
        return float(hint)
    return dim_hint(hint) if isinstance(hint, Size) else hint


def apply_binary(ev: Evaluator, op: ast.operator, left: Value, right: Value, node: ast.AST, frame: Frame) -> Value:
    """left op right: of numbers, of containers, or a node of the network where a tensor takes part."""
    symbol, compute = BINARY[type(op)]
    a, b = left.hint, right.hint
    if isinstance(a, TensorCell) or isinstance(b, TensorCell):
        return ev.dialect.operator(ev, symbol, (left, right), node, frame)
    origin = Origin("apply", node, frame.file, symbol, (left, right), frame)
    depends = depends_of(left, right)
    for side, other in ((a, b), (b, a)):
        if isinstance(side, Unknown) and (isinstance(side, DataArray) or not isinstance(other, Unknown)):
            return Value(side)
        if isinstance(side, Unknown) and not isinstance(other, DataArray):
            return Value(side)
    if number_arrays.is_array(left) or number_arrays.is_array(right):

        def one(first: Value, second: Value) -> Value:
            return apply_binary(ev, op, first, second, node, frame)

        return number_arrays.elementwise(ev, left, right, one, node, frame, symbol)
    if isinstance(a, ListObject) and isinstance(b, ListObject) and symbol in SETS and {a.kind, b.kind} <= UNORDERED:
        return set_method(ev, list(a.items), SETS[symbol], (right,), node, frame)
    if isinstance(a, ListObject) and symbol == "+" and isinstance(b, ListObject):
        check_items(len(a.items) + len(b.items))
        return Value(ListObject([*a.items, *b.items]), origin)
    if isinstance(a, tuple) and isinstance(b, tuple) and symbol == "+":
        check_items(len(a) + len(b))
        return Value((*a, *b), origin, depends)
    for seq, count in ((a, b), (b, a)):
        if symbol == "*" and isinstance(seq, (ListObject, tuple)) and isinstance(count, int):
            items = seq.items if isinstance(seq, ListObject) else list(seq)
            check_items(len(items) * max(count, 0))
            many = items * count
            return Value(ListObject(many) if isinstance(seq, ListObject) else tuple(many), origin, depends)
    if isinstance(a, str) and symbol == "%":
        parts = tuple(scalar(v) for v in b) if isinstance(b, tuple) else (scalar(right),)
        check_format(a, *parts)
        try:
            return Value(a % parts, origin, depends)
        except (TypeError, ValueError) as error:
            raise ev.refusal(frame, node, f"cannot format: {error}", "mend the format string") from None
    if isinstance(a, DictObject) and isinstance(b, DictObject) and symbol == "|":
        return Value(DictObject({**a.entries, **b.entries}), origin)
    if isinstance(a, (Api, ClassObject)) or isinstance(b, (Api, ClassObject)):
        if symbol == "|":
            return Value((left, right), origin)  # X | Y of types
        if isinstance(known := a if isinstance(a, Api) else b, Api):
            return ev.unknown(frame, node, f"{known.name} is not read")  # a number of a library: FLAGS.boxes - n
    if symbol == "/" and isinstance(a, (int, Size)) and isinstance(b, (int, Size)) and not isinstance(a, bool):
        if (isinstance(a, Size) or isinstance(b, Size)) and dim_hint(b) > 0:
            return Value(1.0 if a == b else Quotient(a, b), origin, depends)
    check = {"**": check_power, "<<": check_shift, "*": check_product, "+": check_sum}.get(symbol)
    if check is not None:
        check(a, b)
    fraction = symbol == "/" or any(isinstance(side, (float, Quotient)) for side in (a, b))
    if fraction and any(isinstance(side, (Size, Quotient)) for side in (a, b)):
        a, b = plain_size(a), plain_size(b)  # a fraction has no symbolic form: its text is kept, and its number here
    try:
        return Value(compute(a, b), origin, depends)
    except ZeroDivisionError:
        raise ev.refusal(frame, node, "division by zero", "check the configuration") from None
    except (TypeError, ValueError, OverflowError) as error:
        raise ev.refusal(frame, node, f"cannot compute {symbol}: {error}", "use plain numbers here") from None
