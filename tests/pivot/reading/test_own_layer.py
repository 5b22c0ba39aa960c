"""A layer's function called with the layer's own weights."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated

SOURCE = """
class Norm(nn.BatchNorm1d):
    def __init__(self, dim, eps=1e-3):
        super().__init__(dim, eps=eps)
    def forward(self, x):
        return F.batch_norm(
            x, self.running_mean, self.running_var, {weight}, self.bias, self.training, self.momentum, {eps}
        )
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = Norm(4)
    def forward(self, x):
        return self.norm(x)
"""


@pytest.mark.parametrize(
    ("weight", "eps", "own"),
    [("self.weight", "self.eps", True), ("self.weight", "1e-6", False), ("self.weight + 1", "self.eps", False)],
)
def test_the_layers_own_call(read: Callable[..., Elaborated], weight: str, eps: str, own: bool) -> None:
    done = read(SOURCE.format(weight=weight, eps=eps), "2x4")
    last = done.network.nodes[-1]
    assert (last.module is not None) is own
    assert last.params["epsilon"] == (1e-3 if eps == "self.eps" else 1e-6)
