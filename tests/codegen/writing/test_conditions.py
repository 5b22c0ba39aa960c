"""Choices in expressions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

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
