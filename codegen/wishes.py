"""The order of axes that the readers of a value want it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.axis_groups import RESHAPING, groups, order_before
from codegen.indexing import full_index
from codegen.letters_layout import takes_any_order
from codegen.orders import Order, broadcast_order, first_tensor, inserted_axes, permutation, rank_of, tensors
from pivot.reading.values import TensorVersion

if TYPE_CHECKING:
    from codegen.layout import Layout
    from codegen.lower import Step

PERMUTING = {"permute", "transpose", "swapaxes", "move_axis"}  # shape rules that only renumber axes


def partner(layout: Layout, value: TensorVersion) -> Order | None:
    """The order of what an elementwise reader combines a value with, where that is stored or made from it."""
    for step in layout.consumers.get(value.id, []):
        if step.op.shape == "unsqueeze" and step.results:
            inner = partner(layout, step.results[0])
            return without_inserted(step, inner) if inner is not None else None
        for other in tensors(step.operands) if step.op.layout == "any" else ():
            made: TensorVersion | None = other
            for _ in range(4):
                if made is None or made is value or made.id in layout.orders:
                    break
                maker = layout.makers.get(made.id)
                made = first_tensor(maker) if maker is not None and maker.op.layout == "any" else None
            if made is None or made is value:
                continue
            order = layout.order_of(made)
            wanted = broadcast_order(order, value) if len(order) >= rank_of(value) else None
            if wanted is not None:
                return wanted
    return None


def read_wish(layout: Layout, value: TensorVersion) -> Order | None:
    """What the readers of a value want, from the wishes for what they make."""
    rank = rank_of(value)
    parts: Order | None = None
    for step in layout.consumers.get(value.id, []):
        name = next((k for k, v in step.operands.items() if v is value or (isinstance(v, tuple) and value in v)), None)
        if name is None:
            continue
        inner = layout.wishes.get(step.results[0].id) if step.results else None
        if step.op.layout == "spatial":
            return layout.wanted(step, name, rank)
        if step.op.shape in PERMUTING and step.results:
            perm = permutation(step)
            if inner is not None and perm is not None:
                return tuple(perm[axis] for axis in inner)
        elif step.op.layout in ("any", "axis") and step.results and rank_of(step.results[0]) == rank:
            if inner is not None:
                return inner
        elif step.op.shape == "unsqueeze" and step.results:
            if inner is not None:
                return without_inserted(step, inner)
        elif step.op.shape in ("index", "select"):
            parts = parts or (lifted(step, inner, rank) if inner is not None else None)
        elif step.op.shape in RESHAPING and step.results and inner is not None:
            shapes = value.type.shape, step.results[0].type.shape
            before = order_before(groups(*shapes), inner) if all(n != 1 for s in shapes for n in s) else None
            return tuple(before) if before is not None and len(before) == rank else None
        elif takes_any_order(step):
            continue
        else:
            return None
    return parts


def without_inserted(step: Step, inner: Order) -> Order:
    """The order of a tensor to which a step adds axes, from the order that is wanted with them."""
    gone = set(inserted_axes(step, len(inner)))
    left = [axis for axis in inner if axis not in gone]
    return tuple(sorted(left).index(axis) for axis in left)


def lifted(step: Step, inner: Order, rank: int) -> Order | None:
    """The order of a tensor of which one slice is wanted in `inner`: films in the order of their pictures."""
    if step.op.shape == "select":
        axis = step.params.get("axis")
    else:
        items = full_index(step.params.get("index"), rank)
        gone = [place for place, item in enumerate(items or ()) if isinstance(item, int)]
        whole = [item for item in items or () if not isinstance(item, int)]
        axis = gone[0] if len(gone) == 1 and len(whole) == rank - 1 and all(map(is_whole, whole)) else None
    if not isinstance(axis, int) or len(inner) != rank - 1:
        return None
    axis %= rank
    order = [place + (place >= axis) for place in inner]
    return (*order[:axis], axis, *order[axis:])


def is_whole(item: object) -> bool:
    """Is an item of an index `:`?"""
    return item == slice(None)
