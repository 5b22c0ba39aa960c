"""Numbers as arithmetic over the parameters of the program that they were made from: `3 * dim`."""

from __future__ import annotations

from typing import TypeAlias

from pivot.reading.values import Value

Key: TypeAlias = tuple[object, ...]
Term: TypeAlias = dict[Key, int]
"""How often each product of parameters counts; that of none is the number itself."""
DEPTH = 40


def term(value: Value | None, depth: int = 0) -> Term | None:
    """The arithmetic of a whole number; None where a size of a tensor, or what is no arithmetic, takes part."""
    if value is None or not isinstance(value.hint, int) or depth > DEPTH:
        return None
    number, value = value.hint, taken_out(value)
    origin = value.origin
    if origin is None or origin.kind == "literal":
        return {(): number}
    if origin.kind == "param":
        return {(id(root(value)),): 1}
    if origin.kind != "apply" or len(origin.sources) != 2 or origin.name not in ("+", "-", "*", "//"):
        return None
    left, right = (term(source, depth + 1) for source in origin.sources)
    if left is None or right is None:
        return None
    if origin.name == "//":
        return {(("//", frozen(left), frozen(right)),): 1}
    if origin.name == "*":
        return settled([(x + y, a * b) for x, a in left.items() for y, b in right.items()])
    sign = 1 if origin.name == "+" else -1
    return settled([*left.items(), *((key, sign * count) for key, count in right.items())])


def taken_out(value: Value) -> Value:
    """What a value was before it was put into a tuple, a list or a dict and taken out again."""
    while value.origin is not None and value.origin.name == "item" and len(value.origin.sources) == 1:
        value = value.origin.sources[0]
    return value


def root(value: Value) -> Value:
    """The first parameter that a value was handed to: a class hands its own on to its children."""
    while value.origin is not None and value.origin.kind == "param" and value.origin.sources:
        before = taken_out(value.origin.sources[0])
        if before.origin is None or before.origin.kind != "param":
            return value
        value = before
    return value


def settled(parts: list[tuple[Key, int]]) -> Term:
    """Products in one order, equal ones together, without those that count nothing."""
    found: Term = {}
    for key, count in parts:
        ordered = tuple(sorted(key, key=repr))
        found[ordered] = found.get(ordered, 0) + count
    return {key: count for key, count in found.items() if count}


def frozen(made: Term) -> tuple[tuple[Key, int], ...]:
    """A term as a part of a product."""
    return tuple(sorted(made.items(), key=repr))


def times(made: Term, number: int) -> Term:
    """A term so many times."""
    return {key: count * number for key, count in made.items()}
