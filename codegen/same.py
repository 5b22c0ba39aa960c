"""A target in the framework of its source: nothing is lowered and nothing is stored otherwise; the text is a copy.

The records that the proof, the weights and the verification ask are the same as of any other conversion: each node is
one step, in the form that it was read by, and every tensor lies in the order of the source.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.layout import Layout, Placed
from codegen.lower import TORCH_ONLY, Lowered, Lowering, Plan, Step
from codegen.orders import identity, rank_of, tensors
from codegen.target import target_of
from codegen.writing.sites import Site, Sites

if TYPE_CHECKING:
    from codegen.orders import Order
    from pivot.network import Node
    from pivot.opset import OpSet
    from pivot.reading.elaborate import Elaborated
    from pivot.reading.values import TensorVersion


class Unchanged(Lowering):
    """Every node is one step, in the form by which it was read."""

    def lower(self, node: Node) -> Lowered:
        """The only plan of a node; without a step where it stands for no call of its own."""
        assert node.op is not None
        own = next(iter(node.op.forms.get(self.framework, ())), None)
        form = node.form or own
        operands = {name: value for name, value in node.operands.items() if name not in node.weights}
        weights = {role: weight for role, weight in node.weights.items() if role not in TORCH_ONLY}
        steps: tuple[Step, ...] = ()
        if form is not None:
            origin = {name: name for name in node.params}
            step = Step(node.op, form, form.kind, dict(node.params), operands, weights, node.results, origin)
            steps = (replace(step, node=node),)
        plan = Plan(((node.op.name, 0),), steps)
        return Lowered(node, (plan,), "", plan)


class SourceOrder(Layout):
    """Every tensor lies in the order of the source."""

    def __init__(self, lowering: Lowering, framework: str) -> None:
        self.lowering, self.framework, self.target = lowering, framework, target_of(framework)
        self.orders, self.blocks, self.broken_joins, self.met = {}, {}, [], set()
        self.placed = {
            id(step): placed_as_it_is(step)
            for low in lowering.lowered.values()
            if low.chosen is not None
            for step in low.chosen.steps
        }

    def order_of(self, value: TensorVersion) -> Order:
        """Place k holds axis k."""
        return identity(rank_of(value))


class Copied(Sites):
    """Sites of a text that is copied: none of them has to be settled."""

    def settle(self, site: Site) -> None:
        """There is one plan for all visits."""


def placed_as_it_is(step: Step) -> Placed:
    """A step without transposes."""
    first = next(iter(tensors(step.operands)), None)
    taken = {} if first is None else {name: identity(rank_of(first)) for name in list(step.operands)[:1]}
    return Placed(step, {}, {}, taken, tuple(identity(rank_of(result)) for result in step.results))


def unchanged(done: Elaborated, framework: str, opset: OpSet) -> tuple[Unchanged, Copied, SourceOrder]:
    """What stands for lowering, sites and layout where nothing changes."""
    lowering = Unchanged(done, framework, opset)
    return lowering, Copied(lowering), SourceOrder(lowering, framework)


def entry_text(entry: str) -> ast.expr:
    """The expression that builds the model in the copy: "model@1" is the only `model` there."""
    return ast.parse(entry.partition("@")[0].strip(), mode="eval").body
