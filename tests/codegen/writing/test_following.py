"""Padding that a parameter of the program says is a layer of its own, though it is 0 on this configuration."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Net = Callable[..., str]


@pytest.mark.parametrize(
    ("made", "target"),
    [
        ("nn.MaxPool2d(2, padding=p)", "((0, 0), (p, p), (p, p), (0, 0)), constant_values=float"),
        ("nn.AvgPool2d(2, 2, p)", "layers.ZeroPadding2D(p)"),
        ("nn.ConvTranspose2d(4, 4, 4, 2, padding=p)", "layers.Cropping2D(p)"),
        ("nn.Sequential(nn.ConvTranspose2d(4, 4, 4, 2, p, bias=False))", "layers.Cropping2D(p)"),
    ],
)
@pytest.mark.parametrize("signature", ["p=0", "p=1"])
def test_layers(net: Net, made: str, target: str, signature: str) -> None:
    text = net(f"self.m = {made}", "return self.m(x)", "2x4x9x9", signature=signature)
    assert target in text


@pytest.mark.parametrize("signature", ["k=1", "k=3"])
def test_padding_made_of_what_else_the_layer_is_made_of(net: Net, signature: str) -> None:
    """A window of one place has nothing to pad; others have, and by its names alone nobody is told."""
    text = net("self.m = nn.Conv2d(4, 4, k, k, (k - 1) // 2)", "return self.m(x)", "2x4x9x9", signature=signature)
    assert "layers.ZeroPadding2D((k - 1) // 2)" in text
    assert "strides=k" in text


def test_a_stride_that_is_the_size_of_its_window_by_chance(net: Net) -> None:
    text = net("self.m = nn.MaxPool2d(k, stride=1)", "return self.m(x)", "2x4x9x9", signature="k=1")
    assert "layers.MaxPooling2D(k, strides=1)" in text
    text = net("self.m = nn.MaxPool2d(2, stride=2)", "return self.m(x)", "2x4x9x9")
    assert "layers.MaxPooling2D(2)" in text or "layers.MaxPooling2D()" in text


def test_padding_that_is_written_down_stands_where_the_layer_is_called(net: Net) -> None:
    text = net("self.m = nn.MaxPool2d(3, 2, 1)", "return self.m(x)", "2x4x9x9")
    assert "self.m_pad" not in text and "self.m(ops.pad(x, " in "".join(text.split("\n")).replace("    ", "")


def test_one_of_several_layers_that_an_attribute_may_be_has_its_padding_inside(net: Net) -> None:
    init = "if k > 1:\n    self.m = nn.MaxPool2d(3, 2, 1)\nelse:\n    self.m = nn.AvgPool2d(2)"
    text = net(init, "return self.m(x)", "2x4x9x9", signature="k=2")
    assert "self.m = keras.Sequential(" in text and "return self.m(x)" in text
