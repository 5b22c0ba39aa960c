"""Nodes alike are lowered once; each gets plans of its own tensors and weights, as if it had been alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.alike import frozen
from codegen.lower import Lowered, Lowering, type_of
from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated
from pivot.reading.values import TensorVersion

SOURCE = """
import math
import torch
import torch.nn.functional as F
from torch import nn

class Block(nn.Module):
    def __init__(self, stride):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, stride=stride, padding=1)
        self.pool = nn.MaxPool2d(3, 1, 1)

    def forward(self, x, y):
        x = F.relu(self.conv(x)) / math.sqrt(2)
        return F.normalize(self.pool(x) + F.interpolate(y, size=x.shape[2:], mode="nearest"), dim=1) * x

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(1), Block(1), Block(2), Block(1)])

    def forward(self, x):
        for block in self.blocks:
            x = block(x, x)
        return x * x
"""


def told(low: Lowered) -> list[object]:
    """All of what was found for a node, its tensors by number."""
    numbers: dict[int, int] = {}

    def number(value: object) -> object:
        if isinstance(value, TensorVersion):
            return numbers.setdefault(id(value), len(numbers))
        return tuple(map(number, value)) if isinstance(value, tuple) else frozen(value)

    for value in (*low.node.operands.values(), low.node.results):
        number(value)
    found: list[object] = [low.why, low.spoken, low.chosen in low.plans]
    for plan in low.plans:
        for step in plan.steps:
            operands = [(name, number(value), type_of(value)) for name, value in step.operands.items()]
            weights = [(role, id(parameter)) for role, parameter in step.weights.items()]
            results = [(number(result), result.type) for result in step.results]
            said = (step.op.name, step.form.index, step.kind, frozen(step.params), step.origin, step.node is low.node)
            found.append((plan.key, said, operands, weights, results, step.unused, step.not_negative))
    return found


def test_plans_are_those_of_each_node_alone(
    write_source: Callable[..., Path], read: Callable[..., Elaborated], opset: OpSet
) -> None:
    done = read(write_source(SOURCE), "1x8x16x16", model="Net()")
    together, alone = Lowering(done, "keras", opset), Lowering(done, "keras", opset)
    assert len(together.known) < len(together.lowered) / 2
    for node in together.nodes:
        low = together.lowered[id(node)]
        alone.known.clear()
        assert told(low) == told(alone.lower(node))
        number = node.operands.get("b")
        assert not isinstance(number, float) or low.plans[0].steps[0].operands["b"] is number
        assert all(plan.steps[-1].results == node.results for plan in low.plans if plan.steps)
    best = [low.plans[0] for low in together.lowered.values() if low.plans]
    fresh = [result.id for plan in best for step in plan.steps for result in step.results]
    assert len(fresh) == len(set(fresh)), "no two steps make one tensor"
