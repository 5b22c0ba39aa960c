"""Sizes that a function is told beside the tensor that has them, where they differ between its visits.

`F.layer_norm(x, (96,))` is `F.layer_norm(x, x.shape[-1:])` where the text is right for tensors of every width.
"""

from __future__ import annotations

import ast

from codegen.layout import Layout
from codegen.lower import Step
from codegen.target import Target
from codegen.writing import nodes
from pivot.dims import hint as dim_hint
from pivot.notation import axis_of
from pivot.reading.values import TensorVersion
from pivot.slots import SizeOf


def differing(layout: Layout, steps: list[Step], part: str) -> dict[str, int]:
    """Operands of which a function is told a size that differs between visits, with its place from the end."""
    form = steps[0].form
    if part != "args" or form.kind != "function" or len(steps) < 2:
        return {}
    found: dict[str, int] = {}
    for slot in form.args:
        if isinstance(slot.value, SizeOf) and slot.value.listed:
            measured = [measure(layout, step, slot.value) for step in steps]
            places = {place for place, _ in measured}
            place = places.pop() if len(places) == 1 else None
            if place is not None and len({size for _, size in measured}) > 1:
                found[slot.value.operand] = place
    return found


def measure(layout: Layout, step: Step, wanted: SizeOf) -> tuple[int | None, int | None]:
    """The place of an axis in storage, counted from the end, and its size; None where the operand has no such axis."""
    value, letters = step.operands.get(wanted.operand), step.op.letters(wanted.operand)
    if not isinstance(value, TensorVersion) or letters is None:
        return None, None
    rank = len(value.type.shape)
    axis = axis_of(tuple(letters), wanted.letter, rank)
    if axis is None:
        return None, None
    placed = layout.placed.get(id(step))
    moved = placed.transposes.get(wanted.operand) if placed is not None else None
    order = layout.order_of(value)
    stored = tuple(order[p] for p in moved if isinstance(p, int)) if isinstance(moved, tuple) else order
    return stored.index(axis) - rank, dim_hint(value.type.shape[axis])


def text(target: Target, x: ast.expr, place: int) -> ast.expr:
    """The size as a tuple of one: `x.shape[-1:]`."""
    if place == -1:
        return ast.Subscript(target.shape(x), ast.Slice(nodes.literal(-1), None), ast.Load())
    return ast.Tuple([target.size(x, place)], ast.Load())
