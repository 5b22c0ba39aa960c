"""Making instances of program classes that are not modules: plain classes, enums, dataclasses, named tuples."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import boxes, calls, classes, lookup
from pivot.reading.trace import Visit
from pivot.reading.values import (
    ClassObject,
    FunctionObject,
    InstanceObject,
    Origin,
    Partial,
    SuperObject,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


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
        for name in cls.pending:
            member = lookup.class_attribute(ev, cls, name, node, frame)
            inner = member.hint.attrs.get("value") if isinstance(member.hint, InstanceObject) else None
            if args and (member.hint is args[0].hint or (inner is not None and inner.hint == args[0].hint)):
                return member
    instance = InstanceObject(cls)
    made = Value(instance, Origin("apply", node, frame.file, cls.name, args, frame))
    visit = ev.visit(Visit(node, frame, "class", callee, args, kwargs, result=made))
    hit = classes.member(ev, cls, "__init__")
    if generates(cls, hit[1] if hit is not None else None):
        fill_fields(ev, cls, instance, args, kwargs, node, frame)
        return made
    if hit is not None:
        init = hit[0].hint
        assert isinstance(init, FunctionObject)
        calls.call_program(ev, init, (made, *args), kwargs, node, frame, hit[0], made, visit)
    else:
        boxes.fill(ev, instance, args, kwargs, node, frame)
    return made


def generates(cls: ClassObject, written: ClassObject | None) -> bool:
    """Is the constructor of a class a generated one? `written`: the class that defines `__init__`, if one does."""
    for entry in cls.mro():
        if entry is written:
            return False
        if isinstance(entry, ClassObject) and entry.kind in ("dataclass", "namedtuple"):
            return not any(switches_off(d) for d in entry.node.decorator_list)
    return False


def switches_off(decorator: ast.expr) -> bool:
    """`@dataclass(init=False)`."""
    return isinstance(decorator, ast.Call) and any(
        k.arg == "init" and isinstance(k.value, ast.Constant) and k.value.value is False for k in decorator.keywords
    )


def generated_init(
    ev: Evaluator, sup: SuperObject, args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> bool:
    """`super().__init__(...)` of a class whose next base is a dataclass: its generated constructor, if that is it."""
    instance = sup.receiver.hint
    if not isinstance(instance, InstanceObject) or not isinstance(instance.cls, ClassObject):
        return False
    chain = instance.cls.mro()
    behind = chain[chain.index(sup.after) + 1 :] if sup.after in chain else []
    base = next((c for c in behind if isinstance(c, ClassObject) and c.kind == "dataclass"), None)
    if base is None:
        return False
    fill_fields(ev, base, instance, args, kwargs, node, frame)
    return True


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
    if len(args) > len(names) or any(k not in fields for k in kwargs):
        wrong = next((repr(k) for k in kwargs if k not in fields), f"number {len(names) + 1}")
        raise ev.refusal(frame, node, f"{cls.name}: the argument {wrong} is not taken", "check the call", "arguments")
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    for name, owner in fields.items():
        value = given.get(name)
        if value is None:
            value = default_of(ev, owner, name, node, frame)
        if value is None:
            raise ev.refusal(
                frame, node, f"{cls.name}: the field {name!r} is missing", "give it in the call", "arguments"
            )
        instance.attrs[name] = of_field(value, owner, name)
    if cls.kind == "namedtuple":
        instance.items = tuple(instance.attrs.values())
    post = classes.member(ev, cls, "__post_init__")
    if post is not None:
        ev.call(classes.bind_method(post[0], Value(instance), cls), (), {}, node, frame)


def of_field(value: Value, owner: ClassObject, name: str) -> Value:
    """A plain value of a field: a caller could give another one, as it can to a function."""
    if not isinstance(value.hint, (bool, int, float, str, tuple)):
        return value
    return Value(value.hint, Origin("param", None, owner.file, name, (value,)), value.depends)


def default_of(ev: Evaluator, owner: ClassObject, name: str, node: ast.AST, frame: Frame) -> Value | None:
    """The default of a field; what `field(default_factory=...)` says is called for every instance anew."""
    value = classes.own_member(ev, owner, name)
    if value is not None and isinstance(value.hint, Partial) and value.hint.node is None:
        return ev.call(value.hint.callee, (), {}, node, frame)
    return value
