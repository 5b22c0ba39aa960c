"""The source's expressions in the target's notation, where one side counts otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Init = Callable[..., str]


@pytest.mark.parametrize(
    ("signature", "source", "target"),
    [
        ("affine=True", "nn.BatchNorm2d(4, affine=affine)", "center=affine, scale=affine"),
        ("affine=False", "nn.InstanceNorm2d(4, affine=affine)", "center=affine, scale=affine"),
        ("m=0.2", "nn.BatchNorm2d(4, momentum=m)", "momentum=1 - m"),
    ],
)
def test_layers(init: Init, signature: str, source: str, target: str) -> None:
    assert target in init(f"self.m = {source}", "return self.m(x)", "2x4x5x5", signature=signature)


def test_the_size_of_a_head_follows_their_number_and_the_width(written: Callable[..., str]) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self, heads=2, dim=8):
                super().__init__()
                self.a = nn.MultiheadAttention(8, heads, batch_first=True)
                self.b = nn.MultiheadAttention(dim, 2, batch_first=True)

            def forward(self, x):
                return self.a(x, x, x)[0] + self.b(x, x, x)[0]
        """,
        "2x5x8",
    )
    assert "(heads, 8 // heads)" in made and "(2, dim // 2)" in made


def test_a_factor_of_all_axes_is_followed(written: Callable[..., str]) -> None:
    made = written(
        """
        class Net(nn.Module):
            def __init__(self, scale=2):
                super().__init__()
                self.scale = scale

            def forward(self, x):
                return F.interpolate(x, scale_factor=self.scale)
        """,
        "2x3x4x5",
    )
    assert "ops.repeat(ops.repeat(x, self.scale, axis=2), self.scale, axis=3)" in made
