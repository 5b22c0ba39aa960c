"""Sizes that name a parameter of the program, and what is told where the target has a number there."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.writing.unnamed_sizes import OwnText

NET = """
class Net(nn.Module):
    def __init__(self, heads=4, dim=8, keep=2):
        super().__init__()
        self.heads, self.dim, self.keep = heads, dim, keep
        self.times = [1, heads]
        self.weight = nn.Parameter(torch.zeros(6 * keep, 8 // keep, 3))
        self.fc = nn.Linear(8, 3 * dim)

    def forward(self, x):
        {}
"""
FOLLOWED = [
    "return x.view(x.shape[0] * self.heads, -1)",
    "q, k, v = self.fc(x).split(self.dim, dim=-1); return q * k + v",
    "q, k, v = self.fc(x).view(-1, 3, self.heads, self.dim // self.heads).unbind(1); return q * k + v",
    "return x[:, : self.keep], x[:, -self.keep :].repeat(1, self.heads)",
    "return self.fc(x).view(x.shape[0], 3 * self.dim)",
    "return x.repeat(*self.times)",
    "return F.conv1d(x[:, :, None], self.weight, padding=1, groups=self.keep)",
]


@pytest.mark.parametrize("forward", FOLLOWED)
def test_nothing_is_told_of_what_follows(conversion: Callable[..., Converted], forward: str) -> None:
    assert [p for p in conversion(NET.format(forward), "2x8").written.problems if p.code == "frozen"] == []


TOLD = {
    "return torch.chunk(x, self.keep + 1, 1)[0]": "self.keep counts as 2 only: Split into equal parts",
}


@pytest.mark.parametrize("forward", TOLD)
def test_a_number_in_the_place_of_a_parameter_is_told(conversion: Callable[..., Converted], forward: str) -> None:
    made = conversion(NET.format(forward), "2x8")
    told = [p.why for p in made.written.problems if p.code == "frozen"]
    assert told == [f"{TOLD[forward]} is written for that"], made.text


def test_what_a_layer_takes_from_its_tensor_is_not_told(conversion: Callable[..., Converted]) -> None:
    init = "self.norm, self.m = nn.BatchNorm2d(dim, momentum=0.5), nn.Conv2d(dim, 2 * dim, 3, padding=1)"
    text = NET.format("return self.m(self.norm(x))").replace("self.fc =", f"{init}\n        self.fc =")
    assert [p for p in conversion(text, "2x8x4x4").written.problems if p.code == "frozen"] == []


def test_a_number_inside_of_what_stands_for_a_layer_is_told_where_it_is_called(
    conversion: Callable[..., Converted],
) -> None:
    init = "self.m = nn.ReplicationPad2d(keep + 1)"
    text = NET.format("return self.m(x)").replace("self.fc =", f"{init}\n        self.fc =")
    told = [p for p in conversion(text, "2x8x4x4").written.problems if p.code == "frozen"]
    assert [(p.why.split()[0], Path(p.file).name) for p in told] == [("keep", "model.py")]


def test_numbers_of_operands_and_of_axes_are_not_those_of_the_call() -> None:
    text = "ops.transpose(ops.reshape(ops.pad(x, 5), (-1, ops.shape(y)[3] // heads, 7)), (0, 2, 1))"
    own = OwnText({ast.dump(ast.parse("ops.pad(x, 5)", mode="eval").body)})
    own.visit(ast.parse(text, mode="eval").body)
    assert set(own.numbers) == {7}
    assert {"heads", "y"} <= own.names and "x" not in own.names
