"""One transpose where a tensor is made, in place of one at each reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

PATCHES = """
import keras
from keras import layers


def build():
    x = inputs = keras.Input((8, 8, 3))
    x = layers.Conv2D(6, 2, strides=2)(x)
    x = layers.Reshape((16, 6))(x)
    for _ in range(2):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([layers.Dense(6)(y), x])
    return keras.Model(inputs, layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x)))
"""


def test_a_row_of_blocks_behind_an_image_is_turned_once(tmp_path: Path, to_torch: Callable[..., Any]) -> None:
    path = tmp_path / "model.py"
    path.write_text(PATCHES, encoding="utf-8")
    converted, proof = to_torch(path, "2x8x8x3", model="build()")
    assert proof.equal, proof.why
    assert converted.text.count("permute(") + converted.text.count("transpose(") == 1
