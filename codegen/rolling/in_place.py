"""Activations that may overwrite what they are given: `nn.ReLU6(inplace=True)` saves a copy of every large tensor.

That is so where nothing else reads the tensor, and where neither its maker's gradient (a convolution's, a norm's, a
sum's) nor the activation's own (it follows from the result) asks for what was there before.
"""

from __future__ import annotations

from collections.abc import Iterable

from codegen.lower import Lowering, Step
from pivot.network import Node
from pivot.reading.values import TensorVersion
from pivot.slots import Flag

MAY = {"relu", "relu6"}
MAKERS = {"batch_norm", "conv1d", "conv2d", "conv3d", "linear"}
WORD = "inplace"


def overwriting(lowering: Lowering, outputs: Iterable[TensorVersion]) -> frozenset[str]:
    """The ops all of whose nodes may work in place: one layer may stand for all of them."""
    nodes = [low.node for low in lowering.lowered.values() if low.node.op is not None]
    makers = {value.id: node for node in nodes for value in node.results}
    readers: dict[str, int] = {}
    for node in nodes:
        for tensor in node.tensors():
            readers[tensor.id] = readers.get(tensor.id, 0) + 1
    given_out = {value.id for value in outputs}
    found: dict[str, bool] = {}
    for node in nodes:
        name = node.op.name if node.op is not None else ""
        if name in MAY:
            found[name] = found.get(name, True) and is_alone(node, makers, readers, given_out)
    return frozenset(name for name, safe in found.items() if safe)


def is_alone(node: Node, makers: dict[str, Node], readers: dict[str, int], given_out: set[str]) -> bool:
    """May a node overwrite its operand?"""
    values = list(node.tensors())
    if len(values) != 1 or values[0].parameter is not None or values[0].id in given_out:
        return False
    maker = makers.get(values[0].id)
    fresh = maker is not None and maker.op is not None and maker.op.name in MAKERS
    return fresh and readers.get(values[0].id) == 1


def takes_flag(step: Step) -> bool:
    """Has the target's layer an argument for it?"""
    return any(isinstance(slot.value, Flag) and slot.value.name == WORD for slot in step.form.args)
