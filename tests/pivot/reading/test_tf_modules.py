"""`tf.Module`: a constructor without that of its base, weights that the first call makes."""

from __future__ import annotations

from collections.abc import Callable

from pivot.reading.elaborate import Elaborated

LAZY = """
import tensorflow as tf

class Dense(tf.Module):
    def __init__(self, units):
        self.units = units
        self.is_built = False

    def __call__(self, x):
        if not self.is_built:
            self.w = tf.Variable(tf.random.normal([x.shape[-1], self.units]))
            self.is_built = True
        return tf.matmul(x, self.w)

class Net(tf.Module):
    def __init__(self):
        self.first = Dense(3)
        self.second = Dense(2)

    def __call__(self, x):
        return self.second(self.first(x))
"""


def test_weights_of_the_first_call_are_there_in_both_modes(read_keras: Callable[..., Elaborated]) -> None:
    done = read_keras(LAZY, "2x5", model="Net()")
    shapes = {name: p.type.shape for p in done.network.parameters for name in p.names}
    assert shapes == {"first.w": (5, 3), "second.w": (3, 2)}
    products = [n for n in done.network.nodes if n.op is not None and n.op.name == "matmul"]
    assert [n.modes for n in products] == [{"eval", "train"}] * 2
