"""Running statements on abstract values, with trial runs of the arms that nobody took."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pivot.problems import Refusal
from pivot.reading import calls, classes, expressions, imports, lookup, subscripts
from pivot.reading.limits_check import MAX_LOOP, LimitReached
from pivot.reading.values import (
    DictObject,
    FunctionObject,
    ListObject,
    Origin,
    TensorCell,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


class Return(Exception):
    """A `return` statement was reached."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class Break(Exception):
    """A `break` statement was reached."""


class Continue(Exception):
    """A `continue` statement was reached."""


def execute_block(ev: Evaluator, body: list[ast.stmt], frame: Frame) -> None:
    """Run statements in order. What stands behind a return inside a condition is read on trial."""
    for index, statement in enumerate(body):
        try:
            execute(ev, statement, frame)
        except (Return, Break, Continue):
            if isinstance(statement, (ast.If, ast.For, ast.While, ast.With, ast.Try)) and index + 1 < len(body):
                speculate(ev, body[index + 1 :], frame)
            raise


def execute(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """Run one statement."""
    from pivot.reading.evaluator import Raised

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


def join(ev: Evaluator, tried: Value, real: Value | None, arm: ast.AST) -> None:
    """A name that holds a tensor behind both arms: both must be stored alike."""
    if real is None or not isinstance(tried.hint, TensorCell) or not isinstance(real.hint, TensorCell):
        return
    a, b = tried.hint.version, real.hint.version
    if a is not b and len(a.type.shape) == len(b.type.shape):
        ev.joins.append((a.id, b.id, arm))


def speculate(ev: Evaluator, body: list[ast.stmt], frame: Frame) -> dict[str, Value]:
    """Evaluate an arm that was not taken, once, and take everything back except what was seen.

    Gives the names that the arm bound, with what they held at its end.
    """
    from pivot.reading.evaluator import Raised

    if not body or id(body[0]) in ev.speculated or id(body[0]) in ev.trace.executed or ev.speculating > 1:
        return {}
    ev.speculated.add(id(body[0]))
    return with_trial(ev, frame, lambda: execute_block(ev, body, frame), body[0], (Return, Break, Continue, Raised))


def speculate_expression(ev: Evaluator, node: ast.expr, frame: Frame) -> None:
    """The same for the arm of a conditional expression."""
    from pivot.reading.evaluator import Raised

    if id(node) in ev.speculated or ev.speculating > 1 or isinstance(node, (ast.Constant, ast.Name)):
        return
    ev.speculated.add(id(node))
    with_trial(ev, frame, lambda: expressions.evaluate(ev, node, frame) and None, node, (Raised,))


def with_trial(
    ev: Evaluator, frame: Frame, run: Callable[[], object], node: ast.AST, ends: tuple[type[Exception], ...]
) -> dict[str, Value]:
    """Run with an undo log; a refusal becomes the reason why the arm could not be read."""
    mark = ev.journal.mark()
    names, counts = dict(frame.scope.names), dict(frame.counts)
    nodes, modules, parameters = len(ev.nodes), len(ev.modules), len(ev.parameters)
    guards, current = len(ev.guards), ev.frame
    ev.speculating += 1
    bound: dict[str, Value] = {}
    try:
        run()
        bound = {k: v for k, v in frame.scope.names.items() if names.get(k) is not v}
    except ends:
        pass  # the arm ends here, which is what it does
    except Refusal as refusal:
        ev.trace.unread[id(node)] = refusal.problem.why
    finally:
        ev.speculating -= 1
        ev.journal.rollback(mark)
        frame.scope.names.clear()
        frame.scope.names.update(names)
        frame.counts.clear()
        frame.counts.update(counts)
        del ev.nodes[nodes:], ev.modules[modules:], ev.parameters[parameters:], ev.guards[guards:]
        ev.frame = current
    return bound


def expression(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, ast.Expr)
    if isinstance(node.value, (ast.Yield, ast.YieldFrom)):
        yield_(ev, node.value, frame)
        return
    if isinstance(node.value, ast.Constant):
        return
    ev.evaluate(node.value, frame)


def yield_(ev: Evaluator, node: ast.Yield | ast.YieldFrom, frame: Frame) -> None:
    """Generators are run to their end; what they yield is a list."""
    if frame.yielded is None:
        frame.yielded = []
    value = ev.evaluate(node.value, frame) if node.value is not None else Value(None)
    if isinstance(node, ast.YieldFrom):
        frame.yielded.extend(calls.iterate(ev, value, node, frame))
    else:
        frame.yielded.append(value)
    if len(frame.yielded) > MAX_LOOP:
        raise LimitReached(f"generator of more than {MAX_LOOP:,} items")


def assign(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, ast.Assign)
    value = ev.evaluate(node.value, frame)
    for target in node.targets:
        bind(ev, target, value, frame)


def annotated(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, ast.AnnAssign)
    if node.value is not None:
        bind(ev, node.target, ev.evaluate(node.value, frame), frame)


def augmented(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, ast.AugAssign)
    load = ast.copy_location(_as_load(node.target), node.target)
    ev.trace.keep.append(load)
    left = ev.evaluate(load, frame)
    right = ev.evaluate(node.value, frame)
    if isinstance(left.hint, TensorCell):
        made = calls.tensor_operator(ev, expressions.BINARY[type(node.op)][0], (left, right), node, frame)
        if not ev.dialect.mutable_tensors:
            bind(ev, node.target, made, frame)
            return
        calls.write_in_place(ev, left.hint, made, node, frame)
        if isinstance(node.target, (ast.Subscript, ast.Attribute)):
            bind(ev, node.target, left, frame)
        return
    if isinstance(left.hint, ListObject) and isinstance(node.op, ast.Add):
        ev.replace_items(left.hint.items, [*left.hint.items, *calls.iterate(ev, right, node.value, frame)])
        return
    bind(ev, node.target, expressions.apply_binary(ev, node.op, left, right, node, frame), frame)


def _as_load(target: ast.expr) -> ast.expr:
    """The target of an augmented assignment, to be read."""
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    if isinstance(target, ast.Subscript):
        return ast.Subscript(target.value, target.slice, ast.Load())
    return target


def bind(ev: Evaluator, target: ast.expr, value: Value, frame: Frame) -> None:
    """Assign to a name, an attribute, an item, or a pattern of these."""
    if isinstance(target, ast.Name):
        scope = frame.scope
        if target.id in scope.globals_declared:
            scope = scope.module
        ev.set_item(scope.names, target.id, value)
    elif isinstance(target, ast.Attribute):
        owner = ev.evaluate(target.value, frame)
        lookup.set_attribute(ev, owner, target.attr, value, target, frame)
    elif isinstance(target, ast.Subscript):
        subscripts.store(ev, target, value, frame)
    elif isinstance(target, (ast.Tuple, ast.List)):
        unpack(ev, target, value, frame)
    elif isinstance(target, ast.Starred):
        bind(ev, target.value, value, frame)
    else:
        raise ev.refusal(frame, target, "this kind of assignment is not read", "assign to names or attributes")


def unpack(ev: Evaluator, target: ast.Tuple | ast.List, value: Value, frame: Frame) -> None:
    """`a, (b, *c) = value`."""
    if isinstance(value.hint, Unknown):
        for element in target.elts:
            bind(ev, element, value, frame)
        return
    items = list(calls.iterate(ev, value, target, frame))
    stars = [i for i, element in enumerate(target.elts) if isinstance(element, ast.Starred)]
    count = len(target.elts)
    if (not stars and len(items) != count) or (stars and len(items) < count - 1):
        raise ev.refusal(frame, target, f"{len(items)} values are unpacked to {count} names", "make both equally long")
    if stars:
        at = stars[0]
        behind = count - at - 1
        middle = items[at : len(items) - behind]
        items = [*items[:at], Value(ListObject(middle)), *items[len(items) - behind :]]
    for element, item in zip(target.elts, items, strict=True):
        bind(ev, element, item, frame)


def return_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, ast.Return)
    raise Return(ev.evaluate(node.value, frame) if node.value is not None else Value(None))


