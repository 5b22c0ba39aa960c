"""`x[rows, columns]` with several tensors of places: computed by a small function that stands for the index.

The function is `picked(x, axis, rows, columns)`; it is restated as a source, and read and written like one of the
program, because targets index with one tensor only.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import imports, lookup, restating
from pivot.reading.values import TensorCell, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

NAME = "torch.picks.picked"


def pick(ev: Evaluator, owner: Value, index: Value, node: ast.AST, frame: Frame) -> Value | None:
    """What x[index] gives where several tensors say the places along axes side by side; None for other indices."""
    numbers = numbers_before(owner, index)
    if numbers and isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        return after_numbers(ev, owner, index, numbers, node, frame)
    found = places_of(owner, index)
    if found is None or not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
        return None
    texts = node.slice.elts
    if len(texts) != len(index.hint) or any(isinstance(t, ast.Starred) for t in texts):  # type: ignore[arg-type]
        return None
    axis, at = found
    call = ev.trace.picks.get(id(node))
    if not isinstance(call, ast.Call):
        args = [node.value, ast.Constant(axis), *(texts[place] for place in at)]
        call = ast.copy_location(ast.Call(ast.Name("picked", ast.Load()), args, []), node)
        call.__dict__["container_site"] = node
        ev.trace.picks[id(node)] = call
    items = index.hint
    assert isinstance(items, tuple)
    function = lookup.in_module(ev, imports.open_file(ev, restating.path_of(NAME)), "picked")
    assert function is not None
    return ev.call(function, (owner, Value(axis), *(items[place] for place in at)), {}, call, frame)


def numbers_before(owner: Value, index: Value) -> int:
    """How many numbers stand before the tensors of an index: `x[0, rows]` is `x[0][rows]`."""
    items = index.hint
    if not isinstance(items, tuple) or not isinstance(owner.hint, TensorCell):
        return 0
    count = next((place for place, item in enumerate(items) if not is_number(item.hint)), len(items))
    return count if count < len(items) and is_places(items[count].hint) else 0


def after_numbers(
    ev: Evaluator, owner: Value, index: Value, count: int, node: ast.Subscript, frame: Frame
) -> Value | None:
    """x[0, rows, columns] as x[0][rows, columns]."""
    items, texts = index.hint, node.slice.elts if isinstance(node.slice, ast.Tuple) else []
    if not isinstance(items, tuple) or len(texts) != len(items) or any(isinstance(t, ast.Starred) for t in texts):
        return None
    outer = ev.trace.picks.get(id(node))
    if outer is None:
        parts = [
            inner[0] if len(inner) == 1 else ast.Tuple(inner, ast.Load()) for inner in (texts[:count], texts[count:])
        ]
        first = ast.copy_location(ast.Subscript(node.value, parts[0], ast.Load()), node)
        outer = ast.copy_location(ast.Subscript(first, parts[1], ast.Load()), node)
        first.__dict__["container_site"] = outer.__dict__["container_site"] = node
        ev.trace.picks[id(node)] = outer
    assert isinstance(outer, ast.Subscript)
    given = [part[0] if len(part) == 1 else Value(part) for part in (items[:count], items[count:])]
    inner_value = ev.dialect.tensor_index(ev, owner, given[0], outer.value, frame)
    return ev.dialect.tensor_index(ev, inner_value, given[1], outer, frame)


def is_number(hint: object) -> bool:
    """One place of an axis."""
    return isinstance(hint, int) and not isinstance(hint, bool)


def places_of(owner: Value, index: Value) -> tuple[int, list[int]] | None:
    """The first axis that a tensor of places is for, and which parts of the index are such tensors, side by side."""
    items, cell = index.hint, owner.hint
    if not isinstance(items, tuple) or not isinstance(cell, TensorCell):
        return None
    at = [place for place, item in enumerate(items) if is_places(item.hint)]
    others = [item.hint for place, item in enumerate(items) if place not in at]
    dots = [place for place, item in enumerate(items) if item.hint is ...]
    if len(at) < 2 or at != list(range(at[0], at[0] + len(at))) or len(dots) > 1 or not all(map(is_whole, others)):
        return None
    before = len(cell.shape) - len(items) + 1 if dots and dots[0] < at[0] else 0
    axis = at[0] + (before - 1 if before else 0)
    return axis, at


def is_places(hint: object) -> bool:
    """A tensor of whole numbers with an axis."""
    return isinstance(hint, TensorCell) and len(hint.shape) > 0 and hint.dtype.startswith("int")


def is_whole(hint: object) -> bool:
    """`:` or `...`: all of an axis."""
    if hint is ...:
        return True
    parts = (hint.start, hint.stop, hint.step) if isinstance(hint, slice) else ()
    return bool(parts) and all((p.hint if isinstance(p, Value) else p) is None for p in parts)
