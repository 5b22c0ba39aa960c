"""Shapes that a program joined are written as lists, number kinds as the target's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.convert import Converted
from codegen.static_proof import Proof

MASKED = """
import keras
import tensorflow as tf
from keras import layers


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.fc = layers.Dense(4)

    def mask(self, count, size, dtype):
        places = tf.range(size)
        mask = tf.reshape(tf.cast(places[:, None] >= places, dtype), [1, size, size])
        repeats = tf.concat([tf.expand_dims(count, -1), tf.constant([1, 1], dtype=tf.int32)], 0)
        return tf.tile(mask, repeats)

    def call(self, x):
        shape = tf.shape(x)
        return tf.matmul(self.mask(shape[0], shape[1], tf.float32), self.fc(x))
"""


def test_a_causal_mask_is_written_as_it_stood(tmp_path: Path, to_torch: Callable[..., tuple[Converted, Proof]]) -> None:
    path = tmp_path / "model.py"
    path.write_text(MASKED, encoding="utf-8")
    made, proof = to_torch(path, "2x5x3", model="Net()")
    assert proof.equal
    assert "repeats = [count, 1, 1]" in made.text
    assert "self.mask(shape[0], shape[1], torch.float32)" in made.text
