"""Instances of program classes that derive from dict or list: they hold a container of their own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import comparing, methods, sequences, subscripts
from pivot.reading.handlers import Args, Handler, Kwargs
from pivot.reading.hints import readable
from pivot.reading.signals import Raised
from pivot.reading.values import Api, ClassObject, InstanceObject, SuperObject, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

KINDS: dict[str, Handler] = {
    "builtins.dict": sequences.dict_,
    "collections.OrderedDict": sequences.dict_,
    "collections.UserDict": sequences.dict_,
    "builtins.list": sequences.listed("list"),
    "collections.UserList": sequences.listed("list"),
}


def maker(cls: ClassObject | Api) -> Handler | None:
    """What makes the container that an instance of a class holds."""
    for base in cls.mro() if isinstance(cls, ClassObject) else ():
        if isinstance(base, Api) and base.name in KINDS:
            return KINDS[base.name]
    return None


def fill(ev: Evaluator, instance: InstanceObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> None:
    """What dict() or list() does when it makes the instance."""
    make = maker(instance.cls)
    if make is not None:
        instance.data = make(ev, args, kwargs, node, frame)


def super_method(
    ev: Evaluator, sup: SuperObject, name: str, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame
) -> Value:
    """`super().name(...)` of an instance that is not a module, where no class of the program has it."""
    instance = sup.receiver.hint
    if not isinstance(instance, InstanceObject):
        return Value(None)
    if name == "__init__":
        fill(ev, instance, args, kwargs, node, frame)
        return Value(None)
    if name == "__setattr__" and len(args) == 2 and isinstance(args[0].hint, str):
        ev.set_item(instance.attrs, args[0].hint, args[1])
        return Value(None)
    if instance.data is not None:
        if name == "__getitem__":
            return subscripts.item(ev, instance.data, args[0], node, frame)
        if name == "__setitem__":
            subscripts.store_item(ev, instance.data, args[0], args[1], node, frame)
            return Value(None)
        if name == "__contains__":
            return Value(comparing.contains(ev, args[0], instance.data, node, frame))
        return methods.method(ev, instance.data, name, args, kwargs, node, frame)
    if name in ("__getattr__", "__getattribute__"):
        raise Raised(Value(f"AttributeError: {readable(args[0]) if args else ''}"), node, frame)
    if name in ("__post_init__", "__init_subclass__", "__set_name__"):
        return Value(None)
    raise ev.refusal(frame, node, f"super().{name}() is not read here", "write out what it does")
