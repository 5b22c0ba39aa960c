"""Variables that a Keras program makes by itself are its weights."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated

NET = """
import numpy as np
import tensorflow as tf

class Net(layers.Layer):
    def __init__(self):
        super().__init__()
        self.v = {made}

    def call(self, x):
        return x + tf.reduce_sum(tf.cast(self.v, x.dtype))
"""


@pytest.mark.parametrize(
    ("made", "shape", "trainable"),
    [
        ("tf.Variable(tf.random.normal([3, 4]))", (3, 4), True),
        ("tf.Variable(initial_value=tf.random_normal_initializer()(shape=(3, 4), dtype='float32'))", (3, 4), True),
        ("tf.Variable(np.arange(3.0), trainable=False)", (3,), False),
        ("tf.Variable(0.5)", (), True),
        ("keras.Variable(initializer='ones', shape=(3,))", (3,), True),
    ],
)
def test_a_variable_is_a_weight(
    read_keras: Callable[..., Elaborated], made: str, shape: tuple[int, ...], trainable: bool
) -> None:
    (weight,) = read_keras(NET.format(made=made), "2x5", model="Net()").network.parameters
    assert (weight.type.shape, weight.trainable, weight.buffer) == (shape, trainable, not trainable)


@pytest.mark.parametrize(
    "made",
    [
        "tf.Variable(tf.ones([4]), dtype=tf.float64)",
        "tf.Variable(tf.keras.initializers.Zeros()(shape=[3], dtype=tf.int32))",
        "keras.Variable(initializer='ones', shape=(3,), dtype='int64')",
    ],
)
def test_another_element_type_is_not_dropped(
    read_keras: Callable[..., Elaborated], refused: Callable[..., Problem], made: str
) -> None:
    problem = refused(read_keras, NET.format(made=made), "2x5", model="Net()")
    assert "that starts from float32 is not read" in problem.why


def test_a_constraint_is_told(read_keras: Callable[..., Elaborated]) -> None:
    text = NET.format(made="tf.Variable(tf.zeros([3]), constraint=lambda w: tf.nn.relu(w))")
    done = read_keras(text, "2x5", model="Net()")
    assert [p.why for p in done.network.problems] == ["the constraint of this variable acts in training only"]
