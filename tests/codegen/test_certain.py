"""Zeros are padded under a maximum only where the program has no other configuration with negative values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted

NET = """
    import torch
    import torch.nn.functional as F
    from torch import nn

    class Net(nn.Module):
        def __init__(self, leaky=False, act=nn.ReLU):
            super().__init__()
            self.leaky = leaky
            {made}
            self.pool = nn.MaxPool2d(3, 2, 1)

        def forward(self, x):
            {met}
            return self.pool(x)
"""


@pytest.mark.parametrize(
    ("made", "met", "zeros"),
    [
        ("self.act = nn.ReLU()", "x = self.act(x)", True),
        ("self.act = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU())", "x = self.act(x)", True),
        ("", "x = F.relu(x)", True),
        ("", "x = x.relu() + 1", True),
        ("self.act = nn.LeakyReLU(0.2) if leaky else nn.ReLU()", "x = self.act(x)", False),
        ("self.act = act()", "x = self.act(x)", False),
        ("", "x = F.leaky_relu(x) if self.leaky else F.relu(x)", False),
        ("self.act = nn.ReLU()", "if not self.leaky:\n                x = self.act(x)", False),
        ("self.act = F.relu if not leaky else F.elu", "x = self.act(x)", False),
        ("", "if self.leaky:\n                return self.pool(F.elu(x))\n            x = F.relu(x)", False),
    ],
)
def test_zeros_stand_for_minus_infinity_only_where_nothing_else_can_be_chosen(
    write_source: Callable[..., Path], convert: Callable[..., Converted], made: str, met: str, zeros: bool
) -> None:
    path = write_source(NET.replace("{made}", made or "self.name = 'net'").replace("{met}", met))
    text = convert(path, "2x3x9x9", model="Net()").text
    assert ("ZeroPadding2D" in text) is zeros
    assert ("inf" in text) is not zeros
