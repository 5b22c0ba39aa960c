"""Sizes other than those at hand: the proof compares both sides at them too.

On one example a batch of one is like any other axis of size 1. What was written for it may be right there alone:
`reshape(x, (1, -1, c))` for `x.view(n, -1, c)`. Every size is a term over symbols, so that other numbers cost no second
reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from math import prod
from typing import TYPE_CHECKING

from codegen.axis_groups import BATCH
from codegen.convert import Converted
from codegen.layout import Placed
from codegen.orders import Block, Order, first_name, first_tensor
from codegen.proof_states import RESHAPES
from pivot.dims import Dim, Size, evaluate, free_symbols
from pivot.dims import hint as dim_hint
from pivot.reading.elaborate import Elaborated

if TYPE_CHECKING:
    from codegen.proof_sides import Item

MANY = 1009
"""The batch is so many times what it is at hand: a prime, so that what divides a size still divides it."""

BROADCASTING = ("broadcast", "compare", "divide", "where", "masked_fill")
"""Shape rules of ops whose operands must agree, axis by axis."""

Number = Callable[[Dim], int]
Shapes = tuple[tuple[Dim, ...], ...]
Numbers = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Sizes:
    """A number for every size of both sides; `told`: for which inputs. Those at hand need no words."""

    left: Number
    right: Number
    told: str = ""
    known: dict[str, tuple[Dim, ...]] = field(default_factory=dict)
    """Sizes of the source's values, by id: of its inputs, and of what was met."""

    def taken_by(self, item: Item) -> bool:
        """Does the source go on with these sizes? `x.view_as(z)` takes no x of more numbers than z has, and a mask of
        (3, 3) no scores of another number.
        """
        given = [self.known.get(operand, ()) for operand in item.operands if isinstance(operand, str)]
        self.known.update(zip(item.results, item.sizes, strict=False))
        shapes = [tuple(map(self.left, shape)) for shape in given]
        if item.node is not None and item.node.op is not None and item.node.op.shape in BROADCASTING:
            columns = zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1)
            return all(len({size for size in column if size != 1}) <= 1 for column in columns)
        if item.op != "reshape" or not item.sizes or not shapes or not given[0]:
            return True
        return prod(shapes[0]) == prod(map(self.left, item.sizes[0]))

    def of(self, left: Shapes, right: Shapes) -> tuple[Numbers, Numbers]:
        """The shapes of both sides as numbers."""
        return tuple(tuple(map(self.left, shape)) for shape in left), tuple(
            tuple(map(self.right, shape)) for shape in right
        )


AT_HAND = Sizes(dim_hint, dim_hint)


def larger_batch(converted: Converted, target: Elaborated) -> Sizes | None:
    """Sizes with many times the samples; None where the program fixes their number, or stores them elsewhere than in
    front: what counts as samples of the source is not what the target's text has first.
    """
    done = converted.done
    batches = [batch_of(side) for side in (done, target)]
    entries = [entry.value for run in done.network.runs.values() for entry in run.inputs]
    if not all(batches) or any(converted.layout.order_of(value)[:1] not in ((), (0,)) for value in entries):
        return None
    left, right = (numbering({name: size.hint * MANY for name, size in found.items()}) for found in batches)
    known = {value.id: value.type.shape for value in entries}
    return Sizes(left, right, f" for a batch of {batches[0][BATCH].hint * MANY}", known)


def batch_of(done: Elaborated) -> dict[str, Size]:
    """The symbol of samples among the sizes of the inputs."""
    sizes = (size for entry in done.network.inputs for size in entry.value.type.shape)
    return {name: symbol for size in sizes for name, symbol in free_symbols(size).items() if name == BATCH}


def numbering(values: Mapping[str, int]) -> Number:
    """Numbers of sizes where some symbols have other values than at hand."""
    known: dict[Size, int] = {}

    def number(size: Dim) -> int:
        if isinstance(size, int):
            return size
        if size not in known:
            symbols = free_symbols(size)
            known[size] = size.hint
            if symbols.keys() & values.keys():
                try:
                    known[size] = evaluate(size, {name: one.hint for name, one in symbols.items()} | dict(values))
                except ZeroDivisionError:  # no size of inputs that the program takes
                    known[size] = size.hint
        return known[size]

    return number


def torn_reshape(converted: Converted, sizes: Sizes) -> Placed | None:
    """A reshape of the network that gives other numbers than the source's where tensors are stored in their orders."""
    for placed in converted.layout.placed.values():
        if placed.step.op.shape not in RESHAPES or placed.alias or id(placed.step.node) not in converted.layout.met:
            continue  # arms on trial, which nothing of this configuration goes through, are not proved
        if not keeps_numbers(converted, placed, sizes.left):
            return placed
    return None


def keeps_numbers(converted: Converted, placed: Placed, number: Number) -> bool:
    """Does storage hold the same elements, one behind the other, before and behind a reshape as the source has it?"""
    layout, step = converted.layout, placed.step
    value = first_tensor(step)
    if value is None or not placed.orders_out or len(step.results) != 1:
        return True
    result = step.results[0]
    before, after = (tuple(map(number, one.type.shape)) for one in (value, result))
    stored = placed.orders_in.get(first_name(step), layout.order_of(value))
    left = runs(before, stored, layout.blocks.get(value.id))
    right = runs(after, placed.orders_out[0], layout.blocks.get(result.id))
    return prod(before) != prod(after) or left == right  # the source itself does not go on with these sizes


def runs(sizes: tuple[int, ...], order: Order, block: Block | None = None) -> list[tuple[int, int]]:
    """(size, distance in storage) of the axes in the source's order, as few of them as say which element is where.

    Two tensors of as many elements hold them in one order of storage exactly where their runs are equal.
    """
    digits: list[list[tuple[int, int]]] = [[(size, 1)] for size in sizes]
    if block is not None:
        within, step = dict[int, int](), 1
        for factor in reversed(block.order):
            within[factor], step = step, step * block.sizes[factor]
        digits[block.axis] = [(size, within[factor]) for factor, size in enumerate(block.sizes)]
    distance = 1
    far = [0] * len(sizes)
    for axis in reversed(order):
        far[axis], distance = distance, distance * sizes[axis]
    flat = [(size, by * far[axis]) for axis, parts in enumerate(digits) for size, by in parts if size != 1]
    merged: list[tuple[int, int]] = []
    for size, by in flat:
        if merged and merged[-1][1] == by * size:
            merged[-1] = (merged[-1][0] * size, by)
        else:
            merged.append((size, by))
    return merged
