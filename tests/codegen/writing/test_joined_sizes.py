"""Sizes of reshapes that differ from visit to visit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

NET = """
class Part(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.weight = nn.Parameter(torch.zeros(width, 3, heads))

    def forward(self, x):
        {body}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = Part(8, 2), Part(8, 4)

    def forward(self, x):
        return self.one(x).sum() + self.two(x).sum()
"""


@pytest.mark.parametrize(
    ("body", "target"),
    [
        ("return x.reshape(x.shape[0], -1, self.heads, x.shape[2])", "ops.shape(x)[1] // self.heads"),
        ("return x.unflatten(1, (self.heads, x.shape[1] // self.heads))", "self.heads, ops.shape(x)[1] // self.heads"),
        ("return self.weight.flatten().reshape_as(self.weight)", "(8, 3, self.weight.shape[2])"),
    ],
)
def test_a_size_is_said_by_the_tensor_that_it_comes_from(written: Callable[..., str], body: str, target: str) -> None:
    assert target in written(NET.format(body=body), "2x8x5")
