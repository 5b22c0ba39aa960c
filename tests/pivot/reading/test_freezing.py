"""Weights that are not trained."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w, self.v = nn.Parameter(torch.ones(4)), nn.Parameter(torch.ones(4))
        self.fc, self.last = nn.Linear(4, 4), nn.Linear(4, 4)
        {statement}
    def forward(self, x):
        return self.last(self.fc(x * self.w + self.v))
"""
ALL = {"w", "v", "fc.weight", "fc.bias", "last.weight", "last.bias"}


@pytest.mark.parametrize(
    ("statement", "frozen"),
    [
        ("pass", set()),
        ("self.w.requires_grad = False", {"w"}),
        ("self.w.requires_grad_(False)", {"w"}),
        ("self.w.requires_grad_(False); self.w.requires_grad = True", set()),
        ("self.fc.weight.requires_grad = False", {"fc.weight"}),
        ("self.fc.requires_grad_(False)", {"fc.weight", "fc.bias"}),
        ("self.requires_grad_(False)", ALL),
        ("for p in self.last.parameters(): p.requires_grad = False", {"last.weight", "last.bias"}),
    ],
)
def test_what_is_not_trained(read: Read, statement: str, frozen: set[str]) -> None:
    done = read(NET.format(statement=statement), "2x4")
    assert {name for p in done.network.parameters if not p.trainable for name in p.names} == frozen
    said = [p for p in done.network.problems if p.code == "frozen"]
    assert bool(said) == any("." in name for name in frozen), "layers of the library are said"


def test_a_tensor_is_what_requires_grad_gives(read: Read) -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("table", torch.zeros(1, 9, 4))
    def forward(self, x):
        return x + self.table[:, :x.size(1)].requires_grad_(False)
"""
    assert read(text, "2x3x4").network.runs["eval"].nodes[-1].op.name == "add"
