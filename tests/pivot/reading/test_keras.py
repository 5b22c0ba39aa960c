"""Keras written by hand, as the reader meets it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated
from pivot.reading.keras import KerasDialect

Read = Callable[..., Elaborated]


def ops(done: Elaborated) -> list[str]:
    return [node.op.name if node.op is not None else f"? {node.text}" for node in done.network.nodes]


def names(done: Elaborated) -> list[str]:
    return [name for parameter in done.network.parameters for name in parameter.names]


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("tensorflow.keras.layers.Dense", "keras.layers.Dense"),
        ("tf_keras.Model", "keras.Model"),
        ("keras.models.Sequential", "keras.Sequential"),
        ("keras.ops.relu", "keras.ops.relu"),
    ],
)
def test_one_name_for_each_thing(name: str, canonical: str) -> None:
    assert KerasDialect().canonical(name) == canonical


def test_a_model_of_layers_held_by_attributes_lists_and_dicts(read_keras: Read) -> None:
    done = read_keras(
        """
        class Net(keras.Model):
            def __init__(self, units=8, **kwargs):
                super().__init__(**kwargs)
                self.first = layers.Dense(units, activation=None)
                self.more = [layers.Dense(units) for _ in range(2)]
                self.heads = {"a": layers.Dense(1), "b": layers.Dense(2)}

            def call(self, x):
                x = ops.relu(self.first(x))
                for layer in self.more:
                    x = layer(x)
                return {name: head(x) for name, head in self.heads.items()}
        """,
        "2x4",
    )
    assert ops(done) == ["linear", "relu", "linear", "linear", "linear", "linear"]
    assert [n.module.path for n in done.network.nodes if n.module is not None] == [
        "first", "more[0]", "more[1]", "heads['a']", "heads['b']",
    ]  # fmt: skip
    assert done.network.runs["eval"].output_names == ("a", "b")
    assert [str(d) for d in done.network.inputs[0].value.type.shape] == ["N", "4"]
    shapes = {p.names[0]: p.type.shape for p in done.network.parameters}
    assert str(shapes["first.kernel"][1]) == "8"
    assert shapes["more[1].kernel"] == (8, 8)


def test_a_sequential_applies_its_layers_in_order(read_keras: Read) -> None:
    done = read_keras(
        """
        model = keras.Sequential([layers.Dense(8), layers.ReLU(), layers.Dense(2)])
        """,
        "2x4",
        model="model",
    )
    assert ops(done) == ["linear", "relu", "linear"]


def test_channels_last_convolution_and_pooling(read_keras: Read) -> None:
    done = read_keras(
        """
        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.conv = layers.Conv2D(8, 3, padding="same", strides=1)
                self.norm = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)
                self.pool = layers.MaxPooling2D(2)

            def call(self, x, training=False):
                return self.pool(self.norm(self.conv(x), training=training))
        """,
        "1x16x16x3",
    )
    assert ops(done)[0] == "conv2d"
    assert ops(done)[-1] == "max_pool2d"
    got = [getattr(d, "hint", d) for d in done.network.outputs[0].type.shape]
    assert got == [1, 8, 8, 8]
    buffers = {p.names[0] for p in done.network.parameters if p.buffer}
    assert buffers == {"norm.moving_mean", "norm.moving_variance"}


def test_training_is_the_mode(read_keras: Read) -> None:
    done = read_keras(
        """
        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.drop = layers.Dropout(0.5)
                self.fc = layers.Dense(4)

            def call(self, x, training=False):
                if training:
                    x = ops.tanh(x)
                return self.fc(self.drop(x, training=training))
        """,
        "2x4",
    )
    modes = {(n.op.name if n.op is not None else "?"): n.modes for n in done.network.nodes}
    assert modes["tanh"] == {"train"}
    assert modes["linear"] == {"eval", "train"}


def test_a_layer_of_its_own_with_weights(read_keras: Read) -> None:
    done = read_keras(
        """
        class Scale(layers.Layer):
            def __init__(self, n):
                super().__init__()
                self.gamma = self.add_weight(shape=(n,), initializer="ones", name="gamma")

            def call(self, x):
                return x * self.gamma

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.scale = Scale(4)

            def call(self, x):
                n = ops.shape(x)[0]
                return ops.reshape(self.scale(x), (n, 2, 2))
        """,
        "2x4",
    )
    assert names(done) == ["scale.gamma"]
    assert ops(done)[0] == "mul"
    assert str(done.network.outputs[0].type.shape[0]) == "N"


def test_augmented_assignment_makes_a_new_tensor(read_keras: Read) -> None:
    done = read_keras(
        """
        class Net(keras.Model):
            def call(self, x):
                y = x
                y += 1
                return x * 2
        """,
        "2x4",
    )
    assert next(done.network.nodes[1].tensors()) is done.network.inputs[0].value


def test_what_is_not_known_is_an_unmapped_node(read_keras: Read) -> None:
    done = read_keras(
        """
        class Net(keras.Model):
            def call(self, x):
                return ops.no_such_op(x)
        """,
        "2x4",
    )
    assert [n.text for n in done.network.unmapped] == ["ops.no_such_op(x)"]


def test_what_layers_get_as_training_is_the_mode_under_any_name(read_keras: Read) -> None:
    done = read_keras(
        """
        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.drop = layers.Dropout(0.5)

            def call(self, x, is_training=False):
                x = self.drop(x, training=is_training)
                return x if is_training else ops.softmax(x)
        """,
        "2x4",
    )
    assert [(n.op.name, sorted(n.modes)) for n in done.network.nodes] == [
        ("dropout", ["eval", "train"]),
        ("softmax", ["eval"]),
    ]
    assert any(p.code == "mode" for p in done.network.problems)


def test_data_that_is_bound_has_sizes(read_keras: Read) -> None:
    done = read_keras(
        """
        model = keras.Sequential([layers.Input(shape=x_train.shape[1:]), layers.Dense(3)])
        """,
        "2x6",
        model="model",
        bind={"x_train": "np.zeros((4, 6))"},
    )
    assert done.network.outputs[0].type.shape[1:] == (3,)


def test_a_group_of_each_channel_is_an_instance_norm(read_keras: Read) -> None:
    done = read_keras(
        """
        import tensorflow_addons as tfa

        model = keras.Sequential([layers.Input((4, 4, 3)), tfa.layers.InstanceNormalization()])
        """,
        model="model",
    )
    assert ops(done) == ["instance_norm"]


def test_products_of_numbers_are_numbers(read_keras: Read) -> None:
    done = read_keras(
        """
        import tensorflow as tf

        inputs = layers.Input((8,))
        model = keras.Model(inputs, layers.Dense(tf.math.reduce_prod((3, 4)))(inputs))
        """,
        model="model",
    )
    assert done.network.outputs[0].type.shape[1:] == (12,)


def test_an_input_may_be_bound(read_keras: Read) -> None:
    done = read_keras(
        "model = keras.Model(inputs, layers.Dense(3)(inputs))",
        model="model",
        bind={"inputs": "__import__('keras').layers.Input(shape=(6,))"},
    )
    assert done.network.inputs[0].value.type.shape[1:] == (6,)


def test_gelu_of_ops_is_not_the_activation_of_that_name(read_keras: Read) -> None:
    text = "model = keras.Sequential([layers.Input((4,)), layers.Dense(3, activation={})])"
    for activation, approximated in (("ops.gelu", True), ("keras.activations.gelu", False), ("'gelu'", False)):
        done = read_keras(text.format(activation), model="model")
        assert done.network.nodes[-1].op.name.startswith("gelu")
        assert bool(done.network.nodes[-1].params["tanh"]) is approximated, activation


def test_a_layer_whose_call_takes_nothing_cannot_be_called(read_keras: Read) -> None:
    with pytest.raises(Refusal, match="takes no argument"):
        read_keras(
            """
            class Bias(layers.Layer):
                def call(self):
                    return keras.ops.zeros((4,))

            class Net(keras.Model):
                def __init__(self):
                    super().__init__()
                    self.bias = Bias()

                def call(self, x):
                    return x + self.bias()
            """,
            "2x4",
        )
