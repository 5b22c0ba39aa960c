"""Copies, namespaces, named tuples: what the standard library makes objects with."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading.frames import Scope
from pivot.reading.handlers import Args, Handler, Kwargs
from pivot.reading.iterating import iterate
from pivot.reading.modules import ModuleObject
from pivot.reading.storage import new_version
from pivot.reading.values import (
    Api,
    ClassObject,
    DictObject,
    InstanceObject,
    ListObject,
    ParameterObject,
    Partial,
    TensorCell,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def namedtuple(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """A class whose instances are tuples with names."""
    fields = (
        args[1].hint.replace(",", " ").split()
        if isinstance(args[1].hint, str)
        else [str(v.hint) for v in iterate(ev, args[1], node, frame)]
    )
    body: list[ast.stmt] = [
        ast.AnnAssign(ast.Name(f, ast.Store()), ast.Name("object", ast.Load()), None, 1) for f in fields
    ]
    definition = ast.ClassDef(str(args[0].hint), [], [], body or [ast.Pass()], [])
    ast.copy_location(definition, node)
    ast.fix_missing_locations(definition)
    ev.trace.keep.append(definition)
    made_class = ClassObject(
        definition, frame.file, definition.name, Scope(frame.file, frame.scope.module), kind="namedtuple"
    )
    return Value(made_class)


def copy_(deep: bool) -> Handler:
    """copy.copy and copy.deepcopy: containers and modules are made anew."""

    def handler(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
        return copied(ev, args[0], deep, {}, node, frame)

    return handler


def copied(ev: Evaluator, value: Value, deep: bool, memo: dict[int, Value], node: ast.AST, frame: Frame) -> Value:
    """A copy of a value; a module's copy has parameters of its own."""
    hint = value.hint
    if id(hint) in memo:
        return memo[id(hint)]
    again = (lambda v: copied(ev, v, deep, memo, node, frame)) if deep else (lambda v: v)
    if isinstance(hint, ListObject):
        items = ListObject([], hint.kind)
        result = memo[id(hint)] = Value(items, value.origin)
        items.items.extend(again(item) for item in hint.items)
        return result
    if isinstance(hint, DictObject):
        entries = DictObject({}, hint.kind, hint.factory)
        result = memo[id(hint)] = Value(entries, value.origin)
        entries.entries.update({k: (key, again(item)) for k, (key, item) in hint.entries.items()})
        return result
    if isinstance(hint, ModuleObject):
        return copied_module(ev, hint, memo, node, frame)
    if isinstance(hint, InstanceObject):
        twin = InstanceObject(hint.cls)
        result = memo[id(hint)] = Value(twin, value.origin)
        twin.attrs.update({k: again(v) for k, v in hint.attrs.items()})
        twin.items = hint.items
        return result
    if isinstance(hint, tuple) and deep:
        return Value(tuple(again(v) for v in hint), value.origin, value.depends)
    return value


def copied_module(ev: Evaluator, module: ModuleObject, memo: dict[int, Value], node: ast.AST, frame: Frame) -> Value:
    """A module made alike, with parameters of its own."""
    twin = ModuleObject(
        module.cls, container=module.container, form=module.form, bound=module.bound, params=module.params
    )
    twin.site, twin.frame, twin.visit, twin.param_values = (
        module.site,
        module.frame,
        module.visit,
        module.param_values,
    )
    twin.made_by = module.made_by
    result = Value(twin)
    memo[id(module)] = result
    ev.add_module(twin)
    for name, value in module.parameters.items():
        cell = value.hint
        assert isinstance(cell, TensorCell) and cell.version.parameter is not None
        old = cell.version.parameter
        fresh = ParameterObject(
            old.type, old.trainable, old.persistent, old.buffer, role=old.role, owner=twin, start=old.start
        )
        ev.parameters.append(fresh)
        twin.parameters[name] = memo[id(cell)] = Value(TensorCell(new_version(ev, fresh.type, fresh)))
        for role, parameter in module.weights.items():
            if parameter is old:
                twin.weights[role] = fresh
    for name, value in module.attrs.items():
        twin.attrs[name] = copied(ev, value, True, memo, node, frame)
    for name, value in module.children.items():
        twin.children[name] = copied(ev, value, True, memo, node, frame)
    return result


def namespace(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """SimpleNamespace()."""
    return Value(InstanceObject(Api("types.SimpleNamespace"), dict(kwargs)))


def field(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """dataclasses.field(): its default."""
    if "default" in kwargs:
        return kwargs["default"]
    if "default_factory" in kwargs:
        return Value(Partial(kwargs["default_factory"], (), ()))  # called for every instance
    return Value(None)


def replace(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """dataclasses.replace(): another instance with some fields changed."""
    hint = args[0].hint
    if not isinstance(hint, InstanceObject) or not isinstance(hint.cls, ClassObject):
        raise ev.refusal(frame, node, "dataclasses.replace() of this value is not read", "give it a dataclass")
    return ev.call(Value(hint.cls), (), {**hint.attrs, **kwargs}, node, frame)


def asdict(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """dataclasses.asdict(): fields to values, those of inner dataclasses too."""
    hint = args[0].hint
    if not isinstance(hint, InstanceObject):
        raise ev.refusal(frame, node, "dataclasses.asdict() of this value is not read", "give it a dataclass")
    return as_plain(hint)


def as_plain(hint: InstanceObject) -> Value:
    """The fields of a dataclass instance as a dict."""
    return Value(DictObject({k: (Value(k), within(v)) for k, v in hint.attrs.items()}))


def within(value: Value) -> Value:
    """A field's value with the dataclasses inside it as dicts."""
    hint = value.hint
    if isinstance(hint, InstanceObject) and isinstance(hint.cls, ClassObject) and hint.cls.kind == "dataclass":
        return as_plain(hint)
    if isinstance(hint, tuple):
        return Value(tuple(within(v) for v in hint), value.origin, value.depends)
    if isinstance(hint, ListObject):
        return Value(ListObject([within(v) for v in hint.items], hint.kind), value.origin)
    if isinstance(hint, DictObject):
        return Value(DictObject({k: (key, within(v)) for k, (key, v) in hint.entries.items()}), value.origin)
    return value


def fields(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """dataclasses.fields() of an instance: objects that have a name."""
    hint = args[0].hint
    if not isinstance(hint, InstanceObject):
        raise ev.refusal(frame, node, "dataclasses.fields() of this value is not read", "give it an instance")
    made = [InstanceObject(Api("types.SimpleNamespace"), {"name": Value(k)}) for k in hint.attrs]
    return Value(tuple(Value(m) for m in made))


def is_dataclass(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """dataclasses.is_dataclass()."""
    hint = args[0].hint
    cls = hint.cls if isinstance(hint, InstanceObject) else hint
    return Value(isinstance(cls, ClassObject) and cls.kind == "dataclass")


FUNCTIONS: dict[str, Handler] = {
    "collections.namedtuple": namedtuple,
    "copy.copy": copy_(False),
    "copy.deepcopy": copy_(True),
    "types.SimpleNamespace": namespace,
    "argparse.Namespace": namespace,
    "dataclasses.field": field,
    "dataclasses.replace": replace,
    "dataclasses.asdict": asdict,
    "dataclasses.fields": fields,
    "dataclasses.is_dataclass": is_dataclass,
}
