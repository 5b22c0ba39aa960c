"""Running statements on abstract values, with trial runs of the arms that nobody took."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.problems import Refusal
from pivot.reading import assigning, classes, expressions, imports, interleaving
from pivot.reading.assigning import bind
from pivot.reading.bombs import LimitReached, check_items
from pivot.reading.comparing import branch_kind, truth
from pivot.reading.contents import as_numbers
from pivot.reading.iterating import bounded, count_turn, iterate
from pivot.reading.signals import Break, Continue, Raised, Return
from pivot.reading.trace import Branch
from pivot.reading.trials import join, speculate
from pivot.reading.values import (
    Origin,
    TensorCell,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def execute_block(ev: Evaluator, body: list[ast.stmt], frame: Frame) -> None:
    """Run statements in order. What stands behind a return inside a condition is read on trial."""
    done = False
    for index, statement in enumerate(body):
        if done:
            done = False
            continue
        try:
            done = interleaving.runs(ev, body, index, frame)
            if not done:
                execute(ev, statement, frame)
        except (Return, Break, Continue):
            if isinstance(statement, (ast.If, ast.For, ast.While, ast.With, ast.Try)) and index + 1 < len(body):
                speculate(ev, body[index + 1 :], frame)
            raise


def execute(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """Run one statement."""
    ev.tick(frame, node)
    if not ev.speculating or (ev.companion and ev.speculating == 1):
        ev.trace.executed.add(id(node))
    handler = HANDLERS.get(type(node))
    if handler is None:
        raise ev.refusal(
            frame, node, f"the statement {type(node).__name__} is not read", "write it with ordinary statements"
        )
    try:
        handler(ev, node, frame)
    except LimitReached as limit:
        raise ev.refusal(frame, node, str(limit), "make it smaller", "limit") from None
    except RecursionError:
        raise ev.refusal(frame, node, "nested too deeply", "split the expression", "limit") from None
    except Raised:
        raise


def expression(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """An expression as a statement."""
    assert isinstance(node, ast.Expr)
    if isinstance(node.value, (ast.Yield, ast.YieldFrom)):
        yield_(ev, node.value, frame)
        return
    if isinstance(node.value, ast.Constant):
        return
    ev.trace.for_effect.add(id(node.value))
    ev.evaluate(node.value, frame)


def yield_(ev: Evaluator, node: ast.Yield | ast.YieldFrom, frame: Frame) -> None:
    """Generators are run to their end; what they yield is a list."""
    if frame.yielded is None:
        frame.yielded = []
    value = ev.evaluate(node.value, frame) if node.value is not None else Value(None)
    if isinstance(node, ast.YieldFrom):
        frame.yielded.extend(iterate(ev, value, node, frame))
    else:
        frame.yielded.append(value)
    check_items(len(frame.yielded))


def return_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`return value`."""
    assert isinstance(node, ast.Return)
    raise Return(ev.evaluate(node.value, frame) if node.value is not None else Value(None))


def if_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`if`: the arm that is taken runs, the other is read on trial."""
    assert isinstance(node, ast.If)
    taken, _ = expressions.decide(ev, node.test, node, frame)
    other = node.orelse if taken else node.body
    tried = speculate(ev, other, frame)
    execute_block(ev, node.body if taken else node.orelse, frame)
    for name, value in tried.items():
        join(ev, value, frame.scope.names.get(name), other[0])


def for_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`for`, with `else`."""
    assert isinstance(node, ast.For)
    iterable = as_numbers(ev, ev.evaluate(node.iter, frame), node.iter, frame)
    for index, item in enumerate(bounded(ev, iterate(ev, iterable, node.iter, frame), node, frame)):
        looped = Value(item.hint, Origin("loop", node, frame.file, str(index), (item,), frame), item.depends)
        bind(ev, node.target, looped if not isinstance(item.hint, TensorCell) else item, frame)
        try:
            execute_block(ev, node.body, frame)
        except Break:
            return
        except Continue:
            continue
    execute_block(ev, node.orelse, frame)


