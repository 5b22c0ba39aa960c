"""Choices in expressions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from codegen.convert import write_target
from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated

DROPPING = """
import keras
from keras import layers, ops, random


class DropPath(layers.Layer):
    def call(self, x, training=None):
        if not training:
            return x
        count = x.shape[0] or ops.shape(x)[0]
        kept = (count,) + (1,) * (len(x.shape) - 1)
        return x * ops.cast(random.uniform(kept) > 0.5, x.dtype)


x = keras.Input((4, 3))
model = keras.Model(x, DropPath()(layers.Dense(5)(x)))
"""


def test_a_size_is_not_asked_for_twice(tmp_path: Path, to_torch: Callable[..., Any]) -> None:
    path = tmp_path / "model.py"
    path.write_text(DROPPING, encoding="utf-8")
    converted, proof = to_torch(path, "2x4x3", model="model")
    assert proof.equal, proof.why
    assert "count = x.shape[0]\n" in converted.text


CHOICES = """
from torch import nn


class Net(nn.Module):
    def __init__(self, deep=True, told=False):
        super().__init__()
        self.deep, self.told = deep, told

    def forward(self, x):
        if self.deep:  # twice
            x = x.relu()
        else:  # once
            x = x.tanh()
            # and no more
        if self.told:  # a report
            print(x)
        else:  # in silence
            x = x + 1
        return x
"""


def test_comments_of_an_else_stay_with_its_arm(
    opset: OpSet, read: Callable[..., Elaborated], write_source: Callable[..., Path]
) -> None:
    lines = write_target(read(write_source(CHOICES), "2x4", model="Net()"), "keras", opset).text.splitlines()
    ends = [line.strip() for line in lines if "#" in line]
    assert ends == ["if self.deep:  # twice", "else:  # once", "# and no more", "if not self.told:  # in silence"]
