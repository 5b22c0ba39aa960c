"""One text makes layers of rows and layers that the program calls: a layer of the row turns what needs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

SOURCE = """
import keras
from keras import layers


def norm(size, eps=1e-5):
    return layers.LayerNormalization(epsilon=eps)


class Block(layers.Layer):
    def __init__(self, dim, norm_layer=norm):
        super().__init__()
        self.norm = norm_layer(dim)
        self.fc = layers.Dense(dim)

    def call(self, x):
        return x + self.fc(self.norm(x))


class Net(keras.Model):
    def __init__(self, dim=8, norm_layer=norm):
        super().__init__()
        rows = [keras.Sequential([layers.Conv2D(dim, 4, strides=4), norm_layer(dim)])]
        rows.append(Block(dim, norm_layer))
        self.features = keras.Sequential(rows)

    def call(self, x):
        return self.features(x)
"""


def test_a_transpose_stands_ahead_of_a_layer_in_a_row(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(SOURCE, encoding="utf-8")
    converted, proof = to_torch(path, "1x16x16x3")
    assert proof.why is None
    text = " ".join(converted.text.split())
    assert "nn.Conv2d(3, dim, 4, stride=4), Lambda(lambda x: x.permute(0, 2, 3, 1)), norm_layer(dim)" in text
    assert text.count("permute") == 1