def if_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, ast.If)
    taken, _ = expressions.decide(ev, node.test, node, frame)
    other = node.orelse if taken else node.body
    tried = speculate(ev, other, frame)
    execute_block(ev, node.body if taken else node.orelse, frame)
    for name, value in tried.items():
        join(ev, value, frame.scope.names.get(name), other[0])


def for_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, ast.For)
    iterable = ev.evaluate(node.iter, frame)
    for index, item in enumerate(bounded(ev, calls.iterate(ev, iterable, node.iter, frame), node, frame)):
        looped = Value(item.hint, Origin("loop", node, frame.file, str(index), (item,), frame), item.depends)
        bind(ev, node.target, looped if not isinstance(item.hint, TensorCell) else item, frame)
        try:
            execute_block(ev, node.body, frame)
        except Break:
            return
        except Continue:
            continue
    execute_block(ev, node.orelse, frame)


def bounded(ev: Evaluator, items: Iterator[Value], node: ast.AST, frame: Frame) -> Iterator[Value]:
    """Count the turns of a loop."""
    for turn, item in enumerate(items):
        if turn >= MAX_LOOP:
            raise ev.refusal(frame, node, f"loop of more than {MAX_LOOP:,} turns", "make the loop shorter", "limit")
        yield item


def while_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, ast.While)
    turns = 0
    while True:
        taken, _ = expressions.decide(ev, node.test, node, frame)
        if not taken:
            break
        turns += 1
        if turns > MAX_LOOP:
            raise ev.refusal(frame, node, f"loop of more than {MAX_LOOP:,} turns", "make the loop end", "limit")
        try:
            execute_block(ev, node.body, frame)
        except Break:
            return
        except Continue:
            continue
    execute_block(ev, node.orelse, frame)


