"""Indexing in storage orders: the index tuple is spelled out in full rank and its entries follow the axes."""

from __future__ import annotations

from typing import TypeVar

from codegen.orders import Order, identity
from pivot.reading.values import TensorCell, TensorVersion
from pivot.types import is_tensor

T = TypeVar("T")


def full_index(index: object, rank: int) -> list[object] | None:
    """An index with `...` spelled out and missing axes as full slices; None where new axes or tensors take part."""
    items = whole_index(index, rank)
    return items if items is not None and len(items) == rank else None


def whole_index(index: object, rank: int) -> list[object] | None:
    """As `full_index`, with new axes (None) between the items that take the axes; None where tensors take part."""
    items = list(index) if isinstance(index, (tuple, list)) else [index]
    if any(is_tensor(i) or isinstance(i, (TensorVersion, bool, list, tuple)) for i in items):
        return None
    missing = rank - sum(1 for i in items if i is not None and i is not Ellipsis)
    if any(i is Ellipsis for i in items):
        at = next(k for k, i in enumerate(items) if i is Ellipsis)
        items[at : at + 1] = [slice(None)] * missing
    else:
        items += [slice(None)] * missing
    return items if sum(1 for i in items if i is not None) == rank else None


def stored_index(items: list[object], parts: list[T], order: Order, result: Order) -> list[T]:
    """The parts of a whole index for a tensor stored in `order`, so that its result is stored in `result`.

    `parts` stand for `items`, one for one (their text, or the items themselves). A new axis stands before the part of
    the axis that follows it; a number, whose axis goes, before what follows both.
    """
    taking = [place for place, item in enumerate(items) if item is not None]  # of each axis of the tensor
    giving = [place for place, item in enumerate(items) if item is None or isinstance(item, slice)]  # of the result
    places = [giving[axis] for axis in result]
    found: list[T] = []
    for axis in order:
        while places and items[places[0]] is None and isinstance(items[taking[axis]], slice):
            found.append(parts[places.pop(0)])
        if places and places[0] == taking[axis]:
            places.pop(0)
        found.append(parts[taking[axis]])
    return found + [parts[place] for place in places]


def plain_index(
    index: object, rank: int, order: Order | None = None, result: Order | None = None
) -> list[object] | None:
    """A whole index in normal form, for tensors stored in `order` and `result`: the source's where none is given."""
    items = whole_index(index, rank)
    if items is None:
        return None
    given = sum(1 for item in items if item is None or isinstance(item, slice))
    return stored_index(items, items, order or identity(rank), result if result is not None else identity(given))


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
