"""Broadcasting to a shape whose sizes differ from visit to visit: said element by element."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from codegen.orders import first_tensor
from codegen.writing import nodes
from codegen.writing.held_shapes import held_sizes
from codegen.writing.reshape_text import is_minus_one, source_elements
from pivot.dims import Size

if TYPE_CHECKING:
    from codegen.layout import Layout
    from codegen.lower import Step
    from codegen.writing.plans import Material


def expand_expression(layout: Layout, steps: list[Step], x: ast.expr, material: Material) -> ast.expr | None:
    """`ops.broadcast_to(x, (batch, x.shape[1], width))`: the source's sizes, and of x what keeps its size.

    None where numbers or the sizes of x say it, or where a size has no text.
    """
    shapes = [[layout.settled(size) for size in s.results[0].type.shape] for s in steps]
    values = [first_tensor(s) for s in steps]
    if any(v is None for v in values):
        return None
    own = [layout.settled(size) for v in values if v is not None for size in v.type.shape]
    foreign = any(isinstance(size, Size) and size not in own for size in shapes[0])
    elements = source_elements(steps, material.given, material.form) or held_sizes(steps, material, every=True)
    if all(shape == shapes[0] for shape in shapes) and not foreign and not names_sizes(elements):
        return None
    if any(s.node is None or s.op is not s.node.op for s in steps):
        return None
    if not are_said(elements) and any(layout.placed_of(s).transposes for s in steps):
        return None
    texts: list[ast.expr] = []
    for axis, column in enumerate(zip(*shapes, strict=True)):
        kept = {
            axis - (len(shape) - len(v.type.shape)) for shape, v in zip(shapes, values, strict=True) if v is not None
        }
        place = next(iter(kept)) if len(kept) == 1 else -1
        sizes = [layout.settled(v.type.shape[place]) for v in values if v is not None] if place >= 0 else []
        fixed = all(isinstance(size, int) for size in column)
        element = elements[axis] if elements is not None else None
        if element is not None and are_said([element]):
            texts.append(element)
        elif sizes == list(column) and column[0] != 1:
            texts.append(layout.target.size(x, place, static=fixed))
        elif fixed and len(set(column)) == 1:
            texts.append(nodes.literal(column[0]))
        else:
            return None
    return layout.target.broadcast(x, ast.Tuple(texts, ast.Load()))


def are_said(elements: Sequence[ast.expr | None] | None) -> bool:
    """Does the source say all these sizes?"""
    return elements is not None and all(
        e is not None and not is_minus_one(e) and not nodes.has_gone(e) for e in elements
    )


def names_sizes(elements: Sequence[ast.expr | None] | None) -> bool:
    """Does the source say a size by a name, which may stand for another number elsewhere?"""
    return elements is not None and any(
        e is not None and not nodes.is_constant(e) and not nodes.has_gone(e) for e in elements
    )
