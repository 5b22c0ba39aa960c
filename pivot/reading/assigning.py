"""Assignments and deletions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import contents, lookup, stores, subscripts
from pivot.reading.hints import index_hint
from pivot.reading.iterating import iterate
from pivot.reading.modules import ModuleObject
from pivot.reading.operators import BINARY, apply_binary
from pivot.reading.storage import write_in_place
from pivot.reading.values import DictObject, ListObject, TensorCell, Unknown, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def assign(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`a = b = value`."""
    assert isinstance(node, ast.Assign)
    value = ev.evaluate(node.value, frame)
    if len(node.targets) == 1 and isinstance(node.targets[0], (ast.Tuple, ast.List)):
        value = slices_of(ev, value, node, frame)
    for target in node.targets:
        bind(ev, target, value, frame)


def slices_of(ev: Evaluator, value: Value, node: ast.Assign, frame: Frame) -> Value:
    """`q, k, v = qkv` of a tensor is `q, k, v = qkv.unbind(0)`: its first axis may be stored elsewhere."""
    cell = value.hint
    if not isinstance(cell, TensorCell) or not ev.dialect.mutable_tensors or not cell.shape:
        return value
    if not isinstance(cell.shape[0], int) or contents.content(ev, cell.version) is not None:
        return value
    call = ev.trace.slices.get(id(node))
    if call is None:
        method = ast.copy_location(ast.Attribute(node.value, "unbind", ast.Load()), node.value)
        call = ast.copy_location(ast.Call(method, [ast.Constant(0)], []), node.value)
        call.__dict__["container_site"] = node
        ev.trace.slices[id(node)] = call
    bound = ev.dialect.tensor_attribute(ev, value, "unbind", call.func, frame)
    return ev.call(bound, (Value(0),), {}, call, frame)


def annotated(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`a: T = value`; a bare annotation binds nothing."""
    assert isinstance(node, ast.AnnAssign)
    if node.value is not None:
        bind(ev, node.target, ev.evaluate(node.value, frame), frame)


def augmented(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`a += value`: in place where tensors are mutable and for lists, otherwise a new binding."""
    assert isinstance(node, ast.AugAssign)
    if stores.augment(ev, node, frame):
        return
    load = ast.copy_location(_as_load(node.target), node.target)
    ev.trace.keep.append(load)
    left = ev.evaluate(load, frame)
    right = ev.evaluate(node.value, frame)
    if isinstance(left.hint, TensorCell):
        made = ev.dialect.operator(ev, BINARY[type(node.op)][0], (left, right), node, frame)
        if not ev.dialect.mutable_tensors:
            bind(ev, node.target, made, frame)
            return
        write_in_place(ev, left.hint, made, node, frame)
        if isinstance(node.target, (ast.Subscript, ast.Attribute)):
            bind(ev, node.target, left, frame)
        return
    if isinstance(left.hint, ListObject) and left.hint.kind != "array" and isinstance(node.op, ast.Add):
        ev.replace_items(left.hint.items, [*left.hint.items, *iterate(ev, right, node.value, frame)])
        return
    if isinstance(left.hint, ModuleObject) and left.hint.container and isinstance(node.op, ast.Add):
        ev.dialect.module_method(ev, left, left, "extend", (right,), {}, node, frame)  # of a ModuleList
        return
    bind(ev, node.target, apply_binary(ev, node.op, left, right, node, frame), frame)


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
    if isinstance(value.hint, Unknown) or is_unmapped(ev, value):
        for element in target.elts:  # what is not mapped gives as many as are asked for
            bind(ev, element, value, frame)
        return
    items = list(iterate(ev, value, target, frame))
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


def is_unmapped(ev: Evaluator, value: Value) -> bool:
    """Is this what a call gives that nobody maps?"""
    if not isinstance(value.hint, TensorCell) or value.hint.version.id not in ev.guessed:
        return False
    node = next((node for node in reversed(ev.nodes) if value.hint.version in node.results), None)
    return node is not None and node.op is None


def delete(ev: Evaluator, node: ast.stmt, frame: Frame) -> None:
    """`del a, b.c, d[e]`."""
    assert isinstance(node, ast.Delete)
    for target in node.targets:
        if isinstance(target, ast.Name):
            if target.id in frame.scope.names:
                ev.drop_item(frame.scope.names, target.id)
        elif isinstance(target, ast.Attribute):
            lookup.delete_attribute(ev, ev.evaluate(target.value, frame), target.attr, target, frame)
        elif isinstance(target, ast.Subscript):
            owner = ev.evaluate(target.value, frame)
            box, key_value = owner.hint, ev.evaluate(target.slice, frame)
            if isinstance(box, ModuleObject) and ev.dialect.has_method(box, "__delitem__"):
                ev.dialect.module_method(ev, owner, owner, "__delitem__", (key_value,), {}, target, frame)
            elif isinstance(box, DictObject):
                entries = dict(box.entries)
                entries.pop(subscripts.key_of(ev, key_value, target, frame), None)
                _swap_entries(ev, box, entries)
            elif isinstance(box, ListObject) and isinstance(where := index_hint(key_value), (int, slice)):
                items = list(box.items)
                if isinstance(where, int) and not -len(items) <= where < len(items):
                    raise ev.refusal(frame, target, f"index {where} is out of range", "check it", "index")
                del items[where]
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
