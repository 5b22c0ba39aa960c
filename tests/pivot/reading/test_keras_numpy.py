"""NumPy arrays of Keras programs are constants of the network."""

from __future__ import annotations

import textwrap
from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated

HEAD = """
import numpy as np
import tensorflow as tf
"""


def ops_of(done: Elaborated) -> list[str]:
    """The ops of the forward pass, in order."""
    return [node.op.name for node in done.network.runs["eval"].nodes if node.op is not None]


@pytest.mark.parametrize(
    "made",
    [
        "tf.cast(np.sin(np.arange(5.0)[:, np.newaxis] / 3), tf.float32)",
        "tf.convert_to_tensor(np.concatenate([np.ones((5, 2)), np.zeros((5, 1))], axis=-1).astype(np.float32))",
        "tf.cast(np.eye(5)[:, :3].reshape(5, 3), 'float32')",
        "tf.cast(np.eye(5)[:, :3].flatten().reshape(5, 3), 'float32')",
        "np.full((5, 3), 2.0).astype('float32') * keras.ops.convert_to_tensor(0.5)",
    ],
)
def test_an_array_is_a_constant(read_keras: Callable[..., Elaborated], made: str) -> None:
    text = f"""
    class Net(layers.Layer):
        def __init__(self):
            super().__init__()
            self.table = {made}
        def call(self, x):
            return x + self.table[tf.newaxis]
    """
    done = read_keras(HEAD + textwrap.dedent(text), "2x5x3", model="Net()")
    assert ops_of(done)[-1] == "add"
    assert not any(node.op is None for node in done.network.runs["eval"].nodes)


def test_stores_into_arrays_are_read(read_keras: Callable[..., Elaborated]) -> None:
    text = """
    class Net(layers.Layer):
        def __init__(self):
            super().__init__()
            table = np.zeros((4, 6))
            table[:, 0::2] = np.sin(np.ones((4, 3)))
            self.table = tf.cast(table, tf.float32)
        def call(self, x):
            return x + self.table
    """
    assert "where" in ops_of(read_keras(HEAD + textwrap.dedent(text), "2x4x6", model="Net()"))


def test_rows_of_which_some_are_arrays_are_not_read(read_keras: Callable[..., Elaborated]) -> None:
    text = """
    def table(count, size):
        made = np.array([[row / size for _ in range(size)] if row else np.zeros(size) for row in range(count)])
        made[1:, 0::2] = np.sin(made[1:, 0::2])
        return made

    class Net(layers.Layer):
        def __init__(self):
            super().__init__()
            start = keras.initializers.Constant(table(5, 4))
            self.positions = layers.Embedding(5, 4, embeddings_initializer=start)
        def call(self, x):
            return self.positions(x)
    """
    assert ops_of(read_keras(HEAD + textwrap.dedent(text), "2x3:int64<5", model="Net()")) == ["embedding"]


MEAN = """
MEAN = np.array([0.5, 0.25]) * 255

class Net(layers.Layer):
    def call(self, x):
        return x - {mean}
"""


@pytest.mark.parametrize(
    ("mean", "numbers"),
    [
        ("MEAN", (127.5, 63.75)),
        ("[1, 2.5]", (1.0, 2.5)),
        ("(np.array([(2, 4), (6, 8)], np.float32) / 2)[[1, 0]][0]", (3.0, 4.0)),
        ("(np.array([[1], [2]]) * np.array([10, 20]))[1]", (20.0, 40.0)),
    ],
)
def test_arrays_of_numbers_are_computed_before_a_tensor_meets_them(
    read_keras: Callable[..., Elaborated], mean: str, numbers: tuple[float, ...]
) -> None:
    done = read_keras(HEAD + textwrap.dedent(MEAN.format(mean=mean)), "3x2", model="Net()")
    made = [node for node in done.network.runs["eval"].nodes if node.op is not None]
    assert [node.op.name for node in made if node.op is not None] == ["tensor", "sub"]
    assert made[0].params["value"] == numbers
