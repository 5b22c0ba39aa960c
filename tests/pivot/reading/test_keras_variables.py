"""Variables that a Keras program makes by itself are its weights."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated


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
    text = f"""
    import numpy as np
    import tensorflow as tf

    class Net(layers.Layer):
        def __init__(self):
            super().__init__()
            self.v = {made}

        def call(self, x):
            return x + tf.reduce_sum(tf.cast(self.v, x.dtype))
    """
    (weight,) = read_keras(text, "2x5", model="Net()").network.parameters
    assert (weight.type.shape, weight.trainable, weight.buffer) == (shape, trainable, not trainable)
