"""Looping over abstract values."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pivot.reading import classes, lookup
from pivot.reading.bombs import counted
from pivot.reading.limits import LIMITS
from pivot.reading.modules import ModuleObject
from pivot.reading.values import (
    ClassObject,
    DictObject,
    InstanceObject,
    ListObject,
    TensorCell,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def iterate(ev: Evaluator, value: Value, node: ast.AST, frame: Frame) -> Iterator[Value]:
    """The items of whatever can be looped over, as many as a container may hold."""
    return counted(items_of(ev, value, node, frame))


def items_of(ev: Evaluator, value: Value, node: ast.AST, frame: Frame) -> Iterator[Value]:
    """The items of a hint by its kind."""
    hint = value.hint
    if isinstance(hint, ListObject):
        yield from list(hint.items)
    elif isinstance(hint, tuple):
        yield from hint
    elif isinstance(hint, DictObject):
        yield from [key for key, _ in hint.entries.values()]
    elif isinstance(hint, str):
        yield from (Value(c, value.origin) for c in hint)
    elif isinstance(hint, range):
        for number in hint:
            yield Value(number, value.origin, value.depends)
    elif isinstance(hint, InstanceObject) and hint.items is not None:
        yield from hint.items
    elif isinstance(hint, ModuleObject):
        yield from ev.dialect.module_items(ev, hint)
    elif isinstance(hint, TensorCell):
        yield from ev.dialect.tensor_items(ev, value, node, frame)
    elif isinstance(hint, ClassObject) and hint.kind == "enum":
        for name in hint.pending:
            if not name.startswith("_"):
                yield lookup.class_attribute(ev, hint, name, node, frame)
    elif isinstance(hint, Unknown):
        raise ev.refusal(
            frame, node, f"a loop runs over a value that was not read ({hint.why})", "bind it with --set NAME=VALUE"
        )
    else:
        found, held = classes.own_or_held(ev, value, "__iter__", (), node, frame)
        found = held if found is None else found
        if found is None:
            raise ev.refusal(frame, node, "this value cannot be looped over", "loop over a list, tuple, dict or range")
        yield from iterate(ev, found, node, frame)


def bounded(ev: Evaluator, items: Iterable[Value], node: ast.AST, frame: Frame) -> Iterator[Value]:
    """Count the turns of a loop."""
    for turn, item in enumerate(items):
        count_turn(ev, turn, node, frame)
        yield item


def count_turn(ev: Evaluator, turn: int, node: ast.AST, frame: Frame) -> None:
    """Another turn of a loop that has made `turn` of them."""
    ev.turns += 1
    if turn >= LIMITS.loop_iterations:
        raise ev.limit(frame, node, "a loop of too many turns", "loop_iterations")
    if ev.turns > LIMITS.total_iterations:
        raise ev.limit(frame, node, "too many turns of all loops", "total_iterations")
