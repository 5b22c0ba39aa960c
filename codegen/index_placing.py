"""How the result of an index is stored: axes follow their tensor, new axes stand where they are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from codegen.indexing import whole_index
from codegen.orders import Order, first_name, first_tensor, identity, rank_of
from codegen.wishes import partner
from pivot.reading.values import TensorCell, TensorVersion

if TYPE_CHECKING:
    from codegen.layout import Layout, Placed
    from codegen.lower import Step


STORED_OTHERWISE = "an index is a tensor that is stored in another order than the source's"


def place_index(layout: Layout, step: Step, placed: Placed) -> None:
    """Integers delete their axis from the order; other indices than integers and slices want the source's order."""
    value = first_tensor(step)
    assert value is not None
    name, order = first_name(step), layout.order_of(value)
    if value.id in layout.blocks:
        placed.why = "a flattened value whose parts are stored in another order is indexed"
    items = whole_index(step.params.get("index"), rank_of(value))
    if items is None:
        if any(layout.order_of(part) != identity(rank_of(part)) for part in tensors_of(step.params.get("index"))):
            placed.why = STORED_OTHERWISE
        layout.bring(placed, name, identity(rank_of(value)))
        placed.orders_out = tuple(identity(rank_of(r)) for r in step.results)
        return
    placed.orders_in[name] = order
    placed.orders_out = tuple(result_order(layout, step, items, order) for _ in step.results)


def tensors_of(index: object) -> Iterator[TensorVersion]:
    """The tensors that an index is, or has for single axes."""
    for part in index if isinstance(index, (tuple, list)) else (index,):
        if isinstance(part, TensorCell):
            yield part.version


def result_order(layout: Layout, step: Step, items: list[object], order: Order) -> Order:
    """How the result of a whole index is stored: the axes that stay as they were, new ones where they are wanted."""
    giving = [place for place, item in enumerate(items) if item is None or isinstance(item, slice)]
    taking = [place for place, item in enumerate(items) if item is not None]
    left = [giving.index(taking[axis]) for axis in order if taking[axis] in giving]
    new = [axis for axis, place in enumerate(giving) if items[place] is None]
    if not new:
        return tuple(left)
    result = step.results[0]
    wish = None if layout.in_source_order(step) else layout.wish(result) or partner(layout, result)
    if wish is not None and [axis for axis in wish if axis not in new] == left:
        return wish
    plain = order == identity(len(order))
    for axis in new:
        if plain or axis <= 1:  # beside the samples, whatever the order of the rest
            left.insert(axis, axis)
        else:
            left.insert(left.index(axis + 1) if axis + 1 in left else len(left), axis)
    return tuple(left)
