"""A network in operations that both of two frameworks have: what one of them lacks is what the op files say instead.

A network that went to another framework and came back holds the parts of what the other one had no layer for. For
comparing, the first network is taken apart in the same way, by the same laws; see `codegen.static_proof`.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.lower import Lowering, step_order

if TYPE_CHECKING:
    from codegen.lower import Plan, Step
    from pivot.network import Node, Run
    from pivot.op import Form
    from pivot.opset import OpSet
    from pivot.reading.elaborate import Elaborated

ROUNDS = 3
"""What one framework says by several operations may hold one that the other says by several in its turn."""


def decomposed(done: Elaborated, frameworks: tuple[str, ...], opset: OpSet) -> Elaborated:
    """The same network, each node as the steps by which every one of the frameworks says it."""
    apart = Apart(done, frameworks, opset)
    runs = {mode: apart.run(run) for mode, run in done.network.runs.items()}
    if not apart.changed:
        return done
    return replace(done, network=replace(done.network, runs=runs))


class Apart:
    """Nodes and what stands for them, the same in both modes."""

    def __init__(self, done: Elaborated, frameworks: tuple[str, ...], opset: OpSet) -> None:
        self.lowerings = [Lowering(done, framework, opset) for framework in frameworks]
        self.parts: dict[int, tuple[Node, tuple[Node, ...]]] = {}  # the node is kept, so that its id stays its own
        self.changed = False

    def run(self, run: Run) -> Run:
        """One mode."""
        return replace(run, nodes=tuple(part for node in run.nodes for part in self.node(node, 0)))

    def node(self, node: Node, depth: int) -> tuple[Node, ...]:
        """What stands for a node."""
        if id(node) not in self.parts:
            self.parts[id(node)] = node, self.taken_apart(node, depth)
        return self.parts[id(node)][1]

    def taken_apart(self, node: Node, depth: int) -> tuple[Node, ...]:
        """The steps of the first framework that says a node by others, taken apart in their turn."""
        if node.op is None or depth > ROUNDS:
            return (node,)
        for lowering in self.lowerings:
            plan = self.plan(lowering, node)
            if plan is not None and not says_itself(plan, node):
                self.changed = True
                return tuple(part for step in plan.steps for part in self.node(as_node(step, node), depth + 1))
        return (node,)

    def plan(self, lowering: Lowering, node: Node) -> Plan | None:
        """How a framework says a node."""
        lowering.counter = max(one.counter for one in self.lowerings)  # new values have names of their own
        lowering.consumed |= {tensor.id for tensor in node.tensors()}
        lowering.signs.mark(node)
        return lowering.lower(node).chosen


def says_itself(plan: Plan, node: Node) -> bool:
    """Does a framework have the operation of a node?"""
    return not plan.steps or (len(plan.steps) == 1 and plan.steps[0].op is node.op)


def as_node(step: Step, whole: Node) -> Node:
    """A step as a node of its own, at the place of the node that it is a part of."""
    form = whole.form if step.op is whole.op else in_source_order(step, whole)
    return replace(
        whole, op=step.op, form=form, params=step.params, operands=step.operands, weights=step.weights,
        results=step.results, bound=None, params_from={},
    )  # fmt: skip


def in_source_order(step: Step, whole: Node) -> Form:
    """The form of a step, with its axes in the source's order."""
    form = copy.copy(step.form)
    form._order = step_order(step.op, whole)
    return form
