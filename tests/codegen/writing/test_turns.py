"""Sizes of layers in loops that no name says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

NET = """
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self, width=4):
        super().__init__()
        self.width = width
        self.row = keras.Sequential()
        for _ in range(2):
            for turn in range(2):
                self.row.add(layers.Dense(self.width + turn))
            self.width *= 2
        self.out = layers.Dense(3)

    def call(self, x):
        return self.out(self.row(x))
"""


def test_a_size_is_carried_through_loops_in_loops(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    """And an attribute that has another value by then does not say the size of an earlier layer."""
    path = tmp_path / "net.py"
    path.write_text(NET)
    converted, proof = to_torch(path, "2x6", model="Net()")
    assert proof.equal, proof.why
    lines = [line.strip() for line in converted.text.split("\n")]
    assert lines.index("in_features = 6") < lines.index("for _ in range(2):")
    assert "in_features = self.width + turn" in lines and "self.out = nn.Linear(9, 3)" in lines


BACKWARDS = """
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self, widths=(4, 8)):
        super().__init__()
        self.rows = [layers.Dense(width) for width in widths for _ in range(2)]
        self.out = [layers.Dense(2) for _ in widths]

    def call(self, x):
        found = [self.rows[at + 1](self.rows[at](x)) for at in (0, 2)]
        return [out(y) for out, y in zip(self.out, found)]
"""


def test_sizes_that_nothing_carries_are_counted_off(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(BACKWARDS)
    converted, proof = to_torch(path, "2x6", model="Net()")
    assert proof.equal, proof.why
    assert "in_features = iter([6, 4, 6, 8])" in converted.text
    assert "nn.Linear(next(in_features), width)" in converted.text
    assert any("in each turn" in problem.why for problem in converted.done.network.problems)


WINDOWS = """
import keras
from keras import layers

def conv(width, stride=1, kernel=(3, 3)):
    return layers.Conv2D(width, kernel, strides=stride, padding="same")

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one, self.two = conv(4), conv(4, 2, (1, 1))

    def call(self, x):
        return self.one(x), self.two(x)
"""


def test_windows_of_several_sizes_keep_the_size_of_an_image(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(WINDOWS)
    converted, proof = to_torch(path, "1x8x8x3", model="Net()")
    assert proof.equal, proof.why
    assert "padding=(kernel[0] // 2, kernel[1] // 2)" in converted.text
