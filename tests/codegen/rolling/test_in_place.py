"""Activations work in place where nothing else reads what they overwrite."""

from __future__ import annotations

from collections.abc import Callable

NET = """
def build():
    x = inputs = layers.Input((8, 8, 3))
    x = layers.Conv2D(4, 3)(x)
    y = layers.ReLU(6.0)(x)
    y = layers.Conv2D(4, 1)(y)
    y = layers.ReLU(6.0)(y)
    return keras.Model(inputs, {out})
"""


def test_what_only_an_activation_reads_is_overwritten(rolled: Callable[..., str]) -> None:
    assert "self.relu6 = nn.ReLU6(inplace=True)" in rolled(NET.format(out="y"))


def test_what_is_read_again_is_not(rolled: Callable[..., str]) -> None:
    assert "inplace" not in rolled(NET.format(out="layers.add([x, y])"))
    assert "inplace" not in rolled(NET.format(out="[x, y]"))


def test_what_a_pool_or_an_input_gives_is_not(rolled: Callable[..., str]) -> None:
    assert "inplace" not in rolled(
        NET.format(out="y").replace("layers.Conv2D(4, 3)(x)", "layers.AveragePooling2D(2)(x)")
    )
    assert "inplace" not in rolled(NET.format(out="y").replace("layers.Conv2D(4, 3)(x)", "x"))
