"""Calling: functions of the program, classes, library names, modules; and iterating over what they give."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pivot.dims import Size
from pivot.dims import hint as dim_hint
from pivot.reading import classes
from pivot.reading.limits_check import check_items
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Visit
from pivot.reading.values import (
    Api,
    BoundApi,
    BoundMethod,
    ClassObject,
    DictObject,
    FunctionObject,
    InstanceObject,
    ListObject,
    Origin,
    Partial,
    SuperObject,
    TensorCell,
    Unknown,
    Value,
    depends_of,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def call(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """A call expression."""
    assert isinstance(node, ast.Call)
    callee = ev.evaluate(node.func, frame)
    args: list[Value] = []
    for arg in node.args:
        if isinstance(arg, ast.Starred):
            args.extend(iterate(ev, ev.evaluate(arg.value, frame), arg, frame))
        else:
            args.append(ev.evaluate(arg, frame))
    kwargs: dict[str, Value] = {}
    for keyword in node.keywords:
        value = ev.evaluate(keyword.value, frame)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
        elif isinstance(value.hint, DictObject):
            for key, (_, item) in value.hint.entries.items():
                kwargs[str(key)] = item
        elif not isinstance(value.hint, Unknown):
            raise ev.refusal(frame, keyword.value, "** of something that is not a dict", "spread a dict")
    check_items(len(args) + len(kwargs))
    return call_value(ev, callee, tuple(args), kwargs, node, frame)


def call_value(
    ev: Evaluator, callee: Value, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value:
    """Call whatever the value is."""
    hint = callee.hint
    if isinstance(hint, BoundMethod):
        return call_program(ev, hint.function, (hint.receiver, *args), kwargs, node, frame, callee, hint.receiver)
    if isinstance(hint, FunctionObject):
        return call_program(ev, hint, args, kwargs, node, frame, callee, None)
    if isinstance(hint, ClassObject):
        return construct(ev, callee, hint, args, kwargs, node, frame)
    if isinstance(hint, Partial):
        return call_value(ev, hint.callee, (*hint.args, *args), {**dict(hint.kwargs), **kwargs}, node, frame)
    if isinstance(hint, Api):
        return call_library(ev, callee, hint, args, kwargs, node, frame)
    if isinstance(hint, BoundApi):
        return call_method(ev, callee, hint, args, kwargs, node, frame)
    if isinstance(hint, ModuleObject):
        return ev.dialect.apply_module(ev, callee, args, kwargs, node, frame)
    if isinstance(hint, InstanceObject):
        found = special_method(ev, callee, "__call__", args, node, frame, kwargs)
        if found is not None:
            return found
    if isinstance(hint, Unknown):
        if any(isinstance(v.hint, TensorCell) for v in (*args, *kwargs.values())):
            return ev.dialect.unmapped(ev, args, kwargs, node, frame, hint.why)
        return callee
    raise ev.refusal(frame, node, "this value cannot be called", "call a function, class or module")


def special_method(
    ev: Evaluator,
    receiver: Value,
    name: str,
    args: tuple[Value, ...],
    node: ast.AST,
    frame: Frame,
    kwargs: dict[str, Value] | None = None,
) -> Value | None:
    """`receiver.__name__(*args)` where its class defines it."""
    hint = receiver.hint
    cls = hint.cls if isinstance(hint, (InstanceObject, ModuleObject)) else None
    if not isinstance(cls, ClassObject):
        return None
    hit = classes.member(ev, cls, name)
    if hit is None:
        return None
    return call_value(ev, classes.bind_method(hit[0], receiver, cls), args, kwargs or {}, node, frame)


def call_program(
    ev: Evaluator,
    function: FunctionObject,
    args: tuple[Value, ...],
    kwargs: dict[str, Value],
    node: ast.AST,
    frame: Frame,
    callee: Value,
    receiver: Value | None,
    recorded: Visit | None = None,
) -> Value:
    """Call a function of the program in a frame of its own. `recorded`: the visit that stands for it already."""
    from pivot.reading.statements import call_function

    inner = ev.enter(function, node, frame, receiver, function.owner)
    visit = recorded or ev.visit(Visit(node, frame, "function", callee, args, kwargs))
    visit.entered = inner
    bind_parameters(ev, function, args, kwargs, inner, node, frame)
    previous, ev.frame = ev.frame, inner
    try:
        result = call_function(ev, function, inner)
    finally:
        ev.frame = previous
    if recorded is None:
        visit.result = result
    return result


def bind_parameters(
    ev: Evaluator,
    function: FunctionObject,
    args: tuple[Value, ...],
    kwargs: dict[str, Value],
    inner: Frame,
    node: ast.AST,
    caller: Frame,
) -> None:
    """Bind arguments to parameters as Python does."""
    spec = function.node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    bound: dict[str, Value] = dict(zip(names, args, strict=False))
    rest = args[len(names) :]
    if rest and spec.vararg is None:
        raise ev.refusal(
            caller,
            node,
            f"{function.name} takes {len(names)} arguments, {len(args)} are given",
            "check the call",
            "arguments",
        )
    extra: dict[str, Value] = {}
    accepted = {a.arg for a in (*spec.args, *spec.kwonlyargs)}
    for key, value in kwargs.items():
        if key in accepted and key not in bound:
            bound[key] = value
        elif spec.kwarg is not None and key not in accepted:
            extra[key] = value
        else:
            why = "is given twice" if key in bound else "is not taken"
            raise ev.refusal(
                caller, node, f"{function.name}: the argument {key!r} {why}", "check the call", "arguments"
            )
    for arg, default in zip(names[len(names) - len(function.defaults) :], function.defaults, strict=True):
        bound.setdefault(arg, default)
    for kwonly, kw_default in zip(spec.kwonlyargs, function.kw_defaults, strict=True):
        if kw_default is not None:
            bound.setdefault(kwonly.arg, kw_default)
    for parameter in (*names, *(a.arg for a in spec.kwonlyargs)):
        if parameter not in bound:
            raise ev.refusal(
                caller,
                node,
                f"{function.name}: the argument {parameter!r} is missing",
                "give it in the call or with --model",
                "arguments",
            )
        value = bound[parameter]
        origin = Origin("param", None, function.file, parameter, (value,), inner)
        inner.scope.names[parameter] = Value(value.hint, origin, value.depends)
    if spec.vararg is not None:
        inner.scope.names[spec.vararg.arg] = Value(tuple(rest), None, depends_of(*rest))
    if spec.kwarg is not None:
        inner.scope.names[spec.kwarg.arg] = Value(DictObject({k: (Value(k), v) for k, v in extra.items()}))


def construct(
    ev: Evaluator,
    callee: Value,
    cls: ClassObject,
    args: tuple[Value, ...],
    kwargs: dict[str, Value],
    node: ast.AST,
    frame: Frame,
) -> Value:
    """Make an instance of a program class."""
    if ev.dialect.is_module_class(cls):
        return ev.dialect.construct_module(ev, callee, cls, args, kwargs, node, frame)
    if cls.kind == "enum":
        from pivot.reading import lookup

        for name in cls.pending:
            member = lookup.class_attribute(ev, cls, name, node, frame)
            inner = member.hint.attrs.get("value") if isinstance(member.hint, InstanceObject) else None
            if inner is not None and args and inner.hint == args[0].hint:
                return member
    instance = InstanceObject(cls)
    made = Value(instance, Origin("apply", node, frame.file, cls.name, args, frame))
    visit = ev.visit(Visit(node, frame, "class", callee, args, kwargs, result=made))
    if cls.kind in ("dataclass", "namedtuple") and classes.member(ev, cls, "__init__") is None:
        fill_fields(ev, cls, instance, args, kwargs, node, frame)
        return made
    hit = classes.member(ev, cls, "__init__")
    if hit is not None:
        init = hit[0].hint
        assert isinstance(init, FunctionObject)
        call_program(ev, init, (made, *args), kwargs, node, frame, hit[0], made, visit)
    return made


def fill_fields(
    ev: Evaluator,
    cls: ClassObject,
    instance: InstanceObject,
    args: tuple[Value, ...],
    kwargs: dict[str, Value],
    node: ast.AST,
    frame: Frame,
) -> None:
    """The generated constructor of a dataclass or NamedTuple."""
    fields: dict[str, ClassObject] = {}
    for entry in reversed(cls.mro()):
        if isinstance(entry, ClassObject):
            fields.update(
                {
                    s.target.id: entry
                    for s in entry.node.body
                    if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
                }
            )
    names = list(fields)
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    for name, owner in fields.items():
        value = given.get(name)
        if value is None:
            value = classes.own_member(ev, owner, name)
        if value is None:
            raise ev.refusal(
                frame, node, f"{cls.name}: the field {name!r} is missing", "give it in the call", "arguments"
            )
        instance.attrs[name] = value
    if cls.kind == "namedtuple":
        instance.items = tuple(instance.attrs.values())
    post = classes.member(ev, cls, "__post_init__")
    if post is not None:
        call_value(ev, classes.bind_method(post[0], Value(instance), cls), (), {}, node, frame)


def call_library(
    ev: Evaluator,
    callee: Value,
    api: Api,
    args: tuple[Value, ...],
    kwargs: dict[str, Value],
    node: ast.AST,
    frame: Frame,
) -> Value:
    """A library name: Python's own, the standard library, then the framework's dialect."""
    from pivot.reading import builtins, stdlib

    if api.name == "builtins.super":
        return make_super(ev, args, node, frame)
    for table in (builtins.FUNCTIONS, stdlib.FUNCTIONS):
        handler = table.get(api.name)
        if handler is not None:
            visit = Visit(node, frame, "data", callee, args, kwargs, name=api.name)
            visit.result = handler(ev, args, kwargs, node, frame)
            ev.visit(visit)
            return visit.result
    return ev.dialect.call_api(ev, callee, api, args, kwargs, node, frame)


def make_super(ev: Evaluator, args: tuple[Value, ...], node: ast.AST, frame: Frame) -> Value:
    """`super()` and `super(Class, self)`."""
    at: Frame | None = frame
    while at is not None and at.receiver is None:
        at = at.parent
    if len(args) == 2 and isinstance(args[0].hint, ClassObject):
        return Value(SuperObject(args[1], args[0].hint))
    if at is None or at.receiver is None or at.owner is None:
        raise ev.refusal(frame, node, "super() outside a method", "call it inside a method")
    return Value(SuperObject(at.receiver, at.owner))


def call_method(
    ev: Evaluator,
    callee: Value,
    bound: BoundApi,
    args: tuple[Value, ...],
    kwargs: dict[str, Value],
    node: ast.AST,
    frame: Frame,
) -> Value:
    """A method that a library type provides."""
    from pivot.reading import builtins

    hint = bound.receiver.hint
    if isinstance(hint, TensorCell):
        return ev.dialect.tensor_method(ev, callee, bound.receiver, bound.name, args, kwargs, node, frame)
    if isinstance(hint, ModuleObject):
        return ev.dialect.module_method(ev, callee, bound.receiver, bound.name, args, kwargs, node, frame)
    if isinstance(hint, SuperObject):
        return ev.dialect.super_method(ev, callee, hint, bound.name, args, kwargs, node, frame)
    visit = Visit(node, frame, "data", callee, args, kwargs, name=bound.name)
    visit.result = builtins.method(ev, bound.receiver, bound.name, args, kwargs, node, frame)
    ev.visit(visit)
    return visit.result


def tensor_operator(ev: Evaluator, symbol: str, operands: tuple[Value, ...], node: ast.AST, frame: Frame) -> Value:
    """An operator with a tensor among its operands."""
    return ev.dialect.operator(ev, symbol, operands, node, frame)


def write_in_place(ev: Evaluator, cell: TensorCell, made: Value, node: ast.AST, frame: Frame) -> None:
    """A new version of a tensor, seen by every alias; a base written through a view is no longer readable."""
    if not isinstance(made.hint, TensorCell):
        return
    old, base = cell.version, cell.base
    cell.version = made.hint.version

    def undo() -> None:
        cell.version = old

    ev.undoable(undo)
    if base is not None and base.stale is None:
        base.stale = f"it was written through a view in line {getattr(node, 'lineno', 0)}"

        def clean() -> None:
            base.stale = None

        ev.undoable(clean)


def iterate(ev: Evaluator, value: Value, node: ast.AST, frame: Frame) -> Iterator[Value]:
    """The items of whatever can be looped over."""
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
        from pivot.reading import lookup

        for name in hint.pending:
            if not name.startswith("_"):
                yield lookup.class_attribute(ev, hint, name, node, frame)
    elif isinstance(hint, Unknown):
        raise ev.refusal(
            frame, node, f"a loop runs over a value that was not read ({hint.why})", "bind it with --set NAME=VALUE"
        )
    else:
        found = special_method(ev, value, "__iter__", (), node, frame)
        if found is None:
            raise ev.refusal(frame, node, "this value cannot be looped over", "loop over a list, tuple, dict or range")
        yield from iterate(ev, found, node, frame)


def comprehension(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """List, set, dict comprehensions and generator expressions, in a scope of their own."""
    assert isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp))
    from dataclasses import replace

    from pivot.reading.frames import Scope

    inner = replace(frame, scope=Scope(frame.file, frame.scope, frame.scope.function))
    inner.counts = frame.counts
    items: list[Value] = []
    entries: dict[object, tuple[Value, Value]] = {}

    def leaf() -> None:
        if isinstance(node, ast.DictComp):
            from pivot.reading.subscripts import key_of

            key, value = ev.evaluate(node.key, inner), ev.evaluate(node.value, inner)
            entries[key_of(ev, key, node.key, frame)] = (key, value)
        else:
            items.append(ev.evaluate(node.elt, inner))

    run_generators(ev, node.generators, inner, leaf)
    if isinstance(node, ast.DictComp):
        return Value(DictObject(entries))
    origin = Origin("apply", node, frame.file, "comprehension", tuple(items), frame)
    return Value(ListObject(items, "set" if isinstance(node, ast.SetComp) else "list"), origin)


def run_generators(ev: Evaluator, generators: list[ast.comprehension], inner: Frame, leaf: object) -> None:
    """Nested `for ... if ...` of a comprehension."""
    from pivot.reading import expressions
    from pivot.reading.statements import bind, bounded

    assert callable(leaf)
    if not generators:
        leaf()
        return
    first, rest = generators[0], generators[1:]
    for turn, item in enumerate(
        bounded(ev, iterate(ev, ev.evaluate(first.iter, inner), first.iter, inner), first.iter, inner)
    ):
        looped = Value(item.hint, Origin("loop", first.iter, inner.file, str(turn), (item,), inner), item.depends)
        bind(ev, first.target, looped, inner)
        if all(expressions.truth(ev, ev.evaluate(test, inner), test, inner) for test in first.ifs):
            run_generators(ev, rest, inner, leaf)


def index_hint(value: Value) -> object:
    """An index as Python's own int or slice."""
    hint = value.hint
    if isinstance(hint, Size):
        return dim_hint(hint)
    if isinstance(hint, slice):
        parts = [p.hint if isinstance(p, Value) else p for p in (hint.start, hint.stop, hint.step)]
        return slice(*(dim_hint(p) if isinstance(p, Size) else p for p in parts))
    return hint


