"""Indexing in storage orders: the index tuple is spelled out in full rank and its entries follow the axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.orders import first_name, first_tensor, identity, rank_of
from pivot.reading.values import TensorCell, TensorVersion
from pivot.types import is_tensor

if TYPE_CHECKING:
    from codegen.layout import Layout, Placed
    from codegen.lower import Step


def full_index(index: object, rank: int) -> list[object] | None:
    """An index with `...` spelled out and missing axes as full slices; None where new axes or tensors take part."""
    items = list(index) if isinstance(index, (tuple, list)) else [index]
    if any(i is None or is_tensor(i) or isinstance(i, (TensorVersion, list, tuple)) for i in items):
        return None
    if any(i is Ellipsis for i in items):
        at = next(k for k, i in enumerate(items) if i is Ellipsis)
        items[at : at + 1] = [slice(None)] * (rank - len(items) + 1)
    items += [slice(None)] * (rank - len(items))
    return items if len(items) == rank else None


def taken_axis(index: object, rank: int) -> tuple[int, int] | None:
    """An index that is one tensor or list of places between full slices: its axis, and its place among the parts."""
    items = list(index) if isinstance(index, (tuple, list)) else [index]
    if any(item is None for item in items):
        return None
    places = [place for place, item in enumerate(items) if isinstance(item, (TensorCell, list))]
    if len(places) != 1:
        return None
    place = places[0]
    part = items[place]
    rest = [item for item in items if item is not part]
    plain = all(item is Ellipsis or (isinstance(item, slice) and item == slice(None)) for item in rest)
    if not plain or (isinstance(part, TensorCell) and (part.dtype == "bool" or not part.shape)):
        return None
    if isinstance(part, list) and not is_places(part):
        return None
    before = any(item is Ellipsis for item in items[:place])
    return (rank - (len(items) - place) if before else place), place


def is_places(part: object) -> bool:
    """Is a part of an index a list of whole numbers?"""
    return isinstance(part, list) and all(isinstance(item, int) and not isinstance(item, bool) for item in part)


def listed_index(index: object, rank: int) -> list[object] | None:
    """An index that is one list of places between full slices, in full rank; None for every other index."""
    one = taken_axis(index, rank)
    part = index[one[1]] if one is not None and isinstance(index, (tuple, list)) else None
    if one is None or not isinstance(part, list):
        return None
    return [part if axis == one[0] else slice(None) for axis in range(rank)]


def place_index(layout: Layout, step: Step, placed: Placed) -> None:
    """Integers delete their axis from the order; other indices than integers and slices want the source's order."""
    value = first_tensor(step)
    assert value is not None
    name, order = first_name(step), layout.order_of(value)
    if value.id in layout.blocks:
        placed.why = "a flattened value whose parts are stored in another order is indexed"
    items = full_index(step.params.get("index"), rank_of(value))
    if items is None:
        layout.bring(placed, name, identity(rank_of(value)))
        placed.orders_out = tuple(identity(rank_of(r)) for r in step.results)
        return
    gone = [axis for axis, item in enumerate(items) if not isinstance(item, slice)]
    left = [axis for axis in order if axis not in gone]
    ranked = sorted(left)
    placed.orders_in[name] = order
    placed.orders_out = tuple(tuple(ranked.index(axis) for axis in left) for _ in step.results)
