"""Shapes put together with functions for tensors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated


@pytest.mark.parametrize(
    "shape",
    [
        "tf.concat([tf.expand_dims(n, -1), tf.constant([1, 1], dtype=tf.int32)], 0)",
        "ops.concatenate([ops.expand_dims(n, -1), [1, 1]], axis=0)",
    ],
)
def test_sizes_that_are_joined_are_a_shape(read_keras: Callable[..., Elaborated], shape: str) -> None:
    text = f"""
    import tensorflow as tf
    class Net(layers.Layer):
        def call(self, x):
            n = tf.shape(x)[0]
            mask = tf.reshape(tf.range(5), [1, 5, 1])
            return x + tf.cast(tf.tile(mask, {shape}), "float32")
    """
    network = read_keras(text, "2x5x3", model="Net()").network
    (tile,) = [node for node in network.runs["eval"].nodes if node.op is not None and node.op.name == "tile"]
    assert [str(size) for size in tile.params["repeats"]] == ["N", "1", "1"]


def test_tensors_that_are_joined_stay_tensors(read_keras: Callable[..., Elaborated]) -> None:
    text = "x = keras.Input((4,))\nmodel = keras.Model(x, ops.concatenate([x, x], axis=-1))\n"
    (node,) = read_keras(text, model="model").network.nodes
    assert node.op is not None and node.op.name == "concat"


def test_a_size_that_is_cast_to_a_fraction_stays_a_size(read_keras: Callable[..., Elaborated]) -> None:
    text = """
    import tensorflow as tf
    class Net(layers.Layer):
        def call(self, x):
            scale = tf.cast(tf.shape(x)[-1], tf.float32)
            return x / tf.math.sqrt(scale)
    """
    network = read_keras(text, "2x5x16", model="Net()").network
    nodes = [node for node in network.runs["eval"].nodes if node.op is not None]
    assert "cast" not in [node.op.name for node in nodes if node.op is not None]
    assert nodes[-1].op is not None and nodes[-1].op.name == "div"
