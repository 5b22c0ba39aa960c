"""One text for all visits of a site, in arms on trial too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.convert import Converted

ATTENTION = """
import torch.nn as nn
from einops.layers.torch import Rearrange

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 8)
        self.split = Rearrange('b n (h d) -> b h n d', h=2)
        self.merge = Rearrange('b h n d -> b n (h d)')

    def forward(self, x, plain=None):
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        if plain is not None:
            return self.merge(v)
        return self.merge((q @ k.transpose(-1, -2)).softmax(-1) @ v)
"""


def test_an_arm_on_trial_gives_a_layer_the_order_that_it_gets_elsewhere(
    convert: Callable[..., Converted], write_source: Callable[..., Path]
) -> None:
    made = convert(write_source(ATTENTION), "2x3x8", model="Net()").text
    assert "if plain is not None:\n            return self.merge(v)" in made
    assert "return self.merge(ops.softmax(q @ ops.swapaxes(k, 3, 2)) @ v)" in made
