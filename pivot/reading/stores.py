"""`x[index] = value` on tensors: a new version of x, computed by a small function that stands for the store.

A store is `x = filled(x, {axis: part}, number)`, `x = replaced(x, {axis: part}, tensor)` or
`x = masked(x, mask, value)`: these are restated as sources, and read and written like functions of the program.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pivot.dims import Dim, Size
from pivot.dims import hint as dim_hint
from pivot.reading import assigning, imports, lookup, restating
from pivot.reading.storage import make_stale, read_tensor, write_in_place
from pivot.reading.values import DictObject, TensorCell, Unknown, Value
from pivot.shapes.base import ShapeError
from pivot.shapes.indexing import indexed

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

REMEDY = "build the tensor with where() or concatenation"


@dataclass(frozen=True, slots=True, eq=False)
class Store:
    """What stands for a store: `target = name(target, where, value)`."""

    name: str  # canonical, of the restated function
    call: ast.Call  # its site
    where: ast.expr


def store(ev: Evaluator, owner: Value, index: Value, value: Value, target: ast.AST, frame: Frame) -> None:
    """x[index] = value for a tensor x: numbers, slices and `...`, or a mask.

    What was not read leaves all of x unread.
    """
    cell = owner.hint
    assert isinstance(cell, TensorCell)
    if not isinstance(target, ast.Subscript) or not is_rebindable(target.value):
        raise ev.refusal(
            frame, target, "a store into a tensor that has no name of its own is not read", REMEDY, "store"
        )
    read_tensor(ev, cell, target, frame)
    if isinstance(value.hint, Unknown) and isinstance(target.value, ast.Name):
        make_stale(ev, cell, value.hint.why)
        assigning.bind(ev, target.value, value, frame)  # nothing is known of the whole from now on
        return
    check_kind(ev, cell, value, target, frame)
    hint = index.hint
    if isinstance(hint, TensorCell):
        check_mask(ev, cell, hint, value, target, frame)
        made = Store(f"{ev.dialect.stores}.masked", ast.Call(ast.Name("masked", ast.Load()), [], []), target.slice)
        where = index
    else:
        values = hint if isinstance(hint, tuple) else (index,)
        places = parts_of(ev, cell, values, target, frame)
        whole = is_one(value) or not places
        if isinstance(value.hint, TensorCell) and (not is_one(value) or not places):
            check_shape(ev, cell, places, value.hint, target, frame)
        name = "filled" if whole else "replaced"
        entries: dict[object, tuple[Value, Value]] = {axis: (Value(axis), part) for axis, (_, part) in places.items()}
        keys: list[ast.expr | None] = [ast.Constant(axis) for axis in places]
        made = Store(
            f"{ev.dialect.stores}.{name}",
            ast.Call(ast.Name(name, ast.Load()), [], []),
            ast.Dict(keys, [written for written, _ in places.values()]),
        )
        where = Value(DictObject(entries), None, index.depends)
    made = remembered(ev, made, target, frame)
    file = imports.open_file(ev, restating.path_of(made.name))
    function = lookup.in_module(ev, file, made.name.rpartition(".")[2])
    assert function is not None
    result = ev.call(function, (owner, where, value), {}, made.call, frame)
    write_in_place(ev, cell, result, target, frame)


def remembered(ev: Evaluator, made: Store, target: ast.Subscript, frame: Frame) -> Store:
    """The one store that a target is written as: it keeps its site over loops and modes."""
    known = ev.trace.stores.get(id(target))
    if known is None:
        ast.copy_location(made.call, target)
        made.call.__dict__["container_site"] = target
        ev.trace.stores[id(target)] = made
        return made
    if known.name != made.name or ast.dump(known.where) != ast.dump(made.where):
        raise ev.refusal(frame, target, "this store is met with indices of several kinds", REMEDY, "store")
    return known


def augment(ev: Evaluator, node: ast.AugAssign, frame: Frame) -> bool:
    """`x[index] += value` for a tensor x: the sum is stored. False where it is something else."""
    target = node.target
    if not isinstance(target, ast.Subscript) or not is_rebindable(target.value):
        return False
    owner = ev.evaluate(target.value, frame)
    if not isinstance(owner.hint, TensorCell) or ev.dialect.fills_weights(owner.hint):
        return False
    total = node.__dict__.get("stored")
    if total is None:
        load = ast.copy_location(ast.Subscript(target.value, target.slice, ast.Load()), target)
        total = ast.copy_location(ast.BinOp(load, node.op, node.value), node)
        load.__dict__["container_site"] = total.__dict__["container_site"] = node
        node.__dict__["stored"] = total
    value = ev.evaluate(total, frame)
    ev.dialect.tensor_store(ev, owner, ev.evaluate(target.slice, frame), value, target, frame)
    return True


def is_rebindable(node: ast.expr) -> bool:
    """`x`, `self.x`: can what holds the tensor be bound to another one?"""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def is_one(value: Value) -> bool:
    """A number, or a tensor without axes."""
    return not isinstance(value.hint, TensorCell) or not value.hint.shape


def check_kind(ev: Evaluator, cell: TensorCell, value: Value, target: ast.AST, frame: Frame) -> None:
    """A store rounds, or widens, to the kind of x: only what has that kind already is read."""
    hint = value.hint
    if isinstance(hint, TensorCell):
        fits = hint.dtype == cell.dtype
        kind = hint.dtype
    else:
        kind = type(hint).__name__
        fits = (
            (isinstance(hint, bool) and cell.dtype == "bool")
            or (
                isinstance(hint, (int, Size)) and not isinstance(hint, bool) and cell.dtype.startswith(("int", "float"))
            )
            or (isinstance(hint, float) and cell.dtype.startswith("float"))
        )
    if not fits:
        why = f"storing {kind} into a tensor of {cell.dtype} is not read"
        raise ev.refusal(frame, target, why, "convert the value to the type of the tensor", "store")


def parts_of(
    ev: Evaluator, cell: TensorCell, values: tuple[Value, ...], target: ast.Subscript, frame: Frame
) -> dict[int, tuple[ast.expr, Value]]:
    """Per axis, as it is written and as a value, the number or slice that the index has there; whole axes not."""
    said = target.slice
    texts = list(said.elts) if isinstance(said, ast.Tuple) else [said]
    dots = [v.hint is ... for v in values]
    taken = len(values) - sum(dots)
    plain = all(v.hint is ... or isinstance(v.hint, slice) or is_place(v.hint) for v in values)
    if len(texts) != len(values) or any(isinstance(t, ast.Starred) for t in texts) or not plain or sum(dots) > 1:
        raise ev.refusal(frame, target, "a store at places other than numbers and slices is not read", REMEDY, "store")
    if taken > len(cell.shape):
        raise ev.refusal(frame, target, f"{taken} indices for {len(cell.shape)} axes", "check the index", "shape")
    found: dict[int, tuple[ast.expr, Value]] = {}
    axis = 0
    for text, value in zip(texts, values, strict=True):
        if value.hint is ...:
            axis += len(cell.shape) - taken
            continue
        if not is_whole(text):
            found[axis] = (as_call(text), value)
        axis += 1
    return found


def is_place(hint: object) -> bool:
    """A number that counts entries."""
    return isinstance(hint, int) and not isinstance(hint, bool)


def is_whole(text: ast.expr) -> bool:
    """Is this `:`?"""
    return isinstance(text, ast.Slice) and text.lower is None and text.upper is None and text.step is None


def as_call(text: ast.expr) -> ast.expr:
    """`a:b` outside of brackets: `slice(a, b)`."""
    if not isinstance(text, ast.Slice):
        return text
    none = ast.Constant(None)
    parts = [text.lower or none, text.upper or none, *([text.step] if text.step is not None else [])]
    return ast.copy_location(ast.Call(ast.Name("slice", ast.Load()), parts, []), text)


def check_shape(
    ev: Evaluator,
    cell: TensorCell,
    places: dict[int, tuple[ast.expr, Value]],
    value: TensorCell,
    target: ast.AST,
    frame: Frame,
) -> None:
    """The value has the shape of x[index]: it is not spread over it."""
    items = tuple(plain(places[axis][1].hint) if axis in places else slice(None) for axis in range(len(cell.shape)))
    try:
        wanted: tuple[Dim, ...] = indexed(cell.shape, items)
    except ShapeError as error:
        raise ev.refusal(frame, target, str(error), "check the index", "shape") from None
    if wanted != value.shape:
        why = f"a store of {text(value.shape)} into {text(wanted)} is not read"
        fits = [dim_hint(d) for d in wanted] == [dim_hint(d) for d in value.shape]  # with the sizes at hand
        raise ev.refusal(frame, target, why, "expand the value to that shape", "shape" if fits else "store")


def plain(hint: object) -> object:
    """A number or a slice of numbers."""
    if not isinstance(hint, slice):
        return hint
    return slice(*(p.hint if isinstance(p, Value) else p for p in (hint.start, hint.stop, hint.step)))


def text(shape: tuple[Dim, ...]) -> str:
    """(2, 3) as 2x3."""
    return "x".join(map(str, shape)) or "one number"


def check_mask(ev: Evaluator, cell: TensorCell, mask: TensorCell, value: Value, target: ast.AST, frame: Frame) -> None:
    """A mask has the first axes of x; the value is one for all its places, up to the axes behind them."""
    if mask.dtype != "bool":
        raise ev.refusal(frame, target, "a store at places that a tensor holds is not read", REMEDY, "store")
    behind = cell.shape[len(mask.shape) :]
    if mask.shape != cell.shape[: len(mask.shape)] or not mask.shape:
        raise ev.refusal(frame, target, "the mask does not have the shape of the tensor", "check the sizes", "shape")
    if isinstance(value.hint, TensorCell) and value.hint.shape and value.hint.shape != behind:
        why = f"a store of {text(value.hint.shape)} at the places of a mask is not read"
        raise ev.refusal(frame, target, why, "store one value, or use where()", "store")
