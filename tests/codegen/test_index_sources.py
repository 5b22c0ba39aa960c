"""Tensors that are indices, and where they got their order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.reading.keras import KerasDialect

Convert = Callable[..., Converted]

PLACES = """
import torch
from einops import rearrange
from torch import nn

class Net(nn.Module):
    def __init__(self, size=3, heads=2):
        super().__init__()
        self.table = nn.Parameter(torch.randn((2 * size - 1) ** 2, heads))
        places = torch.arange(size)
        grid = torch.stack(torch.meshgrid(places, places, indexing="ij"))
        {grid}
        between = grid[:, None] - grid[None, :] + size - 1
        index = (between * torch.tensor([2 * size - 1, 1])).sum(dim=-1)
        self.register_buffer("index", index, persistent=False)

    def forward(self, x):
        return x + self.table[self.index].permute(2, 0, 1)
"""


@pytest.mark.parametrize("grid", ["grid = rearrange(grid, 'c i j -> (i j) c')", "grid = grid.flatten(1).permute(1, 0)"])
def test_what_is_an_index_is_kept_in_the_sources_order(
    convert: Convert, write_source: Callable[..., Path], opset: OpSet, tmp_path: Path, grid: str
) -> None:
    made = convert(write_source(PLACES.format(grid=grid)), "2x2x9x9", model="Net()")
    assert prove(made, KerasDialect(), opset, tmp_path / "made.py").why is None
    assert made.text.count("ops.transpose(") == 2 and "(between * " in made.text
