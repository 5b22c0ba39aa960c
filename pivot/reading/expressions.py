"""Evaluating expressions on abstract values."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.reading import calls, comprehensions, lookup, subscripts
from pivot.reading.bombs import LimitReached, check_items, check_product
from pivot.reading.comparing import branch_kind, compare_one, truth
from pivot.reading.hints import unique
from pivot.reading.iterating import iterate
from pivot.reading.modules import ModuleObject
from pivot.reading.operators import UNARY, apply_binary, format_value
from pivot.reading.trace import Branch
from pivot.reading.trials import speculate_expression
from pivot.reading.values import (
    MODE,
    Api,
    BoundMethod,
    ClassObject,
    DictObject,
    FunctionObject,
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


def evaluate(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """Dispatch on the kind of expression. Raises Refusal where the language feature is not read."""
    ev.tick(frame, node)
    handler = HANDLERS.get(type(node))
    if handler is None:
        raise ev.refusal(
            frame, node, f"{type(node).__name__} is not read", "write it with ordinary calls and operators"
        )
    try:
        return handler(ev, node, frame)
    except LimitReached as limit:
        raise ev.refusal(frame, node, str(limit), "make the constant smaller", "limit") from None


def constant(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """A literal."""
    assert isinstance(node, ast.Constant)
    if ev.seeking:
        ev.sought.add((getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))
    return Value(node.value, Origin("literal", node, frame.file))


def name(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """A name."""
    assert isinstance(node, ast.Name)
    value = lookup.name(ev, node, frame)
    record(ev, node, frame, value)
    return value


def record(ev: Evaluator, node: ast.expr, frame: Frame, value: Value) -> None:
    """Remember what a name stands for, where it is not plain data."""
    kind = value.hint.__class__
    if kind in RECORDED or value.depends & MODE:
        ev.trace.resolved[id(node)].append((frame, value))
    if kind is ModuleObject and isinstance(value.hint, ModuleObject) and value.hint.container == "sequential":
        ev.trace.stacks.add(id(node))
        if isinstance(value.hint.site, ast.Subscript):
            ev.trace.stacks.add(id(value.hint.site))  # a part of another one, which has a name by now


RECORDED = frozenset((Api, ClassObject, FunctionObject, BoundMethod))
FIELDS = {"values": 0, "indices": 1}
"""Names of what PyTorch's `max`, `sort`, `topk` and their like give, which is a tuple of two otherwise."""


