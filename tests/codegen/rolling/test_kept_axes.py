"""Axes that are put back behind a reduction are kept by it, and only where nothing else reads what has none."""

from __future__ import annotations

from collections.abc import Callable

GATED = """
def build():
    x = inputs = layers.Input((8, 8, 6))
    s = layers.GlobalAveragePooling2D()(x)
    {between}
    s = layers.Reshape({shape})(s)
    s = layers.Conv2D(6, 1, activation="sigmoid")(s)
    return keras.Model(inputs, {out})
"""


def test_a_mean_keeps_the_axes_that_come_back(rolled: Callable[..., str]) -> None:
    text = rolled(GATED.format(between="", shape="(1, 1, 6)", out="layers.multiply([x, s])"))
    assert ".mean((2, 3), keepdim=True)" in text
    assert "reshape" not in text and "view" not in text


def test_a_mean_that_something_else_reads_stays(rolled: Callable[..., str]) -> None:
    text = rolled(GATED.format(between="t = layers.Dense(2)(s)", shape="(1, 1, 6)", out="[s, t]"))
    assert "keepdim" not in text


def test_other_axes_are_a_reshape(rolled: Callable[..., str]) -> None:
    text = rolled(GATED.format(between="", shape="(1, 6, 1)", out="s").replace("Conv2D(6", "Conv2D(2"))
    assert "keepdim" not in text
    text = rolled(GATED.format(between="", shape="(1, 2, 3)", out="s"))
    assert "keepdim" not in text
