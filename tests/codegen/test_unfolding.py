"""A linear layer gives its features in the order that the axes they become are stored in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codegen.convert import Converted
from codegen.orders import Block

SOURCE = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(10, 96)
        self.norm = nn.BatchNorm1d(96)
        self.conv = nn.Conv2d(6, 2, 1)
        {init}
        self.stack = nn.Sequential(nn.BatchNorm2d(6), nn.Conv2d(6, 2, 1))

    def forward(self, x):
        {forward}
"""
BLOCK = Block(1, (6, 4, 4), (1, 2, 0))


@pytest.fixture
def layout(convert: Callable[..., Converted], write_source: Callable[..., object]) -> Callable[..., Converted]:
    """`layout("return ...")` converts a network with this forward pass."""

    def made(forward: str, init: str = "pass") -> Converted:
        text = SOURCE.format(forward=forward.replace("\n", "\n        "), init=init)
        return convert(write_source(text), "3x10", model="Net()")

    return made


@pytest.mark.parametrize("between", ["x", "torch.relu(x)", "self.norm(x)", "torch.tanh(self.norm(x))"])
def test_the_weights_take_the_order_of_the_axes(layout: Callable[..., Converted], between: str) -> None:
    made = layout(f"x = self.fc(x)\nreturn self.conv({between}.view(-1, 6, 4, 4))")
    found = {p.step.op.name: p.absorbed for p in made.layout.placed.values() if p.absorbed}
    assert found["linear"] == {"kernel": (("O", BLOCK),), "bias": (("O", BLOCK),)}
    assert "ops.transpose" not in made.text
    assert "(-1, 4, 4, 6)" in made.text


@pytest.mark.parametrize(
    "forward",
    [
        "x = self.fc(x)\nreturn self.conv(x.view(-1, 6, 4, 4)), x",
        "x = self.fc(x)\nreturn self.conv(x.view(-1, 6, 4, 4)) + x.sum()",
        "y = self.fc(x) + self.fc.bias.sum()\nreturn self.conv(self.fc(x).view(-1, 6, 4, 4)) + y.sum()",
    ],
)
def test_what_somebody_else_reads_keeps_its_order(layout: Callable[..., Converted], forward: str) -> None:
    made = layout(forward)
    assert not any(p.absorbed for p in made.layout.placed.values())
    assert made.text.count("ops.transpose") == 1


def test_a_transpose_before_a_member_of_a_container_is_a_layer_of_it(layout: Callable[..., Converted]) -> None:
    made = layout("x = self.fc(x)\nreturn self.stack(x.view(-1, 6, 4, 4)), x")
    assert "layers.Permute((2, 3, 1)),\n" in made.text


def test_an_unflatten_in_a_container_is_a_reshape(layout: Callable[..., Converted]) -> None:
    init = "self.list = nn.Sequential(nn.Linear(10, 96), nn.Unflatten(1, (6, 4, 4)), nn.BatchNorm2d(6))"
    assert "layers.Reshape((4, 4, 6)),\n" in layout("return self.list(x)", init).text
