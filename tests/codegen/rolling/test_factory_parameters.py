"""A builder's parameter that is nothing but an argument of a layer stays one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

BUILDER = """
def inner(width, classes, rate):
    x = keras.Input((8, 8, 2))
    y = layers.Conv2D(width, 3)(x)
    {between}
    y = layers.Dropout(rate)(layers.Flatten()(y))
    return keras.Model(x, layers.Dense(classes)(y))


def build(width=4, classes=10, rate=0.25):
    if classes < 1:
        raise ValueError(f"no classes: {{classes}}")
    return inner(width, classes=classes, rate=rate)
"""


@pytest.mark.parametrize(
    ("between", "parameters", "layer"),
    [
        ("pass", "self, classes=10, rate=0.25", "nn.Linear(144, classes)"),
        ("y = y * classes", "self, rate=0.25", "nn.Linear(144, 10)"),
        ("y = layers.ReLU()(y) if classes > 5 else y", "self, rate=0.25", "nn.Linear(144, 10)"),
    ],
)
def test_parameters_of_a_builder(rolled: Callable[..., str], between: str, parameters: str, layer: str) -> None:
    text = rolled(BUILDER.format(between=between), "build()")
    assert f"def __init__({parameters})" in text and layer in text and "nn.Dropout(rate)" in text
