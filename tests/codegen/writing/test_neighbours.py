"""Sizes that a call beside says, turn by turn, and arguments that are one of two numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.convert import Converted
from codegen.static_proof import Proof

HEAD = "import keras\nfrom keras import layers\n\n"


def test_the_argument_of_a_call_before_is_the_size(
    write_source: Callable[..., Path], to_torch: Callable[..., tuple[Converted, Proof]]
) -> None:
    text = (
        HEAD
        + """
class Setting:
    def __init__(self, width, after):
        self.width = width
        self.after = after


class Scale(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.width = width

    def call(self, x):
        return x * self.width


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        settings = [Setting(4, 8), Setting(8, None), Setting(8, 6)]
        found = []
        for setting in settings:
            found.append(Scale(setting.width))
            if setting.after is not None:
                found.append(keras.Sequential([Scale(setting.width), layers.Dense(setting.after)]))
        self.all = keras.Sequential(found)

    def call(self, x):
        return self.all(x)
"""
    )
    made, proof = to_torch(write_source(text), "2x4", model="Net()")
    assert proof.equal
    assert "nn.Linear(setting.width, setting.after)" in made.text


def test_a_parameter_that_is_the_number_at_every_visit(
    write_source: Callable[..., Path], to_torch: Callable[..., tuple[Converted, Proof]]
) -> None:
    text = (
        HEAD
        + """
def conv(filters, kernel, stride=1, padding=0):
    if padding == 0 or stride == 1:
        return layers.Conv2D(filters, kernel, strides=stride, padding="same")
    return keras.Sequential([layers.ZeroPadding2D(padding), layers.Conv2D(filters, kernel, strides=stride)])


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = conv(4, 3, padding=1)
        self.b = conv(4, 1, stride=2)
        self.c = conv(4, 3, stride=2, padding=1)

    def call(self, x):
        return self.c(self.b(self.a(x)))
"""
    )
    made, proof = to_torch(write_source(text), "1x16x16x3", model="Net()")
    assert proof.equal
    assert "stride=stride, padding=padding" in made.text
