"""Classes that derive from a layer of Keras: what goes to the layer's constructor is read by its names."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated
from pivot.reading.values import ClassObject

Read = Callable[..., Elaborated]
HEAD = """import keras
from keras import layers, ops

"""
NET = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one, self.two = {calls}

    def call(self, x):
        return self.two(self.one(x))
"""


def settled(done: Elaborated, name: str) -> list[str]:
    """The lines of a class as it was read."""
    held = next(iter(done.evaluator.scopes.values())).names[name].hint
    assert isinstance(held, ClassObject)
    return [line.strip() for line in ast.unparse(held.node).split("\n")]


DENSE = """
class Mine(layers.Dense):
    def __init__(self, {parameters}):
        {before}
        super().__init__({handed})
"""


@pytest.mark.parametrize(
    ("parameters", "before", "handed", "calls", "init", "up"),
    [
        ("units, **kwargs", "pass", "units, **kwargs", "Mine(4, name='a'), Mine(2, use_bias=False)",
         "self, units, use_bias=True, **kwargs", "units, use_bias=use_bias, **kwargs"),
        ("*args, **kwargs", "pass", "*args, **kwargs", "Mine(4), Mine(units=2)",
         "self, units, **kwargs", "units, **kwargs"),
        ("units, **kwargs", "self.s = kwargs.pop('s', 1.0)", "units, **kwargs", "Mine(4, s=2.0), Mine(2)",
         "self, units, s=1.0, **kwargs", "units, **kwargs"),
        ("units, **kwargs", "kwargs['use_bias'] = False", "units, **kwargs", "Mine(4), Mine(2)",
         "self, units, **kwargs", "units, use_bias=False, **kwargs"),
    ],
)  # fmt: skip
def test_what_a_constructor_hands_on_gets_the_names_that_calls_give(
    read_keras: Read, parameters: str, before: str, handed: str, calls: str, init: str, up: str
) -> None:
    text = HEAD + DENSE.format(parameters=parameters, before=before, handed=handed) + NET.format(calls=calls)
    lines = settled(read_keras(text, "2x3", model="Net()"), "Mine")
    assert f"def __init__({init}):" in lines
    assert f"super().__init__({up})" in lines


def test_the_function_of_a_layer_stands_in_its_call(read_keras: Read) -> None:
    mine = DENSE.format(parameters="units", before="pass", handed="units, activation='swish'")
    done = read_keras(HEAD + mine + NET.format(calls="Mine(4), Mine(2)"), "2x3", model="Net()")
    assert "return keras.activations.silu(super().call(inputs))" in settled(done, "Mine")
    assert [n.op.name for n in done.network.nodes if n.op is not None] == ["linear", "silu"] * 2


def test_a_function_that_the_class_sets_is_the_only_one(read_keras: Read) -> None:
    mine = DENSE.format(parameters="units", before="pass", handed="units")
    mine += "        self.activation = keras.activations.tanh\n"
    lines = settled(read_keras(HEAD + mine + NET.format(calls="Mine(4), Mine(2)"), "2x3", model="Net()"), "Mine")
    assert [line for line in lines if "activation" in line] == [
        "self.activation = keras.activations.tanh",
        "return self.activation(super().call(inputs))",
    ]


def test_a_convolution_of_its_own_is_computed_in_one_place(read_keras: Read, refused: Callable[..., Problem]) -> None:
    text = """
class Conv(layers.Conv2D):
    def convolution_op(self, inputs, kernel):
        return super().convolution_op(inputs, 2.0 * kernel)

    def call(self, x):
        return super().call(x)
"""
    calls = NET.format(calls="Conv(4, 3), Conv(4, 3)")
    problem = refused(read_keras, HEAD + text + calls, "2x8x8x3", model="Net()")
    assert "convolution_op" in problem.why
    done = read_keras(HEAD + text.partition("    def call")[0] + calls, "2x8x8x3", model="Net()")
    assert [n.op.name for n in done.network.nodes if n.op is not None] == ["mul", "conv2d", "add"] * 2


def test_what_keras_does_with_a_layer_that_is_not_trained_is_left_to_it(read_keras: Read) -> None:
    text = """
import tensorflow as tf

class Norm(layers.BatchNormalization):
    def call(self, x, training=False):
        if not training:
            training = tf.constant(False)
        training = tf.logical_and(training, self.trainable)
        return super().call(x, training)
"""
    done = read_keras(HEAD + text + NET.format(calls="Norm(), layers.Dense(2)"), "2x3", model="Net()")
    assert [n.op.name for n in done.network.nodes if n.op is not None] == ["batch_norm", "linear"]


def test_cells_give_all_their_states_to_a_class_that_derives_from_one(read_keras: Read) -> None:
    text = """
class Cell(layers.GRUCell):
    def call(self, inputs, states):
        output, states = super().call(inputs, states)
        return 2.0 * output, states
"""
    done = read_keras(HEAD + text + NET.format(calls="layers.RNN(Cell(4)), layers.Dense(2)"), "2x3x5", model="Net()")
    assert not [n for n in done.network.nodes if n.op is None]


@pytest.mark.parametrize("layer", ["GRU", "LSTM"])
def test_what_one_form_of_a_layer_has_to_be_told_is_told_by_name(read_keras: Read, layer: str) -> None:
    calls = f"Mine(4, return_sequences=True), layers.{layer}(2)"
    done = read_keras(
        f"{HEAD}\nclass Mine(layers.{layer}):\n    pass\n{NET.format(calls=calls)}", "2x5x3", model="Net()"
    )
    assert [node.op.name for node in done.network.nodes if node.op is not None] == [layer.lower()] * 2


def test_a_layer_that_no_form_reads_is_unmapped_in_a_class_that_derives_from_it(read_keras: Read) -> None:
    text = "\nclass Mine(layers.HashedCrossing):\n    def call(self, x):\n        return super().call(x)\n"
    done = read_keras(HEAD + text + NET.format(calls="Mine(4), layers.Dense(2)"), "2x4", model="Net()")
    assert [n.op for n in done.network.nodes].count(None) == 1
    assert any("HashedCrossing" in p.why for p in done.network.problems)


def test_a_layer_that_hands_on_all_that_it_is_called_with_takes_one_tensor(read_keras: Read) -> None:
    text = """
    class Mine(layers.BatchNormalization):
        def call(self, *args, **kwargs):
            return super().call(*args, **kwargs)
    """
    done = read_keras(text + NET.replace("\n", "\n    ").format(calls="Mine(), layers.Dense(2)"), "2x4", model="Net()")
    assert "def call(self, inputs, **kwargs):" in settled(done, "Mine")
