"""Layers that no mode applies are written all the same, from what their constructors say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted

NET = """
import torch.nn as nn
from einops.layers.torch import Rearrange

class Net(nn.Module):
    def __init__(self, heads=2):
        super().__init__()
        self.gate = Rearrange({pattern})
        self.fc = nn.Linear(8, 4)

    def forward(self, x):
        return self.fc(x)
"""


@pytest.mark.parametrize(
    ("pattern", "sizes"),
    [
        ("'b n h -> b h n 1'", "(ops.shape(x)[0], ops.shape(x)[2], ops.shape(x)[1], 1)"),
        ("'b n (h d) -> b h n d', h=heads", "ops.shape(x)[2] // heads"),
    ],
)
def test_a_pattern_tells_the_shape_of_what_it_is_for(
    convert: Callable[..., Converted], write_source: Callable[..., Path], pattern: str, sizes: str
) -> None:
    made = convert(write_source(NET.format(pattern=pattern)), "2x3x8", model="Net()")
    text = " ".join(made.text.split()).replace("( ", "(").replace(", )", ")")
    assert sizes in text and "ops.transpose(" in text
