"""Restated library code is written for the configuration at hand: without the arms and parameters that it leaves aside.

A library class has options for every program; the program that is written here uses a few. Of a restatement only the
arms that were taken are written, and a constructor parameter that nothing reads any more goes, so that no caller can
give it a value that would have no effect.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pivot.reading.restating import is_restatement
from pivot.reading.trace import Trace

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.reading.values import FunctionObject


def only_arm(trace: Trace, node: ast.If | ast.IfExp) -> bool | None:
    """The answer of a test that only the configuration decides and that was always the same."""
    met = [b for b in trace.branches.get(id(node), []) if not b.speculative]
    answers = {b.taken for b in met}
    decided = asks_for_none(node.test) or all(b.kind == "config" for b in met)
    return answers.pop() if len(answers) == 1 and decided else None


def asks_for_none(test: ast.expr) -> bool:
    """Is a test `x is None` or `x is not None`? That is the configuration's doing even where x is a tensor."""
    return isinstance(test, ast.Compare) and all(isinstance(op, (ast.Is, ast.IsNot)) for op in test.ops)


def taken_parts(trace: Trace, node: ast.AST) -> Iterator[ast.AST]:
    """A tree without the arms, and the tests, that restated code leaves aside."""
    yield node
    answer = only_arm(trace, node) if isinstance(node, (ast.If, ast.IfExp)) else None
    if answer is None:
        below: list[ast.AST] = list(ast.iter_child_nodes(node))
    else:
        assert isinstance(node, (ast.If, ast.IfExp))
        arm = node.body if answer else node.orelse
        below = [*arm] if isinstance(arm, list) else [arm]
    for child in below:
        yield from taken_parts(trace, child)


def own_attribute(node: ast.AST) -> str | None:
    """`name` of `self.name`."""
    owned = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    return node.attr if owned and isinstance(node, ast.Attribute) else None


def settings_read(w: Writer) -> set[str]:
    """Attributes of restated objects that something reads: their own methods where taken, the program from outside."""
    files = {f.file for f in entered(w) if is_restatement(f.file)}
    if not files:
        return set()
    found: set[str] = set()
    for file, scope in ((f, w.scope_of(f)) for f in w.ev.files):
        for statement in (s for group in (scope.lazy.values() if scope is not None else ()) for s in group):
            mine = file in files
            for part in taken_parts(w.trace, statement) if mine else ast.walk(statement):
                if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load):
                    if mine or own_attribute(part) is None:
                        found.add(part.attr)
    return found


def entered(w: Writer) -> Iterator[FunctionObject]:
    """Every function that was entered, once per call."""
    for frames in w.trace.frames.values():
        for frame in frames[:1]:
            if frame.function is not None:
                yield frame.function


def is_unread_setting(node: ast.Assign, read: set[str]) -> bool:
    """Does a statement only keep a plain value on `self` that nobody reads?"""
    plain = not any(isinstance(n, (ast.Call, ast.Await)) for n in ast.walk(node.value))
    return plain and all((name := own_attribute(t)) is not None and name not in read for t in node.targets)


def unread_parameters(w: Writer, function: FunctionObject, read: set[str]) -> set[str]:
    """Parameters of a restated function that its taken parts do not read."""
    node = function.node
    if isinstance(node, ast.Lambda) or not is_restatement(function.file):
        return set()
    used: set[str] = set()
    for part in taken_statements(w.trace, node.body, read):
        used |= {n.id for n in taken_parts(w.trace, part) if isinstance(n, ast.Name)}
    names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return set(names) - used - {"self"}


def taken_statements(trace: Trace, body: list[ast.stmt], read: set[str]) -> Iterator[ast.stmt]:
    """The statements of a body that are written; those inside loops with the loop."""
    for statement in body:
        answer = only_arm(trace, statement) if isinstance(statement, ast.If) else None
        if answer is not None and isinstance(statement, ast.If):
            yield from taken_statements(trace, statement.body if answer else statement.orelse, read)
        elif not (isinstance(statement, ast.Assign) and is_unread_setting(statement, read)):
            yield statement
