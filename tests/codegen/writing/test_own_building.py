"""What `build` does stands in PyTorch's constructor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

ARMS = """
import keras
from keras import layers


class Joined(layers.Layer):
    def __init__(self, scale="ones", **kwargs):
        super().__init__(**kwargs)
        self.scale = keras.initializers.get(scale)

    def build(self, x_shape, other_shape=None):
        self.first = layers.EinsumDense("abc,cde->abde", (None, 2, 4), kernel_initializer=self.scale, bias_axes="de")
        self.last = layers.EinsumDense("abde,dec->abc", (None, 6), kernel_initializer=self.scale)
        self.more = None
        if other_shape:
            self.more = layers.Dense(other_shape[-1])

    def call(self, x):
        return self.last(self.first(x))


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.joined = Joined()

    def call(self, x):
        return self.joined(x)
"""


def test_arms_of_build_that_a_shape_decides_and_sizes_of_two_ranks(
    to_torch: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text(ARMS, encoding="utf-8")
    converted, proof = to_torch(path, "2x3x6", model="Net()")
    assert proof.why is None
    lines = [line.strip() for line in converted.text.splitlines()]
    assert "self.more = None" in lines and not any("other_shape" in line for line in lines)
    assert "sizes[data[-1]] = 6" in lines
    assert "sizes.update(zip(needed, (2, 4), strict=True))" in lines
    assert not any("kernel_initializer" in line for line in lines)  # PyTorch's weights start in words of its own
    told = [(p.severity, p.line, p.why) for p in converted.written.problems if p.code == "frozen"]
    assert told == [
        ("warning", 15, "the constructor has the arm of `if other_shape` that these inputs take, and no other")
    ]