def function(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ev.set_item(frame.scope.names, node.name, classes.make_function(ev, node, frame, frame.owner))


def class_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, ast.ClassDef)
    ev.set_item(frame.scope.names, node.name, classes.make_class(ev, node, frame))


def raise_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    from pivot.reading.evaluator import Raised

    assert isinstance(node, ast.Raise)
    value = ev.evaluate(node.exc, frame) if node.exc is not None else Value(None)
    raise Raised(value, node, frame.file)


def assert_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    from pivot.reading.evaluator import Raised

    assert isinstance(node, ast.Assert)
    value = ev.evaluate(node.test, frame)
    if isinstance(value.hint, (Unknown, TensorCell)):
        return
    if not expressions.truth(ev, value, node.test, frame):
        raise Raised(Value("assertion failed"), node, frame.file)


def with_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, ast.With)
    for item in node.items:
        value = ev.evaluate(item.context_expr, frame)
        if item.optional_vars is not None:
            bind(ev, item.optional_vars, value, frame)
    execute_block(ev, node.body, frame)


def try_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """The body is believed; a program that raises falls into its first handler."""
    from pivot.reading.evaluator import Raised

    assert isinstance(node, ast.Try)
    try:
        execute_block(ev, node.body, frame)
    except Raised:
        if not node.handlers:
            raise
        execute_block(ev, node.handlers[0].body, frame)
    else:
        execute_block(ev, node.orelse, frame)
    execute_block(ev, node.finalbody, frame)


def delete(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, ast.Delete)
    for target in node.targets:
        if isinstance(target, ast.Name):
            old = frame.scope.names.pop(target.id, None)
            if old is not None:
                names, key, value = frame.scope.names, target.id, old
                ev.undoable(lambda: names.__setitem__(key, value))
        elif isinstance(target, ast.Attribute):
            lookup.delete_attribute(ev, ev.evaluate(target.value, frame), target.attr, target, frame)
        elif isinstance(target, ast.Subscript):
            box = ev.evaluate(target.value, frame).hint
            key_value = ev.evaluate(target.slice, frame)
            if isinstance(box, DictObject):
                entries = dict(box.entries)
                entries.pop(subscripts.key_of(ev, key_value, target, frame), None)
                _swap_entries(ev, box, entries)
            elif isinstance(box, ListObject) and isinstance(key_value.hint, int):
                items = list(box.items)
                del items[key_value.hint]
                ev.replace_items(box.items, items)
            else:
                raise ev.refusal(frame, target, "this deletion is not read", "build the container without it")


def _swap_entries(ev: Evaluator, box: DictObject, entries: dict[object, tuple[Value, Value]]) -> None:
    """Replace the entries of a dict, undoable."""
    old = box.entries
    box.entries = entries

    def undo() -> None:
        box.entries = old

    ev.undoable(undo)


def global_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, (ast.Global, ast.Nonlocal))
    if isinstance(node, ast.Global):
        frame.scope.globals_declared.update(node.names)


def nothing(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`pass`."""


def import_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    assert isinstance(node, (ast.Import, ast.ImportFrom))
    for bound, value in imports.resolve(ev, node, frame):
        ev.set_item(frame.scope.names, bound, value)


def break_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    raise Break


def continue_(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    raise Continue


def call_function(ev: Evaluator, function: FunctionObject, frame: Frame) -> Value:
    """Run the body of a function whose names are bound in `frame`; its value."""
    if isinstance(function.node, ast.Lambda):
        return ev.evaluate(function.node.body, frame)
    try:
        execute_block(ev, function.node.body, frame)
    except Return as done:
        if frame.yielded is None:
            return done.value
    if frame.yielded is not None:
        return Value(ListObject(frame.yielded))
    return Value(None)


HANDLERS: dict[type[ast.stmt], Callable[[Evaluator, ast.stmt, Frame], None]] = {
    ast.Expr: expression,
    ast.Assign: assign,
    ast.AnnAssign: annotated,
    ast.AugAssign: augmented,
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
    ast.Delete: delete,
    ast.Global: global_,
    ast.Nonlocal: global_,
    ast.Pass: nothing,
    ast.Import: import_,
    ast.ImportFrom: import_,
    ast.Break: break_,
    ast.Continue: continue_,
}
