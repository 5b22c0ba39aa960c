"""Starts by sizes that the constructor names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import write_target
from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated

TEXT = """import torch
from torch import nn


class Own(nn.Module):
    def __init__(self, size, width):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(width))
        bound = {bound}
        nn.init.uniform_(self.weight, -bound, bound)

    def forward(self, x):
        return x.mean() * self.weight

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.other = Own(5, 4), Own({size}, {width})

    def forward(self, x):
        return self.one(x).sum() + self.other(x).sum()
"""


@pytest.mark.parametrize(
    ("bound", "size", "width", "made"),
    [
        ("size ** -0.5", 9, 6, "initializer=uniform(size)"),
        ("(size * width) ** -0.5", 9, 6, "initializer=uniform(size * width)"),
        ("size ** -0.5", 5, 6, "initializer=keras.initializers.RandomUniform("),
        ("size ** -0.25", 9, 6, "initializer='zeros'"),
    ],
)
def test_a_start_that_hangs_on_a_named_size_is_said_by_it(
    opset: OpSet,
    read: Callable[..., Elaborated],
    write_source: Callable[..., Path],
    bound: str,
    size: int,
    width: int,
    made: str,
) -> None:
    path = write_source(TEXT.format(bound=bound, size=size, width=width))
    text = write_target(read(path, "2x3", model="Net()"), "keras", opset, init="source").text
    assert made in " ".join(text.split()).replace('"', "'").replace("( ", "(")
