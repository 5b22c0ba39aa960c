"""What another framework has no operation for is the same as the parts by which it is said there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.decomposing import decomposed
from codegen.static_proof import compare_networks
from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]

NET = """
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        y = self.conv(x)
        {lines}
        return z
"""


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("z = F.avg_pool2d(y, 3, 1, padding=1)", "z = F.avg_pool2d(F.pad(y, (1, 1, 1, 1)), 3, 1)", True),
        ("z = F.avg_pool2d(y, 3, 1, padding=1)", "z = F.avg_pool2d(F.pad(y, (1, 1, 0, 2)), 3, 1)", False),
        ("z = y.bernoulli(0.3)", "z = torch.where(torch.rand(y.shape) < 0.3, 1.0, 0.0)", True),
        ("z = y.bernoulli(0.3)", "z = torch.where(torch.rand(y.shape) < 0.4, 1.0, 0.0)", False),
        ("z = F.leaky_relu(y, 0.3)", "z = torch.maximum(y, 0.3 * y)", True),
    ],
)
def test_parts_and_the_whole(
    write_source: Callable[..., Path], read: Read, opset: OpSet, one: str, other: str, equal: bool
) -> None:
    first = read(write_source(NET.format(lines=one), "one.py"), "2x3x6x6")
    second = read(write_source(NET.format(lines=other), "other.py"), "2x3x6x6")
    assert not compare_networks(first, second, opset).equal
    assert compare_networks(first, second, opset, between="keras").equal is equal


def test_what_both_have_stays(write_source: Callable[..., Path], read: Read, opset: OpSet) -> None:
    done = read(write_source(NET.format(lines="z = F.relu(y)")), "2x3x6x6")
    assert decomposed(done, ("keras", "torch"), opset) is done
