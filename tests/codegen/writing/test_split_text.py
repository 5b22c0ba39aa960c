"""Parts whose size the source says by a parameter."""

from __future__ import annotations

from collections.abc import Callable

import pytest

SIGNATURE = "dim=4, parts=2, size=2"
INIT = "self.dim, self.parts, self.size = dim, parts, size\nself.fc = nn.Linear(8, 3 * dim)"


@pytest.mark.parametrize(
    ("forward", "wanted"),
    [
        ("return torch.cat(x.split(self.size, -1)[::-1], -1)", "ops.split(x, range(self.size, x.shape[1], self.size)"),
        ("a, b, c, d = x.split(self.size, 1)\nreturn a + b * c - d", "[self.size, 2 * self.size, 3 * self.size]"),
        ("c = x.shape[1]\nreturn sum(x.split(c // self.parts, 1))", "sum(ops.split(x, self.parts, axis=1))"),
        ("a, b, c = self.fc(x).split(self.dim, 1)\nreturn a + b * c", "ops.split(self.fc(x), 3, axis=1)"),
        ("x = self.fc(x)\na, b, c = x.split(self.size * 2, 1)\nreturn a + b * c", "2 * (self.size * 2)"),
        ("a, b = x.split(4, 1)\nreturn a + b", "ops.split(x, 2, axis=1)"),
        ("c = x.shape[1] // 2\na, b = x.split(c, 1)\nreturn a + b", "ops.split(x, 2, axis=1)"),
    ],
)
def test_parts_are_cut_where_the_parameter_says(net: Callable[..., str], forward: str, wanted: str) -> None:
    text = " ".join(net(INIT, forward, "2x8", signature=SIGNATURE).split())
    assert wanted in text


def test_what_is_cut_is_computed_once(net: Callable[..., str]) -> None:
    text = net(INIT, "return sum(self.fc(x).split(self.size, 1))", "2x8", signature=SIGNATURE)
    assert text.count("self.fc(x)") == 1
