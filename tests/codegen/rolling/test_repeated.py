"""What a constructor repeats has a name, what all calls say is a default, what nearly all say has its place."""

from __future__ import annotations

from collections.abc import Callable

SEPARABLE = """
def block(x, filters, expansion=1, kernel_size=3, rate=0.5):
    inputs = x
    channels = x.shape[-1]
    {local}
    x = layers.Conv2D(expansion * channels, 1, use_bias=False, name="expand")(x)
    x = layers.BatchNormalization(name="expand_bn")(x)
    x = layers.DepthwiseConv2D(kernel_size, padding="same", strides=2 if filters == 8 else 1, name="depthwise")(x)
    x = layers.Conv2D(filters, 1, name="project")(x)
    return x


def build():
    x = inputs = layers.Input((16, 16, 4))
    x = block(x, 8, expansion=2, rate=0.25)
    x = block(x, 12, expansion=3, rate=0.25)
    x = block(x, 12, expansion=3, rate=0.25)
    x = block(x, 16, expansion=1, rate=0.25)
    return keras.Model(inputs, x)
"""


def test_a_number_of_channels_that_is_given_and_taken_has_a_name(rolled: Callable[..., str]) -> None:
    text = rolled(SEPARABLE.format(local=""))
    assert "hidden = expansion * channels\n" in text
    assert "self.expand = nn.Conv2d(channels, hidden, 1, bias=False)" in text
    assert "groups=hidden" in text and "self.project = nn.Conv2d(hidden, filters, 1)" in text


def test_the_name_is_that_of_the_source(rolled: Callable[..., str]) -> None:
    text = rolled(SEPARABLE.format(local="width = expansion * channels"))
    assert "width = expansion * channels\n" in text and "hidden" not in text


def test_what_nearly_every_call_says_stands_in_its_place(rolled: Callable[..., str]) -> None:
    text = rolled(SEPARABLE.format(local=""))
    assert "def __init__(self, channels, filters, expansion):" in text
    assert "Block(4, 8, 2)" in text


def test_arguments_stand_in_the_order_of_their_call(rolled: Callable[..., str]) -> None:
    text = " ".join(rolled(SEPARABLE.format(local="")).split())
    assert "hidden, hidden, 3, stride=2 if filters == 8 else 1, padding=" in text
