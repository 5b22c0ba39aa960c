"""Shapes of data that a program loads: what a model is built for, and what enters it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pivot.opset import load_opset
from pivot.reading.elaborate import Request, elaborate
from pivot.reading.keras import KerasDialect

HEAD = """
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
"""


def inputs_of(tmp_path: Path, text: str) -> list[tuple[object, ...]]:
    """The sizes of the inputs of a program's model, without the batch."""
    file = tmp_path / "model.py"
    file.write_text(HEAD + text)
    done = elaborate(Request(file), KerasDialect(), load_opset())
    return [entry.value.type.shape[1:] for entry in done.network.inputs]


def test_a_model_takes_the_shape_of_the_images_that_are_loaded(tmp_path: Path) -> None:
    text = """
(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
x_train = x_train.astype("float32") / 255
x_train_mean = np.mean(x_train, axis=0)
x_train -= x_train_mean
inputs = layers.Input(shape=x_train.shape[1:])
model = keras.Model(inputs, layers.Dense(10)(layers.Flatten()(inputs)))
"""
    assert inputs_of(tmp_path, text) == [(32, 32, 3)]


def test_what_a_model_is_trained_on_says_its_input(tmp_path: Path) -> None:
    text = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(10)

    def call(self, x):
        return self.dense(layers.Flatten()(x))

(x, y), (x_test, _) = keras.datasets.mnist.load_data()
digits = np.concatenate([x, x_test], axis=0)
digits = np.expand_dims(digits, -1).astype("float32") / 255
model = Net()
model.fit(digits[:1000], epochs=1)
"""
    assert inputs_of(tmp_path, text) == [(28, 28, 1)]


@pytest.mark.parametrize(
    ("made", "shape"),
    [
        ("x.reshape(-1, 784)", (784,)),
        ("x[..., np.newaxis]", (28, 28, 1)),
        ("np.expand_dims(x, 1)", (1, 28, 28)),
        ("x[:100, ::2]", (14, 28)),
    ],
)
def test_arrays_of_data_follow_what_is_done_with_them(tmp_path: Path, made: str, shape: tuple[int, ...]) -> None:
    text = f"""
(x, y), _ = keras.datasets.fashion_mnist.load_data()
x = {made}
model = keras.Sequential([layers.Input(x.shape[1:]), layers.Flatten(), layers.Dense(3)])
"""
    assert inputs_of(tmp_path, text) == [shape]
