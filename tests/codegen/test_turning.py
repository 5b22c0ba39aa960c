"""A class that is reached with tensors in two orders: the statement that makes the odd one transposes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.convert import Converted
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.reading.keras import KerasDialect

NET = """
import torch
from torch import nn


class Conv(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.conv = nn.Conv2d(a, b, 1)

    def forward(self, x):
        return self.conv(x).relu()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = Conv(3, 8), Conv(8, 4)
        self.attn = nn.Softmax(dim=-1)

    def forward(self, x):
        x = self.one(x)
        n, c, h, w = x.shape
        flat = x.flatten(2)
        mixed = torch.matmul(self.attn(flat @ flat.transpose(1, 2)), flat).view(n, c, h, w)
        return self.two(mixed)
"""


def test_the_odd_one_is_transposed_where_it_is_made(
    convert: Callable[..., Converted], write_source: Callable[..., Path], opset: OpSet, tmp_path: Path
) -> None:
    made = convert(write_source(NET), "2x3x6x6", model="Net()")
    assert "ops.transpose(ops.reshape(" in "".join(made.text.split())
    assert prove(made, KerasDialect(), opset, tmp_path / "target.py").why is None
