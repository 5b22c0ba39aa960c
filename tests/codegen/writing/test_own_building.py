"""What `build` does stands in PyTorch's constructor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

ARMS = """
import keras
from keras import layers


class Joined(layers.Layer):
    def __init__(self, scale="ones", **kwargs):
        super().__init__(**kwargs)
        self.scale = keras.initializers.get(scale)

    def build(self, x_shape, other_shape=None):
        self.first = layers.EinsumDense("abc,cde->abde", (None, 2, 4), kernel_initializer=self.scale, bias_axes="de")
        self.last = layers.EinsumDense("abde,dec->abc", (None, 6), kernel_initializer=self.scale)
        self.more = None
        if other_shape:
            self.more = layers.Dense(other_shape[-1])

    def call(self, x):
        return self.last(self.first(x))


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.joined = Joined()

    def call(self, x):
        return self.joined(x)
"""


def test_arms_of_build_that_a_shape_decides_and_sizes_of_two_ranks(
    to_torch: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text(ARMS, encoding="utf-8")
    converted, proof = to_torch(path, "2x3x6", model="Net()")
    assert proof.why is None
    lines = [line.strip() for line in converted.text.splitlines()]
    assert "self.more = None" in lines and not any("other_shape" in line for line in lines)
    assert "sizes[data[-1]] = 6" in lines
    assert "sizes.update(zip(needed, (2, 4), strict=True))" in lines
    assert not any("kernel_initializer" in line for line in lines)  # PyTorch's weights start in words of its own
    told = [(p.severity, p.line, p.why) for p in converted.written.problems if p.code == "frozen"]
    assert told == [
        ("warning", 15, "the constructor has the arm of `if other_shape` that these inputs take, and no other")
    ]


SEVERAL = """
import keras
from keras import layers, ops


class Graph(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        bonds = input_shape[0][1]
        atoms = input_shape[1][-1]
        self.kernel = self.add_weight(shape=(bonds, atoms, self.units))

    def call(self, inputs):
        edges, nodes = inputs
        return ops.sum(ops.matmul(ops.matmul(edges, nodes[:, None]), self.kernel), axis=1)


edges, nodes = keras.Input((2, 4, 4)), keras.Input((4, 3))
model = keras.Model([edges, nodes], Graph(5)([edges, Graph(6)([edges, nodes])]))
"""


def test_a_size_of_one_of_several_inputs_is_told(tmp_path: Path, to_torch: Callable[..., Any]) -> None:
    path = tmp_path / "model.py"
    path.write_text(SEVERAL, encoding="utf-8")
    converted, proof = to_torch(path, "2x2x4x4", "2x4x3", model="model")
    assert proof.equal, proof.why
    assert "atoms = in_features" in converted.text and "Graph(in_features=6, units=5)" in converted.text


ADDED = """
import keras
from keras import layers, ops


class Quiet(layers.Layer):
    def call(self, x):
        self.add_loss(0.1 * ops.mean(x**2))
        return ops.tanh(x)


model = keras.Sequential([keras.Input((3,)), layers.Dense(4), Quiet()])
"""


def test_a_loss_that_a_layer_adds_is_kept(tmp_path: Path, to_torch: Callable[..., Any]) -> None:
    path = tmp_path / "model.py"
    path.write_text(ADDED, encoding="utf-8")
    converted, proof = to_torch(path, "2x3", model="model")
    assert proof.equal, proof.why
    assert "self.added_loss = 0.1 * (x**2).mean()" in converted.text
    assert [p.severity for p in converted.written.problems if p.code == "loss"] == ["warning"]


CHAINED = """
import keras
from keras import layers


class Block(layers.Layer):
    def __init__(self, more=True):
        super().__init__()
        self.more = more
        self.one, self.two = layers.Dense(4), layers.Dense(4)

    def build(self, input_shape):
        axis = len(input_shape) - 1
        self.scale = self.add_weight(shape=(input_shape[axis],))
        shape = input_shape
        self.one.build(shape)
        if self.more:
            shape = self.one.compute_output_shape(shape)
            self.two.build(shape)

    def call(self, x):
        return self.two(self.one(x * self.scale))


x = keras.Input((6,))
model = keras.Model(x, Block()(x))
"""


def test_shapes_that_only_build_parts_are_left_out(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(CHAINED, encoding="utf-8")
    converted, proof = to_torch(path, model="model")
    assert proof.why is None
    assert "shape" not in converted.text and "if self.more" not in converted.text


ASSIGNED = """
import keras
from keras import layers, ops


class Places(layers.Layer):
    def build(self, input_shape):
        self.places = self.add_weight(shape=(6,), initializer="zeros", trainable=False)
        self.places.assign(ops.arange(6, dtype="float32"))

    def call(self, x):
        return x + self.places


x = keras.Input((6,))
model = keras.Model(x, Places()(x))
"""


def test_a_weight_that_is_assigned_to_while_it_is_made_is_told(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(ASSIGNED, encoding="utf-8")
    converted, proof = to_torch(path, model="model")
    assert proof.why is None and "arange" not in converted.text
    assert [p.line for p in converted.done.network.problems if "starts from" in p.why] == [9]


CALLED = """
import keras, numpy as np, tensorflow as tf
from keras import layers, ops


class Places(layers.Layer):
    def build(self, input_shape):
        places = np.arange(6)
        self.places = tf.Variable(initial_value=lambda: tf.convert_to_tensor(places), trainable=False)

    def call(self, x):
        return x + ops.cast(self.places, x.dtype)


x = keras.Input((6,))
model = keras.Model(x, Places()(Places()(x)))
"""


def test_a_variable_that_starts_from_what_a_function_gives(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(CALLED, encoding="utf-8")
    converted, proof = to_torch(path, model="model")
    assert proof.why is None
    assert 'self.register_buffer("places", places.clone())' in converted.text
