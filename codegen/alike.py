"""Nodes like one that was lowered before: its plans, with their own tensors and weights in the places of the other's.

A network says the same layer dozens of times, and every node twice, for inference and for training.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from codegen.lazy import Lazy
from pivot.reading.values import ParameterObject, TensorVersion
from pivot.types import TensorType

if TYPE_CHECKING:
    from codegen.lower import Lowered, Lowering, Plan, Step
    from pivot.network import Node
    from pivot.op import Kind

SCALARS = frozenset((int, float, str, bool, type(None)))


def frozen(value: object) -> object:
    """A value that is equal to another only where it is of the same types all through: True is not 1 here."""
    kind = value.__class__
    if kind in SCALARS:
        return kind, value
    if isinstance(value, TensorType):
        return kind, value, value.dtype.__class__  # a kind that is fixed counts as another
    if isinstance(value, (tuple, list)):
        return kind, tuple(map(frozen, value))
    if isinstance(value, (dict, Mapping)):
        return tuple((name, frozen(item)) for name, item in value.items())
    if isinstance(value, slice):
        return frozen((value.start, value.stop, value.step))
    try:
        hash(value)
    except TypeError:
        return object()  # equal to nothing
    return kind, value


def facts_of(lowering: Lowering, node: Node, kind: Kind, unused: frozenset[str]) -> object:
    """All of a node that its plans depend on: equal for nodes whose plans differ in tensors and weights alone."""
    numbers: dict[int, int] = {}  # which tensors are the same one

    def told(value: object) -> object:
        if isinstance(value, TensorVersion):
            number = numbers.setdefault(id(value), len(numbers))
            kinds = (value.parameter is None, value.constant is None, value.whole is None)
            return number, value.type, value.type.dtype.__class__, kinds, lowering.signs.is_positive(value)
        return tuple(map(told, value)) if isinstance(value, tuple) else frozen(value)

    assert node.op is not None
    operands = tuple((name, told(value)) for name, value in node.operands.items())
    weights = tuple((role, numbers.setdefault(id(p), len(numbers)), p.type) for role, p in node.weights.items())
    results = tuple(result.type for result in node.results)
    said = (kind, unused, lowering.in_place(node.frame), id(node) in lowering.spoken, id(node.form))
    return node.op.name, said, frozen(node.params), operands, weights, results


def renamed(lowering: Lowering, low: Lowered, node: Node) -> Lowered:
    """What was found for one node, for another with the same facts."""
    from codegen.lower import Lowered

    names = Names(lowering, low.node, node)
    plans = Lazy(names.plan(plan) for plan in low.plans)
    return Lowered(node, plans, low.why, plans[0] if plans else None, spoken=low.spoken)


class Names:
    """The tensors and weights of one node in the places of another's."""

    def __init__(self, lowering: Lowering, old: Node, new: Node) -> None:
        self.lowering, self.old, self.new = lowering, old, new
        self.versions: dict[int, TensorVersion] = {}
        self.numbers: dict[int, object] = {}  # of a node's own numbers, writing asks whether they are the very same
        for before, now in zip(
            (*old.operands.values(), old.results), (*new.operands.values(), new.results), strict=True
        ):
            self.pair(before, now)
        pairs = zip(old.weights.values(), new.weights.values(), strict=True)
        self.weights: dict[int, ParameterObject] = {id(before): now for before, now in pairs}

    def pair(self, before: object, now: object) -> None:
        """Two operands in the same place."""
        if isinstance(before, TensorVersion) and isinstance(now, TensorVersion):
            self.versions[id(before)] = now
        elif isinstance(before, tuple) and isinstance(now, tuple):
            for one, other in zip(before, now, strict=True):
                self.pair(one, other)
        else:
            self.numbers[id(before)] = now

    def plan(self, plan: Plan) -> Plan:
        """A plan for the other node."""
        from codegen.lower import Plan

        return Plan(plan.key, tuple(self.step(step) for step in plan.steps))

    def step(self, step: Step) -> Step:
        """A step of it."""
        from codegen.lower import Step

        made = Step(
            step.op,
            step.form,
            step.kind,
            {name: self.operand(value) for name, value in step.params.items()},
            {name: self.operand(value) for name, value in step.operands.items()},
            {role: self.weights.get(id(held), held) for role, held in step.weights.items()},
            tuple(self.version(result) for result in step.results),
            dict(step.origin),
            self.new if step.node is self.old else step.node,
            step.unused,
            step.not_negative,
            step.filled,
        )
        made.like = step.like or step
        return made

    def operand(self, value: object) -> object:
        """An operand of a step, or a parameter: tensors and numbers are those of the other node."""
        if isinstance(value, TensorVersion):
            return self.version(value)
        return tuple(map(self.operand, value)) if isinstance(value, tuple) else self.numbers.get(id(value), value)

    def version(self, value: TensorVersion) -> TensorVersion:
        """A tensor of the other node, or one that its plan makes in between."""
        found = self.versions.get(id(value))
        if found is None:
            self.lowering.counter += 1
            found = self.versions[id(value)] = TensorVersion(f"s{self.lowering.counter}", value.type)
            if value.id in self.lowering.signs.positive:
                self.lowering.signs.positive.add(found.id)
        return found
