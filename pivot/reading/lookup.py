"""What a name or an attribute stands for."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.codecs.dtypes import FollowingDtype
from pivot.dims import Size
from pivot.reading import (
    adopting,
    classes,
    command_line,
    data_arrays,
    imports,
    number_kinds,
    registries,
    restating,
    surroundings,
)
from pivot.reading.checkpoint_names import weight_inside
from pivot.reading.constants import NAMES, api_constant
from pivot.reading.data_arrays import DataArray
from pivot.reading.frames import Frame, Scope
from pivot.reading.modules import ModuleObject
from pivot.reading.trace import Visit
from pivot.reading.values import (
    Api,
    BoundApi,
    BoundMethod,
    ClassObject,
    Device,
    DictObject,
    FunctionObject,
    InstanceObject,
    ModuleScope,
    Partial,
    SuperObject,
    TensorCell,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator

BY_METHOD = {"__setattr__": "builtins.setattr", "__getattr__": "builtins.getattr"}
"""Methods that every object has, by the function that calls them."""

DEVICE = Api("torch.device")
IMPORTS = (ast.Import, ast.ImportFrom)


def name(ev: Evaluator, node: ast.Name, frame: Frame) -> Value:
    """A name, from the innermost scope outwards. Class bodies are not seen from inside their methods."""
    scope: Scope | None = frame.scope
    while scope is not None:
        if ev.broken and (id(scope), node.id) in ev.broken:
            raise ev.broken[id(scope), node.id]
        if node.id in scope.names:
            return scope.names[node.id]
        if scope.parent is None:
            found = in_module(ev, scope, node.id)
            if found is not None:
                return found
        scope = scope.parent
    if node.id in ev.overrides:
        return ev.overrides[node.id]
    if node.id in NAMES:
        known = api_constant(f"builtins.{node.id}")
        return known if known is not None else Value(Api(f"builtins.{node.id}"))
    if node.id == "__name__":
        return Value(surroundings.module_name(frame.file))
    if node.id == "__debug__":
        return Value(True)  # as Python is run, unless it is told to optimise
    if node.id == "__file__":
        return Value(frame.file)
    raise ev.refusal(
        frame, node, f"the name {node.id!r} is not bound", f"bind it with --set {node.id}=VALUE", "unbound"
    )


def in_module(ev: Evaluator, scope: Scope, wanted: str) -> Value | None:
    """A module-level name; its statements are evaluated now if they were not."""
    if wanted in ev.overrides:
        return ev.overrides[wanted]
    if wanted in scope.names:
        return scope.names[wanted]
    statements = scope.lazy.get(wanted, [])
    key = (id(scope), wanted)
    if key in ev.evaluating or not (statements or scope.stars):
        return None
    ev.evaluating.add(key)
    depth, ev.speculating = ev.speculating, 0  # module-level names outlive the arm that asked for them
    try:
        frame = ev.module_frame(scope)
        found = imports.from_star(ev, scope, wanted) if not statements else None
        if found is not None:
            scope.names[wanted] = found
        for place, statement in enumerate(statements):
            again = place > 0 and isinstance(statement, IMPORTS)  # it may have been evaluated for another name
            if id(statement) not in ev.trace.executed or wanted not in scope.names or again:
                if is_definition_shadowed(statement, statements):
                    continue
                before = set(scope.names)
                ev.execute([statement], frame)
                if isinstance(statement, IMPORTS):
                    forget_early(ev, scope, wanted, before)
        if wanted not in scope.names:
            ev.execute(adopting.adopt(ev, scope, wanted), frame)
    finally:
        ev.speculating = depth
        ev.evaluating.discard(key)
    bound = scope.names.get(wanted)
    if bound is not None:
        registries.remember(ev, wanted, bound)
    return bound


def forget_early(ev: Evaluator, scope: Scope, wanted: str, before: set[str]) -> None:
    """Names that an import bound besides the one asked for are bound when all of their statements are evaluated.

    `from torch import nn, sqrt` is evaluated for `nn`; `from math import sqrt` behind it has the last word on `sqrt`.
    """
    for name in set(scope.names) - before - {wanted}:
        if len(scope.lazy.get(name, ())) > 1 and (id(scope), name) not in ev.evaluating:
            del scope.names[name]


def is_definition_shadowed(statement: ast.stmt, statements: list[ast.stmt]) -> bool:
    """A function or class defined again further down is never seen, unless that is made from it."""
    kinds, last = (ast.FunctionDef, ast.ClassDef), statements[-1]
    if not isinstance(statement, kinds) or statement is last or not isinstance(last, kinds):
        return False
    made_from = [*last.decorator_list, *(last.bases if isinstance(last, ast.ClassDef) else [])]
    return not any(isinstance(n, ast.Name) and n.id == statement.name for made in made_from for n in ast.walk(made))


def attribute(ev: Evaluator, owner: Value, attr: str, node: ast.AST, frame: Frame) -> Value:
    """owner.attr for every kind of value."""
    hint = owner.hint
    if isinstance(hint, Api):
        if attr in ("__name__", "__qualname__"):
            called = Value(hint.name.rpartition(".")[2])
            ev.visit(Visit(node, frame, "data", None, (owner,), name="__name__", result=called))
            return called
        asked = number_kinds.kind_attribute(hint.name, attr)
        if asked is not None:
            answer = Value(asked)
            ev.visit(Visit(node, frame, "data", None, (owner,), name=f"torch.dtype.{attr}", result=answer))
            return answer
        value = api_constant(f"{hint.name}.{attr}")
        return value if value is not None else restating.library_value(ev, ev.dialect.canonical(f"{hint.name}.{attr}"))
    if isinstance(hint, ModuleScope):
        scope = hint.scope
        assert isinstance(scope, Scope)
        found = in_module(ev, scope, attr) or imports.submodule(ev, scope, attr)
        if found is None:
            raise ev.refusal(frame, node, f"{attr!r} is not defined in {scope.file}", "check the name")
        return found
    if isinstance(hint, TensorCell):
        return ev.dialect.tensor_attribute(ev, owner, attr, node, frame)
    if isinstance(hint, ModuleObject):
        return module_attribute(ev, owner, hint, attr, node, frame)
    if isinstance(hint, InstanceObject):
        return instance_attribute(ev, owner, hint, attr, node, frame)
    if isinstance(hint, ClassObject):
        return class_attribute(ev, hint, attr, node, frame)
    if isinstance(hint, SuperObject):
        return super_attribute(ev, hint, attr, node, frame)
    if isinstance(hint, DataArray):
        return data_arrays.attribute(hint, attr, node, frame)
    if isinstance(hint, Device) and attr == "type":
        ev.visit(Visit(node, frame, "data", None, (Value(DEVICE),), name="device", result=Value(hint.kind)))
        return Value(hint.kind)
    if isinstance(hint, Unknown):
        return owner
    if isinstance(hint, (FunctionObject, BoundMethod, Partial)):
        return function_attribute(ev, hint, attr, node, frame)
    if isinstance(hint, tuple) and attr in ev.dialect.shape_ranks:
        rank = Value(len(hint))
        ev.visit(Visit(node, frame, "size", None, (owner,), name="rank", result=rank))
        return rank
    if attr == "dtype" and ev.dialect.casts_numbers and isinstance(hint, (int, float, Size)):
        return Value(FollowingDtype("float32" if isinstance(hint, float) else "int64"))
    if isinstance(hint, (int, Size)) and not isinstance(hint, bool) and attr in ev.dialect.size_values:
        ev.visit(Visit(node, frame, "dropped", None, (owner,), name="data", result=owner))
        return owner
    return Value(BoundApi(owner, attr))


def function_attribute(ev: Evaluator, hint: object, attr: str, node: ast.AST, frame: Frame) -> Value:
    """`f.__name__`, `partial.func` and the like."""
    if isinstance(hint, BoundMethod):
        hint = hint.function
    if isinstance(hint, FunctionObject) and attr in ("__name__", "__qualname__"):
        return Value(hint.name)
    if isinstance(hint, FunctionObject) and attr == "__doc__":
        return Value(None if isinstance(hint.node, ast.Lambda) else ast.get_docstring(hint.node))
    if isinstance(hint, FunctionObject) and attr == "__module__":
        return Value(surroundings.module_name(hint.file))
    if isinstance(hint, Partial):
        named = dict(hint.kwargs)
        while isinstance(hint.callee.hint, Partial):  # Python makes one of several
            hint = hint.callee.hint
            named = {**dict(hint.kwargs), **named}
        if attr == "func":
            return hint.callee
        if attr == "keywords":
            return Value(DictObject({k: (Value(k), v) for k, v in named.items()}))
    return ev.unknown(frame, node, f"the attribute {attr!r} of a function")


def module_attribute(
    ev: Evaluator, owner: Value, module: ModuleObject, attr: str, node: ast.AST, frame: Frame
) -> Value:
    """An attribute of a module: what was set, members of its class, then what the library provides."""
    found = module.attrs.get(attr)
    if found is not None:
        return found
    if attr in module.children:
        if module.container == "dict" and not isinstance(module.cls, ClassObject):
            ev.visit(Visit(node, frame, "method", None, (owner,), module=module, name="entry"))
        rows = ev.dialect.named_rows if isinstance(module.cls, ClassObject) else ("sequential", "list")
        if module.container in rows:
            ev.visit(Visit(node, frame, "method", None, (owner, Value(attr)), module=module, name="child"))
            ev.trace.named.add(id(module))
        return module.children[attr]
    if attr in module.parameters:
        if module.form is not None:
            ev.visit(Visit(node, frame, "weight", None, (owner,), name=attr, module=module))
        return module.parameters[attr]
    inside = weight_inside(module, attr)
    if inside is not None:
        return inside
    special = ev.dialect.module_attribute(ev, owner, module, attr, node, frame)
    if special is not None and attr in ev.dialect.deferred_methods:
        return special
    if isinstance(module.cls, ClassObject):
        if attr == "__class__":
            return Value(module.cls)
        hit = classes.member(ev, module.cls, attr)
        if hit is not None and attr in ev.dialect.called_by_name:
            return Value(BoundApi(owner, attr))
        if hit is not None:
            value, _ = hit
            if classes.is_property(value):
                return ev.call(Value(BoundMethod(_function(value), owner)), (), {}, node, frame)
            return classes.bind_method(value, owner, module.cls)
    if special is not None:
        return special
    key = f"self.{attr}"
    if key in ev.overrides:
        return ev.overrides[key]
    below = {n.removeprefix(f"{attr}."): v for n, v in module.parameters.items() if n.startswith(f"{attr}.")}
    if below:  # the projection of an attention layer, which is one layer here
        return Value(InstanceObject(Api("types.SimpleNamespace"), below))
    if attr in BY_METHOD:
        return Value(Partial(Value(Api(BY_METHOD[attr])), (owner,), ()))
    raise ev.refusal(
        frame,
        node,
        f"{module.class_name} has no attribute {attr!r} here",
        f"bind it with --set self.{attr}=VALUE",
        "unbound",
    )


def _function(value: Value) -> FunctionObject:
    assert isinstance(value.hint, FunctionObject)
    return value.hint


def instance_attribute(
    ev: Evaluator, owner: Value, instance: InstanceObject, attr: str, node: ast.AST, frame: Frame
) -> Value:
    """An attribute of a plain object."""
    if attr in instance.attrs:
        kept = command_line.read(ev, instance, attr, frame, node)
        if instance.cls == DEVICE and isinstance(kept.hint, str):
            ev.visit(Visit(node, frame, "data", None, (Value(DEVICE),), name="device", result=kept))
        return kept
    if attr == "__class__":
        return Value(instance.cls)
    if attr == "__doc__" and isinstance(instance.cls, ClassObject):
        return Value(ast.get_docstring(instance.cls.node))
    if attr == "__dict__":
        ev.inspected = True
        return Value(DictObject({k: (Value(k), v) for k, v in instance.attrs.items()}))
    if isinstance(instance.cls, ClassObject):
        hit = classes.member(ev, instance.cls, attr)
        if hit is not None:
            value, _ = hit
            if classes.is_property(value):
                return ev.call(Value(BoundMethod(_function(value), owner)), (), {}, node, frame)
            return classes.bind_method(value, owner, instance.cls)
        if f"self.{attr}" in ev.overrides:
            return ev.overrides[f"self.{attr}"]
        found = classes.special_method(ev, owner, "__getattr__", (Value(attr),), node, frame)
        if found is not None:
            return found
        if classes.library_base(instance.cls) is None and instance.items is None:
            raise ev.refusal(
                frame,
                node,
                f"{instance.cls.name} has no attribute {attr!r}",
                f"bind it with --set self.{attr}=VALUE",
                "unbound",
            )
    elif instance.cls.name == "types.SimpleNamespace":
        raise ev.refusal(
            frame, node, f"the object has no attribute {attr!r}", "add it to the --set expression", "unbound"
        )
    return Value(BoundApi(owner, attr))


OWN_GRADIENT = "torch.autograd.Function"


def class_attribute(ev: Evaluator, cls: ClassObject, attr: str, node: ast.AST, frame: Frame) -> Value:
    """A member read on the class itself."""
    if attr in ("__name__", "__qualname__"):
        return Value(cls.name)
    if attr == "__module__":
        return Value(surroundings.module_name(cls.file))
    hit = classes.member(ev, cls, attr)
    if hit is not None:
        value, _ = hit
        hint = value.hint
        if isinstance(hint, FunctionObject) and "classmethod" in hint.decorators:
            return Value(BoundMethod(hint, Value(cls)))
        return value
    base = classes.library_base(cls)
    if base is not None and base.name == OWN_GRADIENT and attr == "apply":
        hit = classes.member(ev, cls, "forward")
        if hit is not None:
            return Value(Partial(hit[0], (Value(InstanceObject(Api(f"{OWN_GRADIENT}.context"))),), ()))
    if base is not None:
        return Value(BoundApi(Value(cls), attr)) if cls.kind == "enum" else Value(Api(f"{base.name}.{attr}"))
    raise ev.refusal(frame, node, f"{cls.name} has no attribute {attr!r}", "check the name", "unbound")


def super_attribute(ev: Evaluator, sup: SuperObject, attr: str, node: ast.AST, frame: Frame) -> Value:
    """`super().attr`: the next class that has it, at last the library's own."""
    hint = sup.receiver.hint
    cls = hint.cls if isinstance(hint, (ModuleObject, InstanceObject)) else hint
    assert isinstance(cls, ClassObject)
    hit = classes.member(ev, cls, attr, sup.after)
    if hit is not None:
        return classes.bind_method(hit[0], sup.receiver, cls)
    return Value(BoundApi(Value(sup), attr))


