"""What a parameter of the program decides, it decides in the target too, or that is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted

NET = """
    import torch
    import torch.nn.functional as F
    from torch import nn

    class Net(nn.Module):
        def __init__(self, {signature}):
            super().__init__()
            {made}

        def forward(self, x):
            return {forward}
"""


@pytest.fixture
def net(write_source: Callable[..., Path], convert: Callable[..., Converted]) -> Callable[..., Converted]:
    def made(signature: str, init: str, forward: str = "self.m(x)") -> Converted:
        path = write_source(NET.format(signature=signature, made=init, forward=forward))
        return convert(path, "2x4x9x9", model="Net()")

    return made


@pytest.mark.parametrize(
    ("signature", "init", "forward", "name"),
    [
        ("c=False", "self.m = nn.MaxPool2d(2, ceil_mode=c)", "self.m(x)", "c"),
        ("mode='zeros'", "self.m = nn.Conv2d(4, 4, 3, padding=1, padding_mode=mode)", "self.m(x)", "mode"),
        ("size=1", "self.m = nn.Sequential(nn.AdaptiveAvgPool2d(size))", "self.m(x)", "size"),
        ("size=1", "self.m = nn.AdaptiveAvgPool2d(size)", "self.m(x)", "size"),
        ("dim=1", "self.dim, self.m = dim, nn.Conv2d(4, 8, 3)", "self.m(x).mean(self.dim)", "self.dim"),
        ("kind='BatchNorm2d'", "self.m = getattr(nn, kind)(4)", "self.m(x)", "kind"),
        ("kind='LSTM'", "self.m = getattr(nn, kind)(9, 5, 2, batch_first=True)", "self.m(x[:, 0])[0]", "kind"),
    ],
)
def test_a_value_that_nothing_else_can_take_the_place_of_is_told(
    net: Callable[..., Converted], signature: str, init: str, forward: str, name: str
) -> None:
    told = [p for p in net(signature, init, forward).written.problems if p.code == "frozen"]
    assert [p.severity for p in told] == ["warning"] and told[0].why.startswith(f"{name} counts as ")


@pytest.mark.parametrize(
    ("signature", "init"),
    [
        ("k=3, bias=True", "self.m = nn.Conv2d(4, 8, k, padding=k // 2, bias=bias)"),
        ("cin=4, eps=1e-3", "self.m = nn.BatchNorm2d(cin, eps=eps)"),
        ("width=4", "self.m = nn.Conv2d(width, width, 3, groups=width)"),
        ("k=2", "self.m = nn.MaxPool2d(k) if k > 1 else nn.Identity()"),
        ("more=0", "self.m = nn.ConvTranspose2d(4, 4, 2, 2, output_padding=more)"),
    ],
)
def test_nothing_is_told_where_the_target_follows(net: Callable[..., Converted], signature: str, init: str) -> None:
    assert not [p for p in net(signature, init).written.problems if p.code == "frozen"]


@pytest.mark.parametrize(
    ("signature", "init", "pads"),
    [
        ("p=1", "self.m = nn.Conv2d(4, 8, 3, padding=p)", "layers.ZeroPadding2D(p)"),
        ("stride=1", "self.m = nn.Conv2d(4, 8, 3, stride, 1)", "layers.ZeroPadding2D()"),
        ("k=3", "self.m = nn.Conv2d(4, 8, k, padding=k // 2)", 'padding="same"'),
        ("bias=True", "self.m = nn.Conv2d(4, 8, 3, padding=1, bias=bias)", 'padding="same"'),
    ],
)
def test_same_stands_only_where_it_is_right_for_other_values_too(
    net: Callable[..., Converted], signature: str, init: str, pads: str
) -> None:
    text = net(signature, init).text
    assert pads in text and ("ZeroPadding2D" in text) is ("ZeroPadding2D" in pads)


@pytest.mark.parametrize(
    ("signature", "init", "written"),
    [
        ("k=2, s=2", "self.m = nn.ConvTranspose2d(4, 6, k, s)", "(6, k, strides=s, output_padding=0)"),
        ("k=4, p=1", "self.m = nn.ConvTranspose2d(4, 6, k, 2, p)", "(6, k, strides=2, output_padding=0)"),
        ("s=2, more=0", "self.m = nn.ConvTranspose2d(4, 6, 2, s, 0, more)", "(6, 2, strides=s, output_padding=more)"),
        ("k=3, p=1", "self.m = nn.ConvTranspose2d(4, 6, k, 2, p, 1)", "(6, k, strides=2, output_padding=0)"),
        ("n=6", "self.m = nn.ConvTranspose2d(4, n, 2, 2)", "(n, 2, strides=2)"),
        ("more=0", "self.m = nn.ConvTranspose2d(4, 6, 4, 2, 1, more)", '(6, 4, strides=2, padding="same")'),
    ],
)
def test_a_transposed_convolution_says_its_padding_where_a_stride_may_become_larger_than_the_kernel(
    net: Callable[..., Converted], signature: str, init: str, written: str
) -> None:
    assert written.replace(" ", "") in "".join(net(signature, init).text.split())


def test_a_width_that_the_source_names_nowhere_in_a_reshape_is_asked_of_the_tensor(
    net: Callable[..., Converted],
) -> None:
    made = net("width=16", "self.m = nn.Conv2d(4, width, 3)", "self.m(x).flatten(2).permute(0, 2, 1)")
    assert made.text.count("16") == 1
    assert "ops.shape(x2)[1] * ops.shape(x2)[2], ops.shape(x2)[3]" in made.text
