"""Which values are nowhere negative: for them, padding with zeros is as good as padding with minus infinity.

What is written for a program has to hold for whatever it can be made with: there, only operations count that no
argument and no condition chose.
"""

from __future__ import annotations

from collections.abc import Mapping

from codegen.certain import Certain
from pivot.network import Node
from pivot.op import Op
from pivot.reading.trace import Trace
from pivot.reading.values import TensorVersion

NONNEGATIVE = {
    "relu",
    "relu6",
    "sigmoid",
    "softmax",
    "softplus",
    "abs",
    "exp",
    "square",
    "hard_sigmoid",
    "sqrt",
    "relu_squared",
}  # ops whose result is nowhere negative
PRESERVING = {
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "adaptive_avg_pool2d",
    "concat",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "identity",
    "reshape",
    "flatten",
    "permute",
    "transpose",
    "add",
    "mul",
    "zero_pad2d",
    "zero_pad1d",
    "zero_pad3d",
    "index",
    "stack",
    "split",
    "chunk",
    "squeeze",
    "unsqueeze",
    "upsample1d",
    "upsample2d",
    "upsample3d",
    "resize2d",
}  # ops that keep nonnegative operands nonnegative


class Signs:
    """Signs of values, learned node by node in order of evaluation. `trace`: of a program that is to be written."""

    def __init__(self, trace: Trace | None = None) -> None:
        self.positive: set[str] = set()
        self.certain = Certain(trace) if trace is not None else None

    def mark(self, node: Node) -> None:
        """Remember results that are nowhere negative."""
        name = node.op.name if node.op is not None else ""
        made = name in NONNEGATIVE
        keeps = name in PRESERVING or (name == "axis_pad" and self.is_positive(node.params.get("value")))
        kept = keeps and node.operands and all(self.is_positive(o) for o in node.operands.values())
        if (made or kept) and (self.certain is None or self.certain.has(node)):
            self.positive.update(r.id for r in node.results)

    def is_positive(self, operand: object) -> bool:
        """Is an operand known to be nowhere negative?"""
        if isinstance(operand, TensorVersion):
            return operand.id in self.positive
        if isinstance(operand, tuple):
            return all(self.is_positive(o) for o in operand)
        return operand is None or (isinstance(operand, (int, float)) and operand >= 0)

    def follow(self, op: Op, operands: Mapping[str, object], fresh: TensorVersion) -> None:
        """A value that a decomposition makes in between."""
        if op.name in PRESERVING and all(self.is_positive(o) for o in operands.values()):
            self.positive.add(fresh.id)
