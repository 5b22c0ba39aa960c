"""Blocks: a flattened group that is stored in another order, and the layers whose weights take that up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.lower import Step
from codegen.orders import Block, first_name, identity, rank_of, tensors
from pivot.notation import axis_of
from pivot.reading.values import TensorVersion

if TYPE_CHECKING:
    from codegen.layout import Layout, Placed


def absorb(step: Step, placed: Placed, name: str, value: TensorVersion, block: Block) -> None:
    """A block on an axis of this operand goes into every weight that has the axis' letter."""
    letters = step.op.letters(name) or ()
    for letter in letters:
        if letter != "*" and axis_of(tuple(letters), letter, rank_of(value)) == block.axis:
            absorb_letter(step, placed, letter, block)


def absorb_result(step: Step, placed: Placed, block: Block) -> None:
    """A block on the last axis of the result goes into every weight that has the axis' letter."""
    absorb_letter(step, placed, step.op.letters(next(iter(step.op.outputs)))[-1], block)  # type: ignore[index]


def absorb_letter(step: Step, placed: Placed, letter: str, block: Block) -> None:
    """A block on the axis with this letter, in every weight that has it."""
    for weight, spec in step.op.weights.items():
        if letter in spec.letters.replace("(", " ").replace(")", " ").split():
            placed.absorbed[weight] = (*placed.absorbed.get(weight, ()), (letter, block))


def absorbable(layout: Layout, value: TensorVersion, axis: int, depth: int = 0) -> bool:
    """Does every reader of a value absorb a block on an axis, directly or behind elementwise steps?"""
    if value.id in layout.outputs or depth > 40 or layout.joins.get(value.id):
        return False
    readers = layout.consumers.get(value.id, [])
    return bool(readers) and all(absorbs(layout, step, value, axis, depth) for step in readers)


def absorbable_after(layout: Layout, step: Step, axis: int) -> bool:
    """May the result of a reshape keep a block on an axis?"""
    layout.orders[step.results[0].id] = identity(rank_of(step.results[0]))
    return absorbable(layout, step.results[0], axis)


def owns_alone(layout: Layout, step: Step) -> bool:
    """Are the weights of a layer read by this layer only? What else reads them would meet them in another order."""
    return all(len(layout.owners.get(id(p), ())) == 1 for p in step.weights.values())


def absorbs(layout: Layout, step: Step, value: TensorVersion, axis: int, depth: int) -> bool:
    """Does one reader absorb it?"""
    rank = rank_of(value)
    if step.op.name in ("linear", "batch_norm") and step.kind == "layer" and step.weights:
        letters = step.op.letters(first_name(step)) or ()
        if not owns_alone(layout, step):
            return False
        on_axis = any(x != "*" and axis_of(tuple(letters), x, rank) == axis for x in letters)
        more = step.op.name == "linear" or absorbable(layout, step.results[0], axis, depth + 1)
        return on_axis and more
    alone = len(list(tensors(step.operands))) == 1
    unary = step.op.layout == "any" and alone and not step.weights and len(step.results) == 1
    return unary and absorbable(layout, step.results[0], axis, depth + 1)
