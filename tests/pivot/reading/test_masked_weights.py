"""Layers that mask their weight before each use."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
NET = """
class Masked(nn.Conv2d):
    def __init__(self, *args):
        super().__init__(*args)
        self.register_buffer("mask", torch.ones(4, 2, 3, 3))
    def forward(self, x):
        {masking}
        return super().forward(x)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = Masked(2, 4, 3)
    def forward(self, x):
        return self.conv(x)
"""


@pytest.mark.parametrize("masking", ["self.weight.data *= self.mask", "self.weight.data.mul_(self.mask)"])
def test_a_mask_is_part_of_what_the_layer_computes(read: Read, masking: str) -> None:
    done = read(NET.format(masking=masking), "1x2x8x8")
    assert [n.op.name for n in done.network.nodes if n.op is not None] == ["mul", "conv2d"]
    assert any("masks its weight in place" in p.why for p in done.network.problems)


def test_what_changes_at_every_call_is_refused(read: Read) -> None:
    with pytest.raises(Refusal, match="computes with the new value"):
        read(NET.format(masking="self.weight.data *= 0.9"), "1x2x8x8")
