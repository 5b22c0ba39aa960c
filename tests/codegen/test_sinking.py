"""Permutes behind elementwise steps, and operations that a framework says by several, are the same as the whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.static_proof import compare_networks
from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]

NET = """
import math
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.full((4, 1, 1), 0.1))
        self.conv = nn.Conv2d(4, 4, 1)
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        y = self.conv(x)
        {lines}
        return z
"""


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("z = F.relu(y.permute(0, 2, 3, 1))", "z = F.relu(y).permute(0, 2, 3, 1)", True),
        ("z = F.relu(y.permute(0, 2, 3, 1))", "z = F.relu(y).permute(0, 3, 2, 1)", False),
        (
            "u = self.fc(y.permute(0, 2, 3, 1)); z = self.scale * u.permute(0, 3, 1, 2) + x",
            "u = self.fc(y.permute(0, 2, 3, 1)); z = (self.scale.permute(1, 2, 0) * u).permute(0, 3, 1, 2) + x",
            True,
        ),
        (
            "u = self.fc(y.permute(0, 2, 3, 1)); z = u.permute(0, 3, 1, 2) + x",
            "u = self.fc(y.permute(0, 2, 3, 1)); z = (u + x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)",
            True,
        ),
        ("z = y.transpose(1, 2)", "z = y.permute(0, 2, 1, 3)", True),
        ("z = y.transpose(1, 2)", "z = y.permute(0, 3, 2, 1)", False),
        ("z = F.gelu(y)", "z = 0.5 * y * (1 + torch.erf(y / math.sqrt(2)))", True),
        ("z = F.gelu(y)", "z = (1 + torch.erf(y / math.sqrt(2))) * (y * 0.5)", True),
        ("z = F.gelu(y)", "z = 0.5 * y * (1 + torch.erf(y / 1.414))", False),
        ("z = F.gelu(y)", "z = 0.5 * y * (1 + torch.erf(x / math.sqrt(2)))", False),
        ("z = F.max_pool2d(y, 3, 1, ceil_mode=True)", "z = F.max_pool2d(y, 3, 1)", True),
        ("z = F.max_pool2d(y, 3, 2, ceil_mode=True)", "z = F.max_pool2d(y, 3, 2)", False),
    ],
)
def test_what_is_the_same(
    write_source: Callable[..., Path], read: Read, opset: OpSet, one: str, other: str, equal: bool
) -> None:
    first = read(write_source(NET.format(lines=one), "one.py"), "2x4x6x5")
    second = read(write_source(NET.format(lines=other), "other.py"), "2x4x6x5")
    assert compare_networks(first, second, opset).equal is equal