def set_attribute(ev: Evaluator, owner: Value, attr: str, value: Value, node: ast.AST, frame: Frame) -> None:
    """owner.attr = value."""
    ev.effects += 1
    hint = owner.hint
    setter = setter_of(ev, owner, attr) if isinstance(hint, (ModuleObject, InstanceObject)) else None
    if setter is not None:
        ev.call(setter, (value,), {}, node, frame)
    elif isinstance(hint, ModuleObject):
        ev.dialect.set_module_attribute(ev, hint, attr, value, node, frame)
    elif isinstance(hint, InstanceObject):
        ev.set_item(hint.attrs, attr, value)
    elif isinstance(hint, ClassObject):
        ev.set_item(hint.members, attr, value)
    elif isinstance(hint, TensorCell):
        ev.dialect.set_tensor_attribute(ev, owner, attr, value, node, frame)
    elif isinstance(hint, ModuleScope):
        assert isinstance(hint.scope, Scope)
        in_module(ev, hint.scope, attr)  # what the file says itself comes first
        ev.set_item(hint.scope.names, attr, value)
    elif not isinstance(hint, (Unknown, Api, FunctionObject)):
        raise ev.refusal(frame, node, f"setting {attr!r} on this value is not read", "set it on a module")


def setter_of(ev: Evaluator, owner: Value, attr: str) -> Value | None:
    """What sets an attribute that the class of an object has as a property; None for every other attribute."""
    cls = owner.hint.cls if isinstance(owner.hint, (ModuleObject, InstanceObject)) else None
    hit = classes.member(ev, cls, attr) if isinstance(cls, ClassObject) else None
    if hit is None or not isinstance(hit[0].hint, FunctionObject) or hit[0].hint.setter is None:
        return None
    return classes.bind_method(hit[0].hint.setter, owner, hit[1])


def delete_attribute(ev: Evaluator, owner: Value, attr: str, node: ast.AST, frame: Frame) -> None:
    """del owner.attr."""
    ev.effects += 1
    hint = owner.hint
    if isinstance(hint, TensorCell) and attr == "_keras_mask":
        ev.recorder.masks.pop(hint.version.id, None)
        return
    if not isinstance(hint, (ModuleObject, InstanceObject)):
        raise ev.refusal(frame, node, "this deletion is not read", "leave the attribute")
    boxes = [hint.attrs] if isinstance(hint, InstanceObject) else [hint.attrs, hint.children, hint.parameters]
    for box in boxes:
        if attr in box:
            old = box.pop(attr)

            def undo(box: dict[str, Value] = box, old: Value = old) -> None:
                box[attr] = old

            ev.undoable(undo)
