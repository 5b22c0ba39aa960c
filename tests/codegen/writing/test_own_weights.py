"""Weights that a Keras layer makes itself: parameters and buffers of the constructor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

SOURCE = """
import keras
from keras import layers, ops


class Scaled(layers.Layer):
    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        dim = input_shape[-1]
        self.w = self.add_weight(shape=(dim, self.units), initializer="glorot_uniform")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")
        self.seen = self.add_weight(shape=(input_shape[-1],), initializer="ones", trainable=False)
        self.inner = layers.Dense(self.units)
        super().build(input_shape)
        self.built = True

    def call(self, x):
        return self.inner(ops.matmul(x * self.seen, self.w) + self.b)

    def get_config(self):
        return {"units": self.units}


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = Scaled(6, name="one")
        self.two = Scaled()

    def call(self, x):
        return self.two(self.one(x))
"""


def test_build_becomes_the_end_of_the_constructor(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(SOURCE, encoding="utf-8")
    converted, proof = to_torch(path, "2x3", model="Net()")
    assert proof.why is None
    lines = [line.strip() for line in converted.text.splitlines()]
    assert "def __init__(self, in_features, units=4):" in lines
    assert "dim = in_features" in lines
    assert "self.w = nn.Parameter(nn.init.xavier_uniform_(torch.empty(dim, self.units)))" in " ".join(lines).replace(
        "( ", "("
    ).replace(" )", ")")
    assert "self.b = nn.Parameter(torch.zeros(self.units))" in lines
    assert 'self.register_buffer("seen", torch.ones(in_features))' in lines
    assert "self.one = Scaled(3, 6)" in lines
    assert "self.two = Scaled(6)" in lines
    assert not any("build" in line or "get_config" in line for line in lines)


VARIABLES = """
import argparse
import numpy as np
import tensorflow as tf

parser = argparse.ArgumentParser()
parser.add_argument("--rate", type=float, default=0.5)
parser.add_argument("--epochs", type=int, default=9)
args = parser.parse_args()


class Linear(tf.keras.layers.Layer):
    def __init__(self, units=5):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        start = tf.random_normal_initializer()
        table = np.outer(np.arange(3), np.ones(2))
        table[:, 0] += 1
        self.w = tf.Variable(start(shape=(input_shape[-1], self.units), dtype="float32"))
        self.b = tf.Variable(tf.zeros([self.units]))
        self.first = tf.Variable(table.sum(-1), trainable=False)
        self.second = tf.Variable(self.first, trainable=False)

    def call(self, x):
        assert x.shape.rank == 2 and x.get_shape().ndims == len(x.shape.as_list())
        return (tf.matmul(x, self.w) + self.b) * args.rate + tf.cast(tf.reduce_sum(self.first + self.second), x.dtype)


class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.a = Linear(7)
        self.c = Linear(4)

    def call(self, x):
        return self.c(tf.nn.relu(self.a(x)))
"""


def test_variables_of_tensorflow_are_parameters(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(VARIABLES, encoding="utf-8")
    converted, proof = to_torch(path, "2x3", model="Net()")
    assert proof.why is None
    text = converted.text
    assert "args = SimpleNamespace(rate=0.5)" in text  # and what the model does not read is left out
    assert "self.b = nn.Parameter(torch.zeros(self.units))" in text
    assert 'self.register_buffer("second", self.first.clone())' in text
    assert "as_list" not in text and ".rank" not in text and ".ndims" not in text


CHAIN = """
import gym
import keras


class Token(keras.layers.Layer):
    def build(self, input_shape):
        self.cls = self.add_weight(shape=(1, 1, input_shape[-1]), initializer="zeros")

    def call(self, x):
        batch = keras.ops.shape(x)[0]
        return keras.ops.concatenate([keras.ops.broadcast_to(self.cls, [batch, 1, x.shape[-1]]), x], 1)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.token = Token()
        self.first = keras.layers.Dense(6)
        self.second = keras.layers.Dense(4)

    def build(self, input_shape):
        self.first.build(input_shape)
        shape = self.first.compute_output_shape(input_shape)
        self.second.build(shape)
        super().build(input_shape)

    def call(self, x):
        return self.second(self.first(self.token(x)))


