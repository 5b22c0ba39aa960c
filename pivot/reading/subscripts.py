"""Indexing and slicing of containers and tensors, read and stored."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.dims import Size
from pivot.dims import hint as dim_hint
from pivot.reading import classes, data_arrays, lookup, number_arrays, registries, surroundings
from pivot.reading.data_arrays import DataArray
from pivot.reading.hints import index_hint, own_value
from pivot.reading.iterating import iterate
from pivot.reading.modules import ModuleObject
from pivot.reading.signals import Raised
from pivot.reading.values import (
    Api,
    ClassObject,
    DictObject,
    FunctionObject,
    InstanceObject,
    ListObject,
    Origin,
    Partial,
    TensorCell,
    Unknown,
    Value,
    depends_of,
)

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def slice_(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """`a:b:c` as a Python slice of values."""
    assert isinstance(node, ast.Slice)
    parts = [ev.evaluate(p, frame) if p is not None else Value(None) for p in (node.lower, node.upper, node.step)]
    return Value(slice(*parts), None, depends_of(*parts))


def key_of(ev: Evaluator, value: Value, node: ast.AST, frame: Frame) -> object:
    """A hashable key for a dict."""
    hint = own_value(value.hint)
    if isinstance(hint, Size):
        return dim_hint(hint)
    if isinstance(hint, tuple):
        return tuple(key_of(ev, item, node, frame) for item in hint)
    if isinstance(
        hint, (str, int, float, bool, bytes, type(None), Api, ClassObject, FunctionObject, ModuleObject, InstanceObject)
    ):
        return hint
    if isinstance(hint, Partial):
        return hint
    raise ev.refusal(frame, node, "this value cannot be a key", "use a string or a number")


def subscript(ev: Evaluator, node: ast.expr, frame: Frame) -> Value:
    """`owner[index]`; an index on a type is a type."""
    assert isinstance(node, ast.Subscript)
    owner = ev.evaluate(node.value, frame)
    if surroundings.is_modules(owner):
        named = surroundings.module_named(ev, ev.evaluate(node.slice, frame))
        return named if named is not None else ev.unknown(frame, node, "a module that was not opened")
    if isinstance(owner.hint, Api) and not owner.hint.name.startswith("builtins.locals"):
        return (
            owner
            if owner.hint.root in ("typing", "builtins", "collections")
            else ev.unknown(frame, node, f"{owner.hint.name}[...]")
        )
    index = ev.evaluate(node.slice, frame)
    return item(ev, owner, index, node, frame)


def item(ev: Evaluator, owner: Value, index: Value, node: ast.AST, frame: Frame) -> Value:
    """owner[index]."""
    box = owner.hint
    origin = Origin("apply", node, frame.file, "item", (owner, index), frame)
    if isinstance(box, TensorCell):
        return ev.dialect.tensor_index(ev, owner, index, node, frame)
    if isinstance(box, ModuleObject):
        return ev.dialect.module_index(ev, owner, index, node, frame)
    if isinstance(box, DataArray):
        return data_arrays.index(box, index)
    if isinstance(box, Unknown):
        return owner
    if isinstance(box, DictObject):
        key = key_of(ev, index, node, frame)
        if key not in box.entries and box.factory is not None:
            made = ev.call(box.factory, (), {}, node, frame)
            put(ev, box, key, index, made)
            return made
        if key not in box.entries and not (registries.fill(ev, box) and key in box.entries):
            raise ev.refusal(frame, node, f"the dict has no key {key!r}", "check the configuration", "key")
        was_asked(ev, box, key)
        return with_origin(box.entries[key][1], origin)
    found, held = classes.own_or_held(ev, owner, "__getitem__", (index,), node, frame)
    if found is not None:
        return found
    if held is not None:
        return item(ev, held, index, node, frame)
    items: list[Value] | tuple[Value, ...] | str | range | None = None
    if isinstance(box, ListObject):
        items = box.items
    elif isinstance(box, (tuple, str, range)):
        items = box
    elif isinstance(box, InstanceObject) and box.items is not None:
        items = box.items
    if items is None:
        if isinstance(box, ClassObject):
            if box.kind == "enum" and isinstance(index.hint, str):
                return lookup.class_attribute(ev, box, index.hint, node, frame)
            return owner
        if box is None or isinstance(box, (int, float)):  # as Python does; a `try` around it may be meant for that
            raise Raised(Value(f"TypeError: {type(box).__name__} object is not subscriptable"), node, frame)
        raise ev.refusal(frame, node, "this value cannot be indexed", "index a list, tuple, dict or tensor")
    chosen = number_arrays.picked(owner, index) if number_arrays.is_array(owner) else None
    if chosen is not None:
        return with_origin(chosen, origin)
    where = index_hint(index)
    try:
        if isinstance(where, slice):
            part = items[where]
            if isinstance(part, list):
                kind = "array" if isinstance(box, ListObject) and box.kind == "array" else "list"
                return Value(ListObject(part, kind), origin)
            return Value(part, origin, owner.depends)
        if isinstance(where, int):
            got = items[where]
            return with_origin(got, origin) if isinstance(got, Value) else Value(got, origin, owner.depends)
    except IndexError:
        raise ev.refusal(frame, node, f"index {where} is out of range", "check the configuration", "index") from None
    except TypeError:
        raise ev.refusal(frame, node, "the bounds of the slice are not numbers", "slice with integers") from None
    raise ev.refusal(frame, node, "the index is not a number", "index with an integer")


def with_origin(value: Value, origin: Origin) -> Value:
    """An item taken out of a container, keeping its own origin as the nearest source."""
    if isinstance(value.hint, (int, float, str, bool, Size, type(None))):
        return Value(
            value.hint,
            Origin(origin.kind, origin.node, origin.file, origin.name, (value,), origin.frame),
            value.depends,
        )
    return value


def was_asked(ev: Evaluator, box: DictObject, key: object) -> None:
    """Remember a key that a dict was asked for."""
    if not ev.speculating:
        box.asked.add(key)


def put(ev: Evaluator, box: DictObject, key: object, index: Value, value: Value) -> None:
    """box[key] = value, undoable."""
    ev.effects += 1
    entries, old, had = box.entries, box.entries.get(key), key in box.entries

    def undo() -> None:
        if had and old is not None:
            entries[key] = old
        else:
            entries.pop(key, None)

    ev.undoable(undo)
    entries[key] = (index, value)


def store(ev: Evaluator, target: ast.Subscript, value: Value, frame: Frame) -> None:
    """owner[index] = value."""
    store_item(ev, ev.evaluate(target.value, frame), ev.evaluate(target.slice, frame), value, target, frame)


def store_item(ev: Evaluator, owner: Value, index: Value, value: Value, target: ast.AST, frame: Frame) -> None:
    """The same, of values."""
    box = owner.hint
    if isinstance(box, TensorCell):
        ev.dialect.tensor_store(ev, owner, index, value, target, frame)
    elif isinstance(box, ModuleObject):
        ev.dialect.module_store(ev, owner, index, value, target, frame)
    elif isinstance(box, DictObject):
        put(ev, box, key_of(ev, index, target, frame), index, value)
    elif isinstance(box, ListObject):
        where = index_hint(index)
        items = list(box.items)
        try:
            if isinstance(where, slice):
                items[where] = list(iterate(ev, value, target, frame))
            elif isinstance(where, int):
                items[where] = value
        except IndexError:
            raise ev.refusal(
                frame, target, f"index {where} is out of range", "check the configuration", "index"
            ) from None
        ev.replace_items(box.items, items)
    elif isinstance(box, InstanceObject):
        found, held = classes.own_or_held(ev, owner, "__setitem__", (index, value), target, frame)
        if held is not None:
            store_item(ev, held, index, value, target, frame)
        elif found is None:
            raise ev.refusal(frame, target, "this object cannot be stored into", "give its class __setitem__")
    elif not isinstance(box, Unknown):
        raise ev.refusal(frame, target, "this value cannot be stored into", "use a list or a dict")
