"""Library classes that are handed on."""

from __future__ import annotations

from collections.abc import Callable

Net = Callable[..., str]


def test_an_adapter_keeps_the_names_by_which_it_is_called(net: Net) -> None:
    made = net(
        "self.pool = dict(max=nn.MaxPool2d, mean=nn.AvgPool2d)[mode](kernel_size=2)",
        "return self.pool(x)",
        "2x3x4x4",
        signature="mode='mean'",
    )
    assert "def avg_pool2d(kernel_size):" in made
    assert "mean=avg_pool2d)[mode](kernel_size=2)" in made


def test_an_identity_takes_whatever_it_is_given(net: Net) -> None:
    made = net(
        "self.pool = {None: nn.Identity, 'bn': nn.BatchNorm2d}[kind](num_features=3)",
        "return self.pool(x)",
        "2x3x4x4",
        signature="kind=None",
    )
    assert "def identity_layer(**rest):" in made or "def identity(**rest):" in made
