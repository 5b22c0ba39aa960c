"""What only numbers axes and places is the same, however it was written; everything else is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.static_proof import compare_networks
from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]

ROWS = "(y[:, 0, 0] > 0).long()"

NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(4, 5, batch_first=True)
        self.fc = nn.Linear(5, 3)

    def forward(self, x):
        y, h = self.rnn(x)
        {lines}
        return self.fc(z)
"""


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("z = h[-1]", "z = h[0].unsqueeze(0)[0]", True),
        ("z = h[-1]", "w = y.permute(1, 0, 2); z = h[-1]", True),
        ("z = y.permute(0, 2, 1).permute(0, 2, 1)", "z = y", True),
        ("z = y.unsqueeze(1)[:, 0]", "z = y", True),
        ("z = y.flatten(0, 1)", "z = y.reshape(-1, 5)", True),
        ("z = y.mean(1)", "z = y.mean(1, keepdim=True)[:, 0]", True),
        ("z = y.mean(1)", "z = nn.functional.adaptive_avg_pool1d(y.transpose(1, 2), 1).squeeze(2)", False),
        ("z = y.mean(1)", "z = y.mean(2, keepdim=True).expand(-1, -1, 5)[:, 0]", False),
        ("z = y.permute(1, 0, 2)", "z = y", False),
        ("z = h[-1]", "z = y[:, -1]", False),
        ("z = y[:, 0]", "z = nn.functional.dropout(y, 0.5, False)[:, 0]", True),
        ("z = y[:, 0]", "z = nn.functional.dropout(y, 0.5, True)[:, 0]", False),
        (f"i = {ROWS}; z = self.fc.weight[i]", f"i = {ROWS}; z = nn.functional.embedding(i, self.fc.weight)", True),
    ],
)
def test_what_is_the_same(
    write_source: Callable[..., Path], read: Read, opset: OpSet, one: str, other: str, equal: bool
) -> None:
    first = read(write_source(NET.format(lines=one), "one.py"), "2x6x4")
    second = read(write_source(NET.format(lines=other), "other.py"), "2x6x4")
    assert compare_networks(first, second, opset).equal is equal
