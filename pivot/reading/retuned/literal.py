"""Two trees of one statement that differ in one literal: which it is, and the places of the newer tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pivot.reading.retuned.declined import Declined

PLAIN = (int, float, str, bool, bytes, complex, type(None), type(Ellipsis))
SPELLED = ("source_text", "source_parts")  # notes that only some literals have


def changed_literal(old: ast.stmt, new: ast.stmt) -> tuple[ast.Constant, object]:
    """The one literal of `old` that `new` has another value in its place, and that value. Raises Declined."""
    found: list[tuple[ast.Constant, object]] = []
    for before, now in pairs(old, new):
        for name in before._fields:
            one, other = getattr(before, name, None), getattr(now, name, None)
            if isinstance(one, (ast.AST, list)):
                continue
            if one.__class__ is other.__class__ and (one == other and repr(one) == repr(other)):
                continue
            if not isinstance(before, ast.Constant) or name != "value":
                raise Declined("more than a literal differs")
            found.append((before, other))
    if len(found) != 1:
        raise Declined(f"{len(found)} literals differ")
    literal, value = found[0]
    if literal.value.__class__ is not value.__class__ or not isinstance(value, (int, float, str)):
        raise Declined("the literal is of another kind now")
    return literal, value


def pairs(old: ast.AST, new: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """The nodes of two trees that stand in the same place. Raises Declined where the trees are built differently."""
    work: list[tuple[object, object]] = [(old, new)]
    while work:
        one, other = work.pop()
        if one.__class__ is not other.__class__:
            raise Declined("another expression stands there")
        if isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                raise Declined("the number of parts differs")
            work += [(a, b) for a, b in zip(one, other, strict=True) if isinstance(a, (ast.AST, list))]
            if any(a != b for a, b in zip(one, other, strict=True) if not isinstance(a, (ast.AST, list))):
                raise Declined("names differ")
        elif isinstance(one, ast.AST) and isinstance(other, ast.AST):
            yield one, other
            for name in one._fields:
                part = getattr(one, name, None)
                if isinstance(part, (ast.AST, list)):
                    work.append((part, getattr(other, name, None)))


def take_over(old: ast.stmt, new: ast.stmt) -> None:
    """Give the nodes of `old` the values, places, comments and spellings of those of `new`."""
    for before, now in list(pairs(old, new)):
        held = before.__dict__
        for name in SPELLED:
            if name not in now.__dict__:
                held.pop(name, None)
        held.update({k: v for k, v in now.__dict__.items() if k not in before._fields or isinstance(v, PLAIN)})