def attribute(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """`owner.attr`."""
    assert isinstance(node, ast.Attribute)
    owner = evaluate(ev, node.value, frame)
    place = FIELDS.get(node.attr)
    if place is not None and isinstance(owner.hint, tuple) and len(owner.hint) == len(FIELDS):
        ev.trace.fields[id(node)] = place
        value: Value = owner.hint[place]
    else:
        value = lookup.attribute(ev, owner, node.attr, node, frame)
    record(ev, node, frame, value)
    return value


def sequence(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """A list, tuple or set display."""
    assert isinstance(node, (ast.List, ast.Tuple, ast.Set))
    items: list[Value] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            items.extend(iterate(ev, evaluate(ev, element.value, frame), element, frame))
        else:
            items.append(evaluate(ev, element, frame))
    check_items(len(items))
    origin = Origin("apply", node, frame.file, type(node).__name__, tuple(items), frame)
    if isinstance(node, ast.Tuple):
        return Value(tuple(items), origin, depends_of(*items))
    if isinstance(node, ast.Set):
        return Value(ListObject(unique(items), "set"), origin)
    return Value(ListObject(items), origin)


def dictionary(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """A dict display."""
    assert isinstance(node, ast.Dict)
    entries: dict[object, tuple[Value, Value]] = {}
    for key, item in zip(node.keys, node.values, strict=True):
        value = evaluate(ev, item, frame)
        if key is None:
            if not isinstance(value.hint, DictObject):
                raise ev.refusal(frame, item, "** of something that is not a dict", "spread a dict")
            entries.update(value.hint.entries)
            continue
        made = evaluate(ev, key, frame)
        entries[subscripts.key_of(ev, made, key, frame)] = (made, value)
    return Value(DictObject(entries), Origin("apply", node, frame.file, "Dict", (), frame))


def joined(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """An f-string."""
    assert isinstance(node, ast.JoinedStr)
    text, sources = "", []
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
            continue
        assert isinstance(part, ast.FormattedValue)
        value = evaluate(ev, part.value, frame)
        sources.append(value)
        spec = ""
        if part.format_spec is not None:
            spec = str(evaluate(ev, part.format_spec, frame).hint)
        text += format_value(value, part.conversion, spec)
        check_product(text, 1)
    return Value(text, Origin("apply", node, frame.file, "f-string", tuple(sources), frame), depends_of(*sources))


def binary(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """`a + b` and the like."""
    spine: list[ast.BinOp] = []  # `a + b + c ...` nests to the left, as deep as it is long
    while isinstance(node, ast.BinOp):
        spine.append(node)
        node = node.left
    value = evaluate(ev, node, frame)
    for step in reversed(spine):
        if step is not spine[0]:
            ev.tick(frame, step)
        value = apply_binary(ev, step.op, value, evaluate(ev, step.right, frame), step, frame)
    return value


def unary(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """`-a`, `not a`."""
    assert isinstance(node, ast.UnaryOp)
    operand = evaluate(ev, node.operand, frame)
    symbol, compute = UNARY[type(node.op)]
    origin = Origin("apply", node, frame.file, symbol, (operand,), frame)
    if symbol == "not":
        return Value(not truth(ev, operand, node, frame), origin, operand.depends)
    if isinstance(operand.hint, TensorCell):
        return ev.dialect.operator(ev, symbol, (operand,), node, frame)
    if isinstance(operand.hint, Unknown):
        return operand
    try:
        return Value(compute(operand.hint), origin, operand.depends)
    except TypeError as error:
        raise ev.refusal(frame, node, f"cannot compute {symbol}: {error}", "use plain numbers here") from None


def boolean(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """`a and b or c`, cut short as Python does."""
    assert isinstance(node, ast.BoolOp)
    stop = isinstance(node.op, ast.Or)
    depends, value = 0, Value(None)
    for index, part in enumerate(node.values):
        value = evaluate(ev, part, frame)
        depends |= value.depends
        if index < len(node.values) - 1 and truth(ev, value, part, frame) is stop:
            break
    return Value(value.hint, value.origin, depends)


def compare(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """`a < b <= c`."""
    assert isinstance(node, ast.Compare)
    left = evaluate(ev, node.left, frame)
    result, depends, met = Value(True), left.depends, [left]
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        right = evaluate(ev, right_node, frame)
        depends |= right.depends
        met.append(right)
        result = compare_one(ev, op, left, right, node, frame)
        if isinstance(result.hint, TensorCell):
            return result
        if len(node.ops) > 1 and not truth(ev, result, node, frame):
            return Value(False, Origin("apply", node, frame.file, "compare", tuple(met)), depends)
        left = right
    return Value(result.hint, Origin("apply", node, frame.file, "compare", tuple(met)), depends)


def decide(ev: Evaluator, test: ast.expr, owner: ast.AST, frame: Frame) -> tuple[bool, str]:
    """Evaluate a condition and record which arm it takes."""
    value = evaluate(ev, test, frame)
    taken = truth(ev, value, test, frame)
    kind = branch_kind(value)
    ev.trace.branches[id(owner)].append(Branch(owner, frame, taken, kind, ev.speculating > 0, value))
    return taken, kind


def conditional(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """`a if test else b`; the other arm is read on trial."""
    assert isinstance(node, ast.IfExp)
    taken, _ = decide(ev, node.test, node, frame)
    other = node.orelse if taken else node.body
    value = evaluate(ev, node.body if taken else node.orelse, frame)
    speculate_expression(ev, other, frame)
    return value


def lambda_(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """A lambda."""
    assert isinstance(node, ast.Lambda)
    defaults = tuple(evaluate(ev, d, frame) for d in node.args.defaults)
    kw_defaults = tuple(evaluate(ev, d, frame) if d is not None else None for d in node.args.kw_defaults)
    return Value(FunctionObject(node, frame.file, "<lambda>", frame.scope, defaults, kw_defaults, frame.owner))


def named(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """`(a := b)`."""
    assert isinstance(node, ast.NamedExpr)
    value = evaluate(ev, node.value, frame)
    ev.set_item(frame.scope.names, node.target.id, value)
    return value


HANDLERS: dict[type[ast.expr], Callable[[Evaluator, ast.expr, Frame], Value]] = {
    ast.Constant: constant,
    ast.Name: name,
    ast.Attribute: attribute,
    ast.List: sequence,
    ast.Tuple: sequence,
    ast.Set: sequence,
    ast.Dict: dictionary,
    ast.JoinedStr: joined,
    ast.BinOp: binary,
    ast.UnaryOp: unary,
    ast.BoolOp: boolean,
    ast.Compare: compare,
    ast.IfExp: conditional,
    ast.Lambda: lambda_,
    ast.NamedExpr: named,
    ast.Call: calls.call,
    ast.Subscript: subscripts.subscript,
    ast.Slice: subscripts.slice_,
    ast.ListComp: comprehensions.comprehension,
    ast.SetComp: comprehensions.comprehension,
    ast.GeneratorExp: comprehensions.comprehension,
    ast.DictComp: comprehensions.comprehension,
}
