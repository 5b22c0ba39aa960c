"""Reshape in storage orders: minimal groups of axes; what is together and in order costs nothing."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import TYPE_CHECKING

from codegen.absorbing import absorbable_after
from codegen.agreeing import site_step
from codegen.axis_groups import RESHAPING, Group, groups, order_before
from codegen.orders import Block, Order, first_name, first_tensor, identity, rank_of
from codegen.wishes import partner
from pivot.dims import Dim
from pivot.dims import hint as dim_hint

if TYPE_CHECKING:
    from codegen.agreeing import SiteStep
    from codegen.layout import Layout, Placed
    from codegen.lower import Step
    from pivot.reading.values import TensorVersion


def groups_by_site(layout: Layout, steps: frozenset[SiteStep]) -> dict[SiteStep, list[Group]]:
    """The groups of reshapes whose visits disagree, as the visit with the fewest axes of size 1 has them.

    (N, C, L) -> (N, H, C, L) does not tell by itself whether an H of 1 was taken from N or from C.
    """
    found: dict[SiteStep, tuple[int, list[Group]]] = {}
    for placed in layout.placed.values() if steps else ():
        key, value = site_step(layout.lowering, placed.step), first_tensor(placed.step)
        if key in steps and value is not None and placed.step.op.shape in RESHAPING:
            before, after = value.type.shape, placed.step.results[0].type.shape
            ones = sum(size == 1 for size in (*before, *after))
            if key not in found or ones < found[key][0]:
                found[key] = ones, groups(before, after)
    return {key: made for key, (_, made) in found.items()}


def groups_of_site(layout: Layout, step: Step) -> list[Group] | None:
    """The groups agreed on for the visits of a site, where they fit the sizes of this one."""
    made = layout.agreed.groups.get(site_step(layout.lowering, step)) if layout.agreed.groups else None
    value = first_tensor(step)
    if made is None or value is None:
        return None
    before, after = ([dim_hint(d) for d in t.type.shape] for t in (value, step.results[0]))
    if sum(len(a) for a, _ in made) != len(before) or sum(len(b) for _, b in made) != len(after):
        return None
    fits = all(prod(before[axis] for axis in a) == prod(after[axis] for axis in b) for a, b in made)
    return made if fits else None


def place_reshape(layout: Layout, step: Step, placed: Placed) -> None:
    """Order of the result, and the one transpose of a group that is not stored in order."""
    value = first_tensor(step)
    assert value is not None
    name, result = first_name(step), step.results[0]
    order = layout.order_of(value)
    before, after = value.type.shape, result.type.shape
    if is_idle(step):
        layout.follow(step, placed)
        placed.alias = True
        return
    made = groups_of_site(layout, step) or groups(before, after)
    if value.id in layout.blocks:
        same = [g for g in made if layout.blocks[value.id].axis in g[0]]
        block = layout.blocks[value.id]
        if same and len(same[0][1]) > 1 and unfolds(block, step, *same[0]):
            right, first = same[0][1], same[0][1][0]
            placed.orders_in[name] = order
            placed.orders_out = ((*range(first), *(right[k] for k in block.order), *range(right[-1] + 1, len(after))),)
            return
        if same and len(same[0][0]) == 1 and len(same[0][1]) == 1:
            layout.blocks[result.id] = Block(same[0][1][0], block.sizes, block.order)
        else:
            placed.why = "a flattened value whose parts are stored in another order is reshaped again"
    wanted = list(order)
    general = layout.is_general(step)
    for left, right in made:
        big = [axis for axis in left if before[axis] != 1 or general]
        places = sorted(wanted.index(axis) for axis in big)
        stored = [wanted[p] for p in places]
        together = all(
            y == x + 1 or (not general and between_is_one(wanted, before, x, y)) for x, y in pairwise(places)
        )
        if len(big) <= 1 or (stored == big and together):
            continue
        mergeable = len(right) == 1 or sum(1 for axis in right if dim_hint(after[axis]) != 1) == 1
        if together and mergeable and len(made) > 1 and 0 not in left:
            target = next((axis for axis in right if dim_hint(after[axis]) != 1), right[0])
            if order_after(made, wanted, before, after, len(after)) == identity(len(after)) and absorbable_after(
                layout, step, target
            ):
                sizes = tuple(dim_hint(before[axis]) for axis in big)
                layout.blocks[result.id] = Block(target, sizes, tuple(big.index(axis) for axis in stored))
                continue
        wanted = in_order(wanted, list(left))
    if layout.in_source_order(step):
        wanted = order_before(made, identity(rank_of(result))) or list(identity(rank_of(value)))
        if tuple(wanted) != order:
            placed.transposes[name] = tuple(order.index(axis) for axis in wanted)
    elif tuple(wanted) != order:  # where a transpose is needed anyway, it gives what the next step wants
        wish = layout.agreed.wishes.get(site_step(layout.lowering, step)) if general else None
        wish = wish or layout.wish(result) or partner(layout, result) or identity(rank_of(result))
        wanted = order_before(made, wish) or wanted
        placed.transposes[name] = tuple(order.index(axis) for axis in wanted)
    placed.orders_in[name] = tuple(wanted)
    out = order_after(made, wanted, before, after, rank_of(result))
    placed.orders_out = (out if general or layout.in_source_order(step) else as_wished(layout, result, out),)


def is_idle(step: Step) -> bool:
    """Is this a reshape of a decomposition that has nothing to do here?"""
    value = first_tensor(step)
    if step.op.shape not in RESHAPING or step.node is None or step.op is step.node.op or value is None:
        return False
    return value.type.shape == step.results[0].type.shape


def unfolds(block: Block, step: Step, left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    """Does a reshape split a block into the axes that it is made of?"""
    shape = step.results[0].type.shape
    return left == (block.axis,) and tuple(dim_hint(shape[axis]) for axis in right) == block.sizes


def as_wished(layout: Layout, result: TensorVersion, order: Order) -> Order:
    """The order that the first consumer wants or brings: it costs nothing where only axes of size 1 stand elsewhere."""
    shape = result.type.shape
    if all(size != 1 for size in shape):
        return order
    wish = layout.wish(result) or partner(layout, result)
    if wish is None or [a for a in wish if shape[a] != 1] != [a for a in order if shape[a] != 1]:
        return order
    return wish


def between_is_one(order: list[int], sizes: tuple[Dim, ...], first: int, second: int) -> bool:
    """Are only axes of size 1 stored between two places?"""
    return all(sizes[order[p]] == 1 for p in range(first + 1, second))


def in_order(order: list[int], group: list[int]) -> list[int]:
    """The order with a group's axes brought together in order, where its first axis stood."""
    at = min(order.index(axis) for axis in group)
    rest = [axis for axis in order if axis not in group]
    front = [axis for axis in order[:at] if axis not in group]
    return [*front, *group, *rest[len(front) :]]


def order_after(
    made: list[Group], order: list[int], before: tuple[Dim, ...], after: tuple[Dim, ...], rank: int
) -> Order:
    """The groups of the result in the order in which they are stored."""
    keyed: list[tuple[float, tuple[int, ...]]] = []
    for left, right in made:
        places = [order.index(axis) for axis in left if before[axis] != 1] or [order.index(axis) for axis in left]
        keyed.append((min(places) if places else -1.0, right))
    out = tuple(axis for _, right in sorted(keyed, key=lambda pair: pair[0]) for axis in right)
    return out if sorted(out) == list(range(rank)) else tuple(range(rank))
