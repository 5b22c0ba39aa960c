"""Evaluating expressions on abstract values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.dims import Size
from pivot.dims import hint as dim_hint
from pivot.reading import calls, lookup, subscripts
from pivot.reading.limits_check import LimitReached, check_items, check_power, check_product, check_shift
from pivot.reading.trace import Branch
from pivot.reading.values import (
    INPUT,
    MODE,
    SIZE,
    Api,
    BoundMethod,
    ClassObject,
    DictObject,
    FunctionObject,
    InstanceObject,
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

BINARY: dict[type[ast.operator], tuple[str, Callable[[object, object], object]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", operator.pow),
    ast.MatMult: ("@", operator.matmul),
    ast.BitAnd: ("&", operator.and_),
    ast.BitOr: ("|", operator.or_),
    ast.BitXor: ("^", operator.xor),
    ast.LShift: ("<<", operator.lshift),
    ast.RShift: (">>", operator.rshift),
}
COMPARE: dict[type[ast.cmpop], tuple[str, Callable[[object, object], object]]] = {
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
}
UNARY: dict[type[ast.unaryop], tuple[str, Callable[[object], object]]] = {
    ast.USub: ("-x", operator.neg),
    ast.UAdd: ("+x", operator.pos),
    ast.Invert: ("~x", operator.invert),
    ast.Not: ("not", operator.not_),
}


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
    assert isinstance(node, ast.Constant)
    return Value(node.value, Origin("literal", node, frame.file))


def name(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Name)
    value = lookup.name(ev, node, frame)
    record(ev, node, frame, value)
    return value


def record(ev: Evaluator, node: ast.expr, frame: Frame, value: Value) -> None:
    """Remember what a name stands for, where it is not plain data."""
    if isinstance(value.hint, (Api, ClassObject, FunctionObject, BoundMethod)) or value.depends & MODE:
        ev.trace.resolved[id(node)].append((frame, value))


def attribute(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Attribute)
    owner = evaluate(ev, node.value, frame)
    value = lookup.attribute(ev, owner, node.attr, node, frame)
    record(ev, node, frame, value)
    return value


def sequence(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, (ast.List, ast.Tuple, ast.Set))
    items: list[Value] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            items.extend(calls.iterate(ev, evaluate(ev, element.value, frame), element, frame))
        else:
            items.append(evaluate(ev, element, frame))
    check_items(len(items))
    origin = Origin("apply", node, frame.file, type(node).__name__, tuple(items), frame)
    if isinstance(node, ast.Tuple):
        return Value(tuple(items), origin, depends_of(*items))
    return Value(ListObject(items, "list" if isinstance(node, ast.List) else "set"), origin)


def dictionary(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
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


def format_value(value: Value, conversion: int, spec: str) -> str:
    """Format a hint as an f-string would, within the text limit."""
    hint: object = value.hint
    if isinstance(hint, Size):
        hint = dim_hint(hint)
    width = "".join(c if c.isdigit() else " " for c in spec).split()
    if any(len(w) > 6 for w in width):
        raise LimitReached("string of more than 1,000,000 characters")
    if not isinstance(hint, (str, int, float, bool, type(None))):
        hint = calls.readable(value)
    if conversion == ord("r"):
        return format(repr(hint), spec)
    if conversion == ord("s"):
        return format(str(hint), spec)
    return format(hint, spec)


def binary(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.BinOp)
    left, right = evaluate(ev, node.left, frame), evaluate(ev, node.right, frame)
    return apply_binary(ev, node.op, left, right, node, frame)


def apply_binary(ev: Evaluator, op: ast.operator, left: Value, right: Value, node: ast.AST, frame: Frame) -> Value:
    """left op right: of numbers, of containers, or a node of the network where a tensor takes part."""
    symbol, compute = BINARY[type(op)]
    a, b = left.hint, right.hint
    if isinstance(a, TensorCell) or isinstance(b, TensorCell):
        return calls.tensor_operator(ev, symbol, (left, right), node, frame)
    origin = Origin("apply", node, frame.file, symbol, (left, right), frame)
    depends = depends_of(left, right)
    for side in (a, b):
        if isinstance(side, Unknown):
            return Value(side)
    if isinstance(a, ListObject) and symbol == "+" and isinstance(b, ListObject):
        check_items(len(a.items) + len(b.items))
        return Value(ListObject([*a.items, *b.items]), origin)
    if isinstance(a, tuple) and isinstance(b, tuple) and symbol == "+":
        return Value((*a, *b), origin, depends)
    for seq, count in ((a, b), (b, a)):
        if symbol == "*" and isinstance(seq, (ListObject, tuple)) and isinstance(count, int):
            items = seq.items if isinstance(seq, ListObject) else list(seq)
            check_items(len(items) * max(count, 0))
            many = items * count
            return Value(ListObject(many) if isinstance(seq, ListObject) else tuple(many), origin, depends)
    if isinstance(a, str) and symbol == "%":
        parts = tuple(calls.scalar(v) for v in b) if isinstance(b, tuple) else (calls.scalar(right),)
        try:
            return Value(a % parts, origin, depends)
        except (TypeError, ValueError) as error:
            raise ev.refusal(frame, node, f"cannot format: {error}", "mend the format string") from None
    if isinstance(a, DictObject) and isinstance(b, DictObject) and symbol == "|":
        return Value(DictObject({**a.entries, **b.entries}), origin)
    if isinstance(a, (Api, ClassObject)) or isinstance(b, (Api, ClassObject)):
        if symbol == "|":
            return Value((left, right), origin)  # X | Y of types
    check = {"**": check_power, "<<": check_shift, "*": check_product}.get(symbol)
    if check is not None:
        check(a, b)
    try:
        return Value(compute(a, b), origin, depends)
    except ZeroDivisionError:
        raise ev.refusal(frame, node, "division by zero", "check the configuration") from None
    except (TypeError, ValueError, OverflowError) as error:
        raise ev.refusal(frame, node, f"cannot compute {symbol}: {error}", "use plain numbers here") from None


def unary(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.UnaryOp)
    operand = evaluate(ev, node.operand, frame)
    symbol, compute = UNARY[type(node.op)]
    origin = Origin("apply", node, frame.file, symbol, (operand,), frame)
    if symbol == "not":
        return Value(not truth(ev, operand, node, frame), origin, operand.depends)
    if isinstance(operand.hint, TensorCell):
        return calls.tensor_operator(ev, symbol, (operand,), node, frame)
    if isinstance(operand.hint, Unknown):
        return operand
    try:
        return Value(compute(operand.hint), origin, operand.depends)
    except TypeError as error:
        raise ev.refusal(frame, node, f"cannot compute {symbol}: {error}", "use plain numbers here") from None


def boolean(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
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
    assert isinstance(node, ast.Compare)
    left = evaluate(ev, node.left, frame)
    result, depends = Value(True), left.depends
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        right = evaluate(ev, right_node, frame)
        depends |= right.depends
        result = compare_one(ev, op, left, right, node, frame)
        if isinstance(result.hint, TensorCell):
            return result
        if len(node.ops) > 1 and not truth(ev, result, node, frame):
            return Value(False, Origin("apply", node, frame.file, "compare"), depends)
        left = right
    return Value(result.hint, Origin("apply", node, frame.file, "compare"), depends)


def compare_one(ev: Evaluator, op: ast.cmpop, left: Value, right: Value, node: ast.AST, frame: Frame) -> Value:
    """One comparison. Sizes compare by their hints, which makes the result depend on sizes."""
    a, b = left.hint, right.hint
    if isinstance(op, (ast.Is, ast.IsNot)):
        same = identical(a, b)
        return Value(same if isinstance(op, ast.Is) else not same)
    if isinstance(op, (ast.In, ast.NotIn)):
        inside = contains(ev, left, right, node, frame)
        return Value(inside if isinstance(op, ast.In) else not inside, None, depends_of(left, right))
    symbol, compute = COMPARE[type(op)]
    if isinstance(a, TensorCell) or isinstance(b, TensorCell):
        if (a is None or b is None) and symbol in ("==", "!="):
            return Value(symbol == "!=")
        return calls.tensor_operator(ev, symbol, (left, right), node, frame)
    for side in (a, b):
        if isinstance(side, Unknown):
            return Value(side)
    if symbol in ("==", "!="):
        same = equal(left, right)
        return Value(same if symbol == "==" else not same, None, depends_of(left, right))
    try:
        return Value(compute(calls.ordered(left), calls.ordered(right)), None, depends_of(left, right))
    except TypeError as error:
        raise ev.refusal(frame, node, f"cannot compare: {error}", "compare plain numbers") from None


def identical(a: object, b: object) -> bool:
    """`a is b` on hints."""
    if isinstance(a, Api) and isinstance(b, Api):
        return a.name == b.name
    if a is None or b is None or isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, str)) and isinstance(b, (int, str)):
        return a == b
    return a is b


def equal(left: Value, right: Value) -> bool:
    """`left == right` on hints; sizes by their numbers, containers by their items."""
    a, b = left.hint, right.hint
    if isinstance(a, Size) or isinstance(b, Size):
        return (
            isinstance(a, (int, float, Size))
            and isinstance(b, (int, float, Size))
            and calls.ordered(left) == calls.ordered(right)
        )
    if isinstance(a, ListObject) and isinstance(b, ListObject):
        return len(a.items) == len(b.items) and all(equal(x, y) for x, y in zip(a.items, b.items, strict=True))
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, DictObject) and isinstance(b, DictObject):
        return a.entries.keys() == b.entries.keys() and all(equal(a.entries[k][1], b.entries[k][1]) for k in a.entries)
    return bool(a == b)


def contains(ev: Evaluator, left: Value, right: Value, node: ast.AST, frame: Frame) -> bool:
    """`left in right`."""
    box = right.hint
    if isinstance(box, str):
        return isinstance(left.hint, str) and left.hint in box
    if isinstance(box, DictObject):
        return subscripts.key_of(ev, left, node, frame) in box.entries
    return any(equal(left, item) for item in calls.iterate(ev, right, node, frame))


def truth(ev: Evaluator, value: Value, node: ast.AST, frame: Frame) -> bool:
    """The truth of a hint. Refused where it depends on the content of a tensor or on something unread."""
    hint = value.hint
    if isinstance(hint, Unknown):
        raise ev.refusal(
            frame, node, f"a decision needs a value that was not read ({hint.why})", "bind it with --set NAME=VALUE"
        )
    if isinstance(hint, TensorCell):
        raise ev.refusal(
            frame, node, "a decision depends on the content of a tensor", "write it with where()", "content"
        )
    if isinstance(hint, Size):
        return dim_hint(hint) != 0
    if isinstance(hint, ListObject):
        return bool(hint.items)
    if isinstance(hint, DictObject):
        return bool(hint.entries)
    length = calls.length(ev, value)
    if length is not None:
        return length != 0
    if isinstance(hint, InstanceObject):
        return True
    return bool(hint)


def branch_kind(value: Value) -> str:
    """What a condition depends on."""
    if value.depends & INPUT:
        return "content"
    if value.depends & MODE:
        return "mode"
    return "size" if value.depends & SIZE else "config"


def decide(ev: Evaluator, test: ast.expr, owner: ast.AST, frame: Frame) -> tuple[bool, str]:
    """Evaluate a condition and record which arm it takes."""
    value = evaluate(ev, test, frame)
    taken = truth(ev, value, test, frame)
    kind = branch_kind(value)
    ev.trace.branches[id(owner)].append(Branch(owner, frame, taken, kind, ev.speculating > 0))  # type: ignore[arg-type]
    return taken, kind


def conditional(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.IfExp)
    taken, _ = decide(ev, node.test, node, frame)
    other = node.orelse if taken else node.body
    value = evaluate(ev, node.body if taken else node.orelse, frame)
    from pivot.reading import statements

    statements.speculate_expression(ev, other, frame)
    return value


def lambda_(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    assert isinstance(node, ast.Lambda)
    defaults = tuple(evaluate(ev, d, frame) for d in node.args.defaults)
    kw_defaults = tuple(evaluate(ev, d, frame) if d is not None else None for d in node.args.kw_defaults)
    return Value(FunctionObject(node, frame.file, "<lambda>", frame.scope, defaults, kw_defaults, frame.owner))


def named(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
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
    ast.ListComp: calls.comprehension,
    ast.SetComp: calls.comprehension,
    ast.GeneratorExp: calls.comprehension,
    ast.DictComp: calls.comprehension,
}