def while_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`while`, with `else`."""
    assert isinstance(node, ast.While)
    turns = 0
    while True:
        taken, _ = expressions.decide(ev, node.test, node, frame)
        if not taken:
            break
        count_turn(ev, turns, node, frame)
        turns += 1
        try:
            execute_block(ev, node.body, frame)
        except Break:
            return
        except Continue:
            continue
    execute_block(ev, node.orelse, frame)


def function(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`def`."""
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ev.set_item(frame.scope.names, node.name, classes.make_function(ev, node, frame, frame.owner))


def class_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`class`."""
    assert isinstance(node, ast.ClassDef)
    ev.set_item(frame.scope.names, node.name, classes.make_class(ev, node, frame))


def raise_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`raise`."""
    assert isinstance(node, ast.Raise)
    value = ev.evaluate(node.exc, frame) if node.exc is not None else Value(None)
    raise Raised(value, node, frame)


def assert_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`assert`; what depends on a tensor or on something unread is believed."""
    assert isinstance(node, ast.Assert)
    value = ev.evaluate(node.test, frame)
    if isinstance(value.hint, (Unknown, TensorCell)):
        return
    if not truth(ev, value, node.test, frame):
        raise Raised(Value("assertion failed"), node, frame)
    ev.trace.branches[id(node)].append(Branch(node, frame, True, branch_kind(value), ev.speculating > 0, value))


def with_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`with`: the body runs once."""
    assert isinstance(node, ast.With)
    for item in node.items:
        value = ev.evaluate(item.context_expr, frame)
        if item.optional_vars is not None:
            bind(ev, item.optional_vars, value, frame)
    execute_block(ev, node.body, frame)


def try_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """The body is believed; a program that raises falls into its first handler."""
    assert isinstance(node, ast.Try)
    try:
        execute_block(ev, node.body, frame)
    except Raised:
        if not node.handlers:
            raise
        caught(ev, node, frame)
    except Refusal as no:
        if no.problem.code != "arguments" or not takes_wrong_arguments(node):
            raise
        caught(ev, node, frame)
    else:
        execute_block(ev, node.orelse, frame)
    execute_block(ev, node.finalbody, frame)


def caught(ev: Evaluator, node: ast.Try, frame: Frame) -> None:
    """The first handler of a body that raised."""
    ev.trace.caught.add(id(node))
    execute_block(ev, node.handlers[0].body, frame)


def takes_wrong_arguments(node: ast.Try) -> bool:
    """Is the first handler for the TypeError of a call whose arguments do not fit?"""
    wanted = node.handlers[0].type if node.handlers else None
    return isinstance(wanted, ast.Name) and wanted.id == "TypeError"


def global_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`global` and `nonlocal`."""
    assert isinstance(node, (ast.Global, ast.Nonlocal))
    if isinstance(node, ast.Global):
        frame.scope.globals_declared.update(node.names)


def nothing(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`pass`."""


def import_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`import` and `from ... import`."""
    assert isinstance(node, (ast.Import, ast.ImportFrom))
    for bound, value in imports.resolve(ev, node, frame):
        ev.set_item(frame.scope.names, bound, value)


def break_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`break`."""
    raise Break


def continue_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`continue`."""
    raise Continue


HANDLERS: dict[type[ast.stmt], Callable[[Evaluator, ast.stmt, Frame], None]] = {
    ast.Expr: expression,
    ast.Assign: assigning.assign,
    ast.AnnAssign: assigning.annotated,
    ast.AugAssign: assigning.augmented,
    ast.Return: return_,
    ast.If: if_,
    ast.For: for_,
    ast.While: while_,
    ast.FunctionDef: function,
    ast.AsyncFunctionDef: function,
    ast.ClassDef: class_,
    ast.Raise: raise_,
    ast.Assert: assert_,
    ast.With: with_,
    ast.Try: try_,
    ast.Delete: assigning.delete,
    ast.Global: global_,
    ast.Nonlocal: global_,
    ast.Pass: nothing,
    ast.Import: import_,
    ast.ImportFrom: import_,
    ast.Break: break_,
    ast.Continue: continue_,
}
