"""`when` of a form: predicates from a closed list, joined by `and`, that decide whether a form may be written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pivot.dims import Size
from pivot.slot_text import parse_call
from pivot.slots import Literal, NotationError, Path, Reference
from pivot.types import FixedKind, rank_of

Resolve = Callable[[Reference], object]
"""Value of a reference: a parameter, an operand, an axis size; raises LookupError where there is none."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """`name(args)`, e.g. `equal(padding_mode, 'zeros')`."""

    name: str
    args: tuple[Reference, ...]
    text: str


_SAID: Mapping[str, str] = {
    "used": "{0} is used",
    "unused": "{0} is not used",
    "given": "{0} is given",
    "absent": "{0} is not given",
    "rank": "{0} has {1} axes",
    "ranked": "{0} has axes",
    "deeper": "{0} has more than {1} axes",
    "last": "{0} is the last axis of {1}",
    "equal": "{0} is {1}",
    "same": "{0} is {1}",
    "not_equal": "{0} is not {1}",
    "less": "{0} is less than {1}",
    "even": "{1} divides {0}",
    "uneven": "{1} does not divide {0}",
    "nonneg": "{0} is not negative",
    "static": "{0} is known before the program runs",
    "integer": "{0} is whole",
    "boolean": "{0} is of truth values",
    "integral": "{0} is of whole numbers",
    "floating": "{0} is of fractions",
    "unstretched": "{0} is not the 1 that is stretched to {1}",
    "alike": "{0} and {1} are of one kind of numbers",
    "binary_root": "1 / sqrt({0}) is exact",
    "binary_root_share": "1 / sqrt({0} / {1}) is exact",
}
"""The predicates, as people read them; their arguments stand in braces."""

_ARITY: Mapping[str, int] = {name: text.count("{") for name, text in _SAID.items()}

KINDS = {"boolean": "of truth values", "integral": "of whole numbers", "floating": "of fractions"}
"""Predicates that a call must fulfil where it is read too: `a & b` of truth values is another op than that of bits."""


def parse_when(text: str) -> tuple[Predicate, ...]:
    """All predicates of a `when` text; raises NotationError with the column."""
    found: list[Predicate] = []
    column = 0
    for part in text.split(" and "):
        try:
            call = parse_call(part)
        except NotationError as error:
            raise NotationError(error.why, column + error.column) from None
        if call is None or call[0] not in _ARITY:
            raise NotationError(f"'{part.strip()}' is not a predicate; known: {', '.join(_ARITY)}", column)
        name, args = call
        if len(args) != _ARITY[name]:
            raise NotationError(f"{name}() takes {_ARITY[name]} arguments", column)
        if not isinstance(args[0], Path):
            raise NotationError(f"{name}() needs a name first", column)
        found.append(Predicate(name, args, part.strip()))
        column += len(part) + len(" and ")
    return tuple(found)


def said(predicate: Predicate) -> str:
    """A predicate for people: `given(low)` -> "low is given"."""
    args = [repr(arg.value) if isinstance(arg, Literal) else str(arg) for arg in predicate.args]
    return _SAID[predicate.name].format(*args)


def holds(predicate: Predicate, resolve: Resolve, used: Callable[[str], bool], nonneg: Callable[[str], bool]) -> bool:
    """Whether one predicate is true; False where what it asks about is not known."""
    name, args = predicate.name, predicate.args
    first = args[0]
    if not isinstance(first, Path):
        return False
    if name == "used":
        return used(first.name)
    if name == "unused":
        return not used(first.name)
    if name == "nonneg":
        return nonneg(first.name)
    try:
        value = resolve(first)
    except LookupError:
        return name == "absent"
    if len(args) == 1:
        return _asks_one(name, value)
    try:
        other = resolve(args[1])
    except LookupError:
        return False
    return _asks_two(name, value, other)


def other_kind(predicates: Sequence[Predicate], operands: Mapping[str, object]) -> str | None:
    """Why a call is not read by a form: an operand of another kind of numbers than the form is for; None if none is."""
    for predicate in predicates:
        first = predicate.args[0]
        value = operands.get(first.name) if predicate.name in KINDS and isinstance(first, Path) else None
        if value is not None and not _asks_one(predicate.name, value):
            return f"{first} is not {KINDS[predicate.name]}"
    return None


def other_rank(predicates: Sequence[Predicate], operands: Mapping[str, object]) -> bool:
    """Is a form for tensors of another number of axes than one that is given?"""
    for predicate in predicates:
        first = predicate.args[0]
        value = operands.get(first.name) if predicate.name == "rank" and isinstance(first, Path) else None
        asked = predicate.args[1] if value is not None else None
        if isinstance(asked, Literal) and rank_of(value) != asked.value:
            return True
    return False


def _asks_one(name: str, value: object) -> bool:
    if name == "given":
        return value is not None
    if name == "absent":
        return value is None
    if name == "integral":
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole or str(getattr(value, "dtype", "")).startswith(("int", "uint"))
    if name == "floating":
        return isinstance(value, float) or str(getattr(value, "dtype", "")).startswith(("float", "bfloat"))
    if name == "binary_root":
        return binary_root(value)
    if name == "ranked":
        return rank_of(value) != 0
    if name == "boolean":
        return isinstance(value, bool) or getattr(value, "dtype", None) == "bool"
    if name == "static":
        return isinstance(value, int)
    items = value if isinstance(value, tuple) else (value,)  # integer
    return all(isinstance(v, (int, float)) and v == int(v) for v in items)


def _asks_two(name: str, value: object, other: object) -> bool:
    if name == "rank":
        return rank_of(value) == other
    if name == "last":
        rank = rank_of(other)
        return isinstance(value, int) and rank is not None and rank > 0 and value % rank == rank - 1
    if name == "deeper":
        rank = rank_of(value)
        return rank is not None and isinstance(other, int) and rank > other
    if name == "alike":
        return alike(value, other)
    if name == "unstretched":
        return value != 1 or equal(value, other)
    if name in ("equal", "same"):
        return equal(value, other)
    if name == "not_equal":
        return not equal(value, other)
    if name == "uneven":
        return not _asks_two("even", value, other)
    if name == "even" and isinstance(value, Size) and isinstance(other, int):
        return other > 0 and value % other == 0  # 2 N by 2, whatever N is
    if not isinstance(value, (int, float)) or not isinstance(other, (int, float)):
        return False
    if name == "less":
        return value < other
    if name == "binary_root_share":
        return other != 0 and binary_root(value // other)
    return other != 0 and value % other == 0  # even: divides without rest


def binary_root(value: object) -> bool:
    """Has 1 / sqrt(value) no rounding error in float32, in which Keras keeps such a scale?"""
    return isinstance(value, int) and value > 0 and value & (value - 1) == 0 and value.bit_length() % 2 == 1


def alike(left: object, right: object) -> bool:
    """May TensorFlow's operators join two operands? Tensors of one element type; a fraction only with fractions.

    A tensor that is made float32 by name stays so where the rest is computed in another kind: the two are not alike.
    """
    kinds = [getattr(value, "dtype", "") for value in (left, right)]
    if all(kinds):
        return bool(kinds[0] == kinds[1]) and isinstance(kinds[0], FixedKind) == isinstance(kinds[1], FixedKind)
    number, kind = (left, kinds[1]) if not kinds[0] else (right, kinds[0])
    if isinstance(number, Size):  # where it is open it is a tensor of whole numbers
        return False
    return not isinstance(number, float) or kind.startswith(("float", "bfloat", "complex")) or not kind


def equal(left: object, right: object) -> bool:
    """Equality of plain values that tells True from 1 and takes lists for tuples."""
    if isinstance(left, (tuple, list)) and isinstance(right, (tuple, list)):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)
