"""What is handed to `map` is called as it is called elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Net = Callable[..., str]


@pytest.mark.parametrize(
    ("init", "forward", "target"),
    [
        ("self.m = nn.Linear(8, 8)", "q, k = map(self.m, (x, x * 2))", "q, k = map(self.m, (x, x * 2))"),
        ("self.m = nn.ReLU()", "q, k = map(self.m, [x, x * 2])", "q, k = map(self.m, [x, x * 2])"),
        ("self.m = Part()", "q, k = map(self.m, (x, x * 2))", "q, k = map(self.m, (x, x * 2))"),
        (
            "self.m = Part()",
            "q, k = map(self.m.half, (x, x * 2))",
            "map(lambda y: self.m.half(y, training=training), (x, x * 2))",
        ),
    ],
)
def test_a_layer_handed_to_map(net: Net, init: str, forward: str, target: str) -> None:
    before = """class Part(nn.Module):
    def forward(self, x):
        return self.half(x)
    def half(self, x):
        return x / 2 if self.training else x

"""
    made = net(init, f"{forward}\nreturn (q + k).flatten(1)", "2x3x8", before=before)
    assert target in made
