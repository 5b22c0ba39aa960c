"""Permutes: which are written as one, and which only number axes anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.orders import Order, identity
from codegen.reshaping import is_idle

if TYPE_CHECKING:
    from codegen.layout import Layout
    from codegen.lower import Step
    from pivot.reading.values import TensorVersion


def is_said(layout: Layout, step: Step, perm: Order) -> bool:
    """Is a permute of what is stored in the source's order written as one: the program says it, what follows wants
    no other order, and it does not give an image its channels first, which are stored last all the same?
    """
    rank, made = len(perm), step.results[0]
    behind = [s for s in layout.consumers.get(made.id, []) if s.node is step.node and is_idle(s)]
    given = step.node is not None and any(r in step.node.results for s in (step, *behind) for r in s.results)
    image = rank > 3 and perm == (0, rank - 1, *range(1, rank - 1))
    said = layout.agreed.said and given and not image
    return (said or layout.agreed.permutes) and layout.wish(made) in (None, identity(rank))


def is_for_plain(layout: Layout, value: TensorVersion) -> bool:
    """Do steps that take their axes in an order of their own, and nobody else, take a value?"""
    taken = [s for s in layout.consumers.get(value.id, []) if id(s.node) in layout.met]
    return bool(taken) and value.id not in layout.outputs and all(takes_own_order(s, value) for s in taken)


def takes_own_order(step: Step, value: TensorVersion) -> bool:
    """Does a step take a value's axes by their letters, whatever the storage was?"""
    letters = [step.op.letters(name) for name, operand in step.operands.items() if operand is value]
    return step.op.layout == "plain" and all(found is not None and "*" not in found for found in letters)
