"""Calling: functions of the program, classes, library names, modules; and iterating over what they give."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from pivot.own_code import is_same
from pivot.reading import (
    classes,
    data_arrays,
    decorating,
    initialising,
    instances,
    library,
    methods,
    restating,
    spelled,
    trained_weights,
)
from pivot.reading.bombs import check_items
from pivot.reading.data_arrays import DataMethod
from pivot.reading.iterating import iterate
from pivot.reading.modules import ModuleObject
from pivot.reading.objects import copied
from pivot.reading.signals import Return
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
    from pivot.op import Form
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


MISTAKES = (ArithmeticError, AssertionError, AttributeError, LookupError, StopIteration, TypeError, ValueError)


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
    result = call_value(ev, callee, tuple(args), kwargs, node, frame)
    if not isinstance(result.hint, Unknown):
        ev.trace.called.add(id(node))
    return result


def call_value(
    ev: Evaluator, callee: Value, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> Value:
    """Call whatever the value is."""
    hint = callee.hint
    if isinstance(hint, BoundMethod):
        return call_program(ev, hint.function, (hint.receiver, *args), kwargs, node, frame, callee, hint.receiver)
    if isinstance(hint, FunctionObject):
        own = own_forms(ev, hint)
        if own:
            return ev.dialect.call_own_code(ev, callee, own, args, kwargs, node, frame)
        return call_program(ev, hint, args, kwargs, node, frame, callee, receiver_of(hint, args))
    if isinstance(hint, ClassObject):
        return instances.construct(ev, callee, hint, args, kwargs, node, frame)
    if isinstance(hint, Partial):
        return call_value(ev, hint.callee, (*hint.args, *args), {**dict(hint.kwargs), **kwargs}, node, frame)
    if isinstance(hint, Api):
        return call_library(ev, callee, hint, args, kwargs, node, frame)
    if isinstance(hint, BoundApi):
        return call_method(ev, callee, hint, args, kwargs, node, frame)
    if isinstance(hint, ModuleObject):
        if isinstance(hint.cls, ClassObject):
            classes.check_own_call(ev, hint.cls, node, frame)
        return ev.dialect.apply_module(ev, callee, args, kwargs, node, frame)
    if isinstance(hint, InstanceObject):
        found = classes.special_method(ev, callee, "__call__", args, node, frame, kwargs)
        found = found or ev.dialect.call_object(ev, callee, args, kwargs, node, frame)
        if found is not None:
            return found
    if isinstance(hint, DataMethod):
        return data_arrays.call_method(hint, args, kwargs)
    if isinstance(hint, Unknown):
        if any(ev.dialect.holds_tensor(v) for v in (*args, *kwargs.values())):
            made = spelled.of_unknown(ev, callee, args, kwargs, node)
            return ev.dialect.unmapped(ev, args, kwargs, node, frame, hint.why, spelled=made)
        return callee
    raise ev.refusal(frame, node, "this value cannot be called", "call a function, class or module")


def receiver_of(function: FunctionObject, args: tuple[Value, ...]) -> Value | None:
    """Whose method is called, where it is called through its class: `Base.__init__(self, n)`."""
    is_method = function.owner is not None and not function.static and bool(args)
    return args[0] if is_method and isinstance(args[0].hint, (ModuleObject, InstanceObject)) else None


def own_forms(ev: Evaluator, function: FunctionObject) -> tuple[Form, ...]:
    """The forms of own target code, where a function is what an op file brought along."""
    forms = ev.opset.find(ev.dialect.framework, "code", function.name) if function.owner is None else ()
    return tuple(form for form in forms if is_same(function.node, form.pattern, form.framework))


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
    if args and recorded is None and restating.copies_layers(function):
        return copied(ev, args[0], True, {}, node, frame)
    if function.replaced is not None:
        instead = decorating.stand_in(ev, function, args, kwargs, node, frame)
        if isinstance(instead, FunctionObject):
            function = instead
        elif instead is not None:
            return call_value(ev, Value(instead), args, kwargs, node, frame)
    args, kwargs = trained_weights.left(ev, function, args, kwargs, node, frame)
    inner = ev.enter(function, node, frame, receiver, function.owner)
    visit = recorded or ev.visit(Visit(node, frame, "function", callee, args, kwargs))
    visit.entered = inner
    bind_parameters(ev, function, args, kwargs, inner, node, frame)
    before, tried = ev.effects, ev.trial_effects
    given = [(i, a.hint, a.hint.version) for i, a in enumerate(args) if isinstance(a.hint, TensorCell)]
    previous, ev.frame = ev.frame, inner
    try:
        result = call_function(ev, function, inner)
    finally:
        ev.frame = previous
    if initialising.in_forward(frame):
        visit.changed = tuple(i for i, cell, version in given if cell.version is not version)
    visit.effects, visit.tried = ev.effects - before, ev.trial_effects - tried
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
    if api.name == "builtins.super":
        return make_super(ev, args, node, frame)
    handler = library.FUNCTIONS.get(api.name)
    arrays = api.root == "numpy" and any(ev.dialect.holds_tensor(v) for v in args)
    if handler is not None and not arrays:
        visit = Visit(node, frame, "data", callee, args, kwargs, name=api.name)
        visit.result = careful(ev, api.name, partial(handler, ev, args, kwargs, node, frame), node, frame)
        ev.visit(visit)
        return visit.result
    run = partial(ev.dialect.call_api, ev, callee, api, args, kwargs, node, frame)
    return careful(ev, api.name, run, node, frame)


def careful(ev: Evaluator, name: str, run: Callable[[], Value], node: ast.AST, frame: Frame) -> Value:
    """What Python's own functions raise on arguments that they do not take is a refusal here."""
    try:
        return run()
    except MISTAKES as error:
        why = f"{name.removeprefix('builtins.')}() is not read with these arguments ({error})"
        raise ev.refusal(frame, node, why, "check the call", "arguments") from None


