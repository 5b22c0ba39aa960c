"""Inputs of a Sequential that no layer announces, from the data that it is trained on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
TEXT = """
import numpy as np
side = 8
(images, labels), _ = keras.datasets.mnist.load_data()
images = {data}
images = images.astype("float32") / 255
model = keras.Sequential([layers.Dense(3)])
model.compile(loss="mse")
model.fit(images, labels)
"""


@pytest.mark.parametrize(
    "data",
    [
        "images.reshape((60000, side * side))",
        "images.reshape(len(images), 64) / 2",
        "np.array(images).reshape([-1, 64])",
    ],
)
def test_a_reshape_says_the_input(read_keras: Read, data: str) -> None:
    done = read_keras(TEXT.format(data=data))
    assert done.found == "found"
    assert [str(spec) for spec in done.specs] == ["2x64"]


def test_what_no_reshape_says_is_asked_for(read_keras: Read, refused: Callable[..., Problem]) -> None:
    problem = refused(read_keras, TEXT.format(data="np.load('images.npy').reshape((60000, -1))"))
    assert "are not known" in problem.why


def test_an_input_is_found_by_the_name_that_keras_2_gave_it(read_keras: Read) -> None:
    done = read_keras("""
x = keras.Input((4,))
inner = keras.Model(x, layers.Dense(3)(x))
model = keras.Model(inner.get_layer("input_1").output, inner.output)
""")
    assert [node.op.name for node in done.network.nodes if node.op is not None] == ["linear"]
    assert any(p.code == "older-name" and p.line == 6 for p in done.network.problems)


def test_a_function_that_a_model_begins_with_says_the_input(read_keras: Read) -> None:
    done = read_keras("""
model = keras.Sequential([layers.Lambda(lambda t: t * 2, input_shape=(4, 5)), layers.Dense(3)])
""")
    assert [entry.value.type.shape[1:] for entry in done.network.inputs] == [(4, 5)]


def test_a_model_is_built_for_a_shape(read_keras: Read) -> None:
    done = read_keras("""
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)
    def call(self, x, training=False):
        return self.dense(x)

model = Net()
model.build(input_shape=(None, 7, 4))
""")
    assert [str(spec) for spec in done.specs] == ["2x7x4"]
