"""What a layer was made with, read from it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Call = Callable[..., str]


@pytest.mark.parametrize(
    ("layer", "forward", "target"),
    [
        ("nn.Dropout(0.3)", "return x * self.m.p", "return x * self.m.rate"),
        ("nn.Linear(4, 8)", "return self.m(x) * self.m.out_features", "return self.m(x) * self.m.units"),
        (
            "nn.Linear(4, 8)",
            "return self.m(x.to(self.m.weight.dtype))",
            "return self.m(ops.cast(x, self.m.compute_dtype))",
        ),
        ("nn.Linear(4, 8)", "return self.m(x) * self.m.in_features", "return self.m(x) * 4"),
    ],
)
def test_attributes(call: Call, layer: str, forward: str, target: str) -> None:
    assert call(f"self.m = {layer}", forward, "2x4").replace('"', "'") == target


def test_windows_of_convolutions_are_one_number_per_axis(call: Call) -> None:
    text = call("self.m = nn.Conv2d(3, 8, 3)", "return self.m(x) * self.m.kernel_size[0]", "2x3x8x8")
    assert text.endswith("self.m.kernel_size[0]")
