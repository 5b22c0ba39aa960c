"""The source's words in a constructor inside a constructor: `units` of `Bidirectional(LSTM(units))`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pivot.op import Form
from pivot.reading.trace import Visit
from pivot.slots import Made, Slot


def with_nested(form: Form) -> Iterator[Slot]:
    """The arguments of a constructor, and those of the constructors inside of it."""
    for slot in form.args:
        yield slot
        if isinstance(slot.value, Made):
            yield from slot.value.slots


def nested_arguments(node: ast.expr, visit: Visit) -> dict[str, ast.expr]:
    """The arguments of a constructor that stands inside of a call, by the names of its slots."""
    if not isinstance(node, ast.Call) or visit.form is None or visit.bound is None:
        return {}
    found: dict[str, ast.expr] = {}
    for slot in visit.form.args:
        where = visit.bound.given.get(slot.key)
        if not isinstance(slot.value, Made) or where is None:
            continue
        inner = argument(node, where)
        if not isinstance(inner, ast.Call) or any(isinstance(a, ast.Starred) for a in inner.args):
            continue
        by_place = [s for s in slot.value.slots if not s.keyword]
        found.update({s.key: text for s, text in zip(by_place, inner.args, strict=False)})
        found.update({k.arg: k.value for k in inner.keywords if k.arg is not None})
    return found


def argument(node: ast.Call, where: int | str) -> ast.expr | None:
    """What a call is given at a place or under a name."""
    if isinstance(where, int):
        return node.args[where] if where < len(node.args) else None
    return next((k.value for k in node.keywords if k.arg == where), None)