if __name__ == "__main__":
    env = gym.make("CartPole")
    model = Net()
    for episode in range(env.episodes):
        if env.step(model):
            model.fit(env.data)
"""


def test_shapes_that_build_hands_on_are_nobodys(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(CHAIN, encoding="utf-8")
    converted, proof = to_torch(path, "2x5x3")
    assert (proof.why, converted.done.network.entry) == (None, "Net()")
    assert "shape = " not in converted.text and "self.cls.expand(batch, 1, " in converted.text


COUNTED = """
import keras
from keras import layers, ops


class Places(layers.Layer):
    def build(self, shape):
        self.places = self.add_weight(shape=(3,), dtype="int32", initializer="ones", trainable=False)
        self.count = self.add_weight(shape=(), dtype="int64", initializer="zeros", trainable=False)
        self.drawn = self.add_weight(shape=(2,), dtype="int32", initializer="random_uniform", trainable=False)

    def call(self, x):
        return ops.take(x, self.places, axis=1) + ops.cast((self.count + 1 + self.drawn[0]) // 2, "float32")


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = Places()

    def call(self, x):
        return self.one(x)
"""


def test_weights_of_whole_numbers_are_buffers_of_whole_numbers(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(COUNTED, encoding="utf-8")
    converted, proof = to_torch(path, "2x4x5", model="Net()")
    assert proof.why is None
    assert 'register_buffer("places", torch.ones(3, dtype=torch.int32))' in converted.text
    assert 'register_buffer("count", torch.zeros((), dtype=torch.int64))' in converted.text
    assert 'register_buffer("drawn", torch.zeros(2, dtype=torch.int32))' in converted.text
    assert [p.why for p in converted.written.problems if p.code == "initialiser"] == [
        "what this weight starts from (random_uniform) is not carried over"
    ]


def test_a_shape_that_has_a_name_is_a_tuple_already(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(
        """
import keras


class Scale(keras.layers.Layer):
    def build(self, input_shape):
        shape = (input_shape[-1],)
        self.scale = self.add_weight(shape=shape, initializer=keras.initializers.Constant(1e-6))

    def call(self, x):
        return x * self.scale


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one, self.two = Scale(), Scale()
        self.between = keras.layers.Dense(5)

    def call(self, x):
        return self.two(self.between(self.one(x)))
""",
        encoding="utf-8",
    )
    converted, proof = to_torch(path, "2x3", model="Net()")
    assert proof.why is None
    assert "torch.full(shape, 1e-06)" in converted.text
    drawn = path.read_text(encoding="utf-8").replace("initializer=keras.initializers.Constant(1e-6)", 'name="scale"')
    path.write_text(drawn, encoding="utf-8")
    converted, proof = to_torch(path, "2x3", model="Net()")
    assert proof.why is None
    assert "nn.init.normal_(torch.empty(*shape), 0.0, 0.05)" in converted.text
    assert [(Path(p.file).name, p.line) for p in converted.written.problems if p.code == "initialiser"] == [
        ("model.py", 8)
    ]


CONVOLVED = """
import keras
from keras import layers, ops


class Scaled(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.filters = filters

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(3, 3, input_shape[-1], self.filters), initializer="he_normal", name="kernel"
        )
        self.scale = self.add_weight(shape=(self.filters,), initializer="ones", name="scale")
        self.place = self.add_weight(shape=(1, 6, self.filters), initializer="zeros", name="place")

    def call(self, x):
        return ops.relu(ops.conv(x, self.kernel, padding="same") * self.scale + self.place)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one, self.two = Scaled(8), Scaled(4)

    def call(self, x):
        return self.two(self.one(x))
"""


def test_weights_of_the_last_axes_broadcast_where_channels_come_second(
    to_torch: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text(CONVOLVED, encoding="utf-8")
    converted, proof = to_torch(path, "2x5x6x3", model="Net()")
    assert proof.why is None
    text = " ".join(converted.text.split()).replace("( ", "(")
    assert "self.scale.reshape(-1, 1, 1)" in text
    assert "self.place.permute(2, 0, 1)" in text
    assert text.count("permute(") == 2  # the kernel's and that one
    assert "truncated_normal_(torch.empty(3, 3, in_channels, self.filters), math.sqrt(2 / (9 * in_channels))" in text