def ordered(value: Value) -> object:
    """A hint that Python can compare: sizes as their numbers, tuples of these."""
    hint = value.hint
    if isinstance(hint, Size):
        return dim_hint(hint)
    if isinstance(hint, tuple):
        return tuple(ordered(v) for v in hint)
    if isinstance(hint, ListObject):
        return [ordered(v) for v in hint.items]
    return hint


def scalar(value: Value) -> object:
    """A hint for formatting."""
    hint = ordered(value)
    return hint if isinstance(hint, (int, float, str, bool, type(None))) else readable(value)


def readable(value: Value) -> str:
    """Any hint as short text, for messages."""
    hint = value.hint
    if isinstance(hint, TensorCell):
        return f"a tensor of shape {tuple(str(d) for d in hint.shape)}"
    if isinstance(hint, (ListObject, tuple)):
        items = hint.items if isinstance(hint, ListObject) else hint
        text = ", ".join(readable(v) for v in list(items)[:8]) + (", ..." if len(items) > 8 else "")
        return f"[{text}]" if isinstance(hint, ListObject) else f"({text})"
    if isinstance(hint, DictObject):
        return "{" + ", ".join(f"{k!r}: {readable(v)}" for k, (_, v) in list(hint.entries.items())[:8]) + "}"
    if isinstance(hint, ModuleObject):
        return hint.class_name
    if isinstance(hint, (ClassObject, FunctionObject)):
        return hint.name
    if isinstance(hint, Api):
        return hint.name
    return str(hint)[:200]


def length(ev: Evaluator, value: Value) -> int | None:
    """len() of a hint, or None where it has none."""
    hint = value.hint
    if isinstance(hint, ListObject):
        return len(hint.items)
    if isinstance(hint, DictObject):
        return len(hint.entries)
    if isinstance(hint, (tuple, str, range, bytes)):
        return len(hint)
    if isinstance(hint, InstanceObject) and hint.items is not None:
        return len(hint.items)
    if isinstance(hint, ModuleObject) and hint.container:
        return len(hint.children) if hint.container != "parameters" else len(hint.parameters)
    return None
