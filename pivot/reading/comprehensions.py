"""Comprehensions and generator expressions."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.reading.assigning import bind
from pivot.reading.comparing import truth
from pivot.reading.contents import as_numbers
from pivot.reading.frames import Scope
from pivot.reading.hints import unique
from pivot.reading.iterating import bounded, iterate
from pivot.reading.subscripts import key_of
from pivot.reading.values import DictObject, ListObject, Origin, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def comprehension(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """List, set, dict comprehensions and generator expressions, in a scope of their own."""
    assert isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp))

    inner = replace(frame, scope=Scope(frame.file, frame.scope, frame.scope.function))
    inner.counts = frame.counts
    items: list[Value] = []
    entries: dict[object, tuple[Value, Value]] = {}

    def leaf() -> None:
        if isinstance(node, ast.DictComp):
            key, value = ev.evaluate(node.key, inner), ev.evaluate(node.value, inner)
            entries[key_of(ev, key, node.key, frame)] = (key, value)
        else:
            items.append(ev.evaluate(node.elt, inner))

    run_generators(ev, node.generators, inner, leaf)
    if isinstance(node, ast.DictComp):
        return Value(DictObject(entries))
    origin = Origin("apply", node, frame.file, "comprehension", tuple(items), frame)
    if isinstance(node, ast.SetComp):
        return Value(ListObject(unique(items), "set"), origin)
    return Value(ListObject(items), origin)


def run_generators(ev: Evaluator, generators: list[ast.comprehension], inner: Frame, leaf: object) -> None:
    """Nested `for ... if ...` of a comprehension."""
    assert callable(leaf)
    if not generators:
        leaf()
        return
    first, rest = generators[0], generators[1:]
    value = as_numbers(ev, ev.evaluate(first.iter, inner), first.iter, inner)
    for turn, item in enumerate(bounded(ev, iterate(ev, value, first.iter, inner), first.iter, inner)):
        looped = Value(item.hint, Origin("loop", first.iter, inner.file, str(turn), (item,), inner), item.depends)
        bind(ev, first.target, looped, inner)
        if all(truth(ev, ev.evaluate(test, inner), test, inner) for test in first.ifs):
            run_generators(ev, rest, inner, leaf)
