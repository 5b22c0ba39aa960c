"""Weights come into being when the first input arrives: the library's own, and what a class does in `build`."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pivot.dims import Dim, free_symbols
from pivot.dims import hint as dim_hint
from pivot.forms import Refused, read_apply
from pivot.notation import axis_of
from pivot.reading import applying, calls
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.modules import ModuleObject
from pivot.reading.storage import new_version
from pivot.reading.stored import stored_shape
from pivot.reading.values import (
    SIZE,
    DictObject,
    FunctionObject,
    ListObject,
    Origin,
    ParameterObject,
    TensorCell,
    Value,
)
from pivot.types import TensorType

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

BUILT = "built"


def build(ev: Evaluator, module: ModuleObject, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> None:
    """The weights of a library layer, from the sizes of its first input."""
    if module.weights or module.form is None or not module.form.weights:
        return
    plain = {k: applying.plain_of(v) for k, v in kwargs.items()}
    bound = read_apply(module.form, module.params, tuple(applying.plain_of(v) for v in args), plain)
    if isinstance(bound, Refused):
        return
    sizes = {}
    module.built_with = {k: cell.version for k, cell in bound.operands.items() if isinstance(cell, TensorCell)}
    for name, cell in bound.operands.items():
        letters = module.form.order.get(name) or module.form.op.letters(name)
        if isinstance(cell, TensorCell) and letters is not None:
            for letter in letters:
                axis = axis_of(tuple(letters), letter, len(cell.shape)) if letter != "*" else None
                if axis is not None:
                    sizes[name, letter] = cell.shape[axis]
    for role, spec in module.form.op.weights.items():
        place = module.form.weights.get(role)
        if place is None:
            continue
        try:
            shape = stored_shape(module.form.op, role, place, {**module.params, **bound.params}, sizes)
        except ValueError:  # a size that is not known here: applying the layer says why
            return
        if shape is None:
            continue
        shape = fixed(ev, shape, node, frame)
        parameter = ParameterObject(TensorType(shape), not spec.buffer, True, spec.buffer, role=role, owner=module)
        ev.parameters.append(parameter)
        ev.set_item(module.parameters, place.path, Value(TensorCell(new_version(ev, parameter.type, parameter))))
        module.weights[role] = parameter

        def undo(role: str = role) -> None:  # an arm on trial builds nothing
            module.weights.pop(role, None)

        ev.undoable(undo)


def fixed(ev: Evaluator, shape: Iterable[Dim], node: ast.AST, frame: Frame) -> tuple[int, ...]:
    """The shape of a weight: what of it depends on the sizes of the input fixes these."""
    found: list[int] = []
    for size in shape:
        for symbol in free_symbols(size).values():
            ev.guards.append((symbol, symbol.hint, f"{frame.file}:{getattr(node, 'lineno', 0)}"))
        found.append(dim_hint(size))
    return tuple(found)


def build_own(
    ev: Evaluator,
    owner: Value,
    module: ModuleObject,
    method: Value,
    args: Args,
    kwargs: Kwargs,
    names: list[str],
    node: ast.AST,
    frame: Frame,
) -> None:
    """`build` of a class of the program, once: with the shape of the first argument, or with those it names."""
    built = module.attrs.get(BUILT)
    function = method.hint
    if not isinstance(function, FunctionObject) or (built is not None and built.hint is True):
        return
    ev.set_item(module.attrs, BUILT, Value(True))
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    wanted = [a.arg for a in function.node.args.args[1:]]
    required = wanted[: len(wanted) - len(function.defaults)]
    shapes = {f"{name}_shape": shape_of(value, node, frame) for name, value in given.items()}
    if len(wanted) > 1 and all(name in shapes for name in required):
        found = {name: shapes[name] for name in wanted if name in shapes}
    else:
        first = next(iter(given.values()), Value(None))
        found = {name: shape_of(first, node, frame) for name in wanted[:1]}
    module.entering = tuple(given.values())
    times = frame.counts.get(id(node), 0)
    try:
        calls.call_program(ev, function, (owner,), found, node, frame, method, owner)
    finally:
        module.entering = ()
        frame.counts[id(node)] = times  # the call itself is the same one in the mode that has nothing left to build


def shape_of(value: Value, node: ast.AST, frame: Frame) -> Value:
    """The shape of a tensor as `build` gets it, of a list of tensors as a list."""
    hint = value.hint
    if isinstance(hint, TensorCell):
        sizes = [
            Value(size, Origin("size", node, frame.file, str(axis), (value,), frame), SIZE)
            for axis, size in enumerate(hint.shape)
        ]
        return Value(tuple(sizes), None, SIZE)
    if isinstance(hint, (tuple, ListObject)):
        items = hint.items if isinstance(hint, ListObject) else hint
        return Value(ListObject([shape_of(item, node, frame) for item in items]))
    if isinstance(hint, DictObject):
        return Value(DictObject({k: (key, shape_of(item, node, frame)) for k, (key, item) in hint.entries.items()}))
    return Value(None)
