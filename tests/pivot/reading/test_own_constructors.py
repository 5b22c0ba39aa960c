"""Classes that derive from a layer without a constructor of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
SOURCE = """
import torch
from torch import nn

class Norm({base}):
    \"\"\"A layer.\"\"\"
    def forward(self, x):
        return super().forward(x).relu()

class Net(nn.Module):
    def __init__(self{more}):
        super().__init__()
        self.norm = {made}
    def forward(self, x):
        return self.norm(x)
"""
FULL = "self, normalized_shape, eps=1e-05, elementwise_affine=True, bias=True"


@pytest.mark.parametrize(
    ("base", "made", "more", "given", "op"),
    [
        ("nn.BatchNorm1d", "Norm(4)", "", "self, num_features", "batch_norm"),
        ("nn.BatchNorm1d", "Norm(4, momentum=0.3)", "", "self, num_features, momentum=0.1", "batch_norm"),
        ("nn.Linear", "Norm(4, 8, False)", "", "self, in_features, out_features, bias=True", "linear"),
        ("nn.LayerNorm", "norm(4)", ", norm=Norm", FULL, "layer_norm"),
    ],
)  # fmt: skip
def test_they_are_given_the_one_they_inherit(read: Read, base: str, made: str, more: str, given: str, op: str) -> None:
    import ast

    done = read(SOURCE.format(base=base, made=made, more=more), "2x4", model="Net()")
    assert [n.op.name for n in done.network.nodes if n.op is not None] == [op, "relu"]
    tree = next(t for t in done.evaluator.trace.keep if isinstance(t, ast.Module))
    made_one = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "__init__")
    assert ast.unparse(made_one.args) == given