def make_super(ev: Evaluator, args: tuple[Value, ...], node: ast.AST, frame: Frame) -> Value:
    """`super()` and `super(Class, self)`."""
    at = next((at for at in frame.chain() if at.receiver is not None), None)
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
    hint, name = bound.receiver.hint, bound.name
    if isinstance(hint, TensorCell):
        run = partial(ev.dialect.tensor_method, ev, callee, bound.receiver, name, args, kwargs, node, frame)
        return careful(ev, name, run, node, frame)
    if isinstance(hint, ModuleObject):
        run = partial(ev.dialect.module_method, ev, callee, bound.receiver, name, args, kwargs, node, frame)
        return careful(ev, name, run, node, frame)
    if isinstance(hint, SuperObject):
        if name == "__init__" and instances.generated_init(ev, hint, args, kwargs, node, frame):
            ev.visit(Visit(node, frame, "data", callee, args, kwargs, result=Value(None), name=name))
            return Value(None)
        run = partial(ev.dialect.super_method, ev, callee, hint, name, args, kwargs, node, frame)
        return careful(ev, name, run, node, frame)
    visit = Visit(node, frame, "data", callee, args, kwargs, name=name)
    run = partial(methods.method, ev, bound.receiver, name, args, kwargs, node, frame)
    visit.result = careful(ev, name, run, node, frame)
    ev.visit(visit)
    return visit.result


def call_function(ev: Evaluator, function: FunctionObject, frame: Frame) -> Value:
    """Run the body of a function whose names are bound in `frame`; its value."""
    if isinstance(function.node, ast.Lambda):
        return ev.evaluate(function.node.body, frame)
    try:
        ev.execute(function.node.body, frame)
    except Return as done:
        if frame.yielded is None:
            return done.value
    if frame.yielded is not None:
        return Value(ListObject(frame.yielded))
    return Value(None)
