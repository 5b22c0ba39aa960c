"""The functional API of Keras, as the reader meets it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from codegen.keras.stored import dataset_table
from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated
from pivot.reading.input_search import InputSpec

Read = Callable[..., Elaborated]

BLOCKS = """
def block(x, filters, name, stride=1):
    short = x
    if stride > 1:
        short = layers.Conv2D(filters, 1, strides=stride, name=name + "_short")(x)
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", name=f"{name}_conv")(x)
    x = layers.ReLU()(x)
    return layers.Add()([x, short])


def net(classes=10):
    image = keras.Input((32, 32, 3), name="image")
    x = block(image, 3, "a")
    x = block(x, 16, "b", stride=2)
    x = layers.GlobalAveragePooling2D()(x * 2)
    return keras.Model(image, layers.Dense(classes)(x))
"""


def ops(done: Elaborated) -> list[str]:
    return [node.op.name if node.op is not None else f"? {node.text}" for node in done.network.nodes]


def paths(done: Elaborated) -> list[str]:
    return [node.module.path for node in done.network.nodes if node.module is not None]


def test_blocks_of_a_helper_function_keep_their_frames_and_names(read_keras: Read) -> None:
    done = read_keras(BLOCKS, model="net()")
    assert ops(done) == ["conv2d", "relu", "add", "conv2d", "conv2d", "relu", "add", "mul", "mean", "linear"]
    assert paths(done) == [
        "a_conv", "re_lu", "add", "b_short", "b_conv", "re_lu_1", "add_1", "global_average_pooling2d", "dense",
    ]  # fmt: skip
    nodes = done.network.nodes
    assert nodes[0].frame is nodes[2].frame and nodes[3].frame is nodes[6].frame
    assert nodes[0].frame is not nodes[3].frame
    assert nodes[0].frame.function is not None and nodes[0].frame.function.name == "block"
    assert {node.owner for node in nodes} == {done.network.root}
    assert done.found == "declared" and done.specs == (InputSpec((2, 32, 32, 3)),)
    assert [entry.name for entry in done.network.inputs] == ["image"]
    assert nodes[7].modes == {"eval", "train"}
    assert [str(size) for size in nodes[8].results[0].type.shape] == ["N", "16"]


def test_the_axes_of_a_global_pooling_are_those_of_the_tensor(read_keras: Read) -> None:
    node = read_keras(BLOCKS, model="net()").network.nodes[8]
    assert node.params["axes"] == (1, 2)


MANY = """
class Scale(keras.layers.Layer):
    def build(self, input_shape):
        self.gamma = self.add_weight(shape=(input_shape[-1],))
        self.inner = layers.Dense(5)

    def call(self, x):
        return self.inner(x * self.gamma)


def encoder():
    entry = keras.Input((4,))
    return keras.Model(entry, layers.Dense(7)(layers.Dense(6)(entry)), name="encoder")


def net():
    left, right = keras.Input((4,)), keras.Input((4,))
    coded, shared = encoder(), layers.Dense(12)
    x = layers.Concatenate()([shared(coded(left)), shared(coded(right))])
    tail = keras.Sequential([layers.Dense(9), layers.Dense(8)])
    return keras.Model(inputs=[left, right], outputs={"joined": x, "scaled": Scale()(tail(x))})
"""


def test_shared_layers_nested_models_and_own_layers(read_keras: Read) -> None:
    done = read_keras(MANY, model="net()")
    assert paths(done) == [
        "encoder.dense_1", "encoder.dense", "dense_2", "encoder.dense_1", "encoder.dense", "dense_2", "concatenate",
        "sequential.layers[0]", "sequential.layers[1]", "scale.inner",
    ]  # fmt: skip
    inner = [node for node in done.network.nodes if node.module is not None and node.module.path == "encoder.dense"]
    assert [node.owner.path for node in inner if node.owner is not None] == ["encoder", "encoder"]
    assert inner[0].frame is not inner[1].frame and [node.index for node in inner] == [0, 1]
    assert done.network.runs["eval"].output_names == ("joined", "scaled")
    assert [entry.name for entry in done.network.inputs] == ["x1", "x2"]


def test_weights_lie_where_keras_saves_them(read_keras: Read) -> None:
    root = read_keras(MANY, model="net()").network.root
    table = dataset_table(root)
    found = {dataset: module.path for _, module in root.walk() for dataset in table.get(id(module), {}).values()}
    assert {dataset: path for dataset, path in found.items() if dataset.endswith("/0")} == {
        "layers/functional/layers/dense/vars/0": "encoder.dense_1",
        "layers/functional/layers/dense_1/vars/0": "encoder.dense",
        "layers/dense/vars/0": "dense_2",
        "layers/sequential/layers/dense/vars/0": "sequential.layers[0]",
        "layers/sequential/layers/dense_1/vars/0": "sequential.layers[1]",
        "layers/scale/vars/0": "scale",
        "layers/scale/inner/vars/0": "scale.inner",
    }


def test_layers_of_outputs_in_a_dict_stand_in_the_order_of_its_keys(read_keras: Read) -> None:
    root = read_keras(
        """
        x = keras.Input((6,))
        first = layers.Dense(1, name="zebra")(x)
        second = layers.Dense(1, name="ant")(x)
        model = keras.Model(x, {"zebra": first, "ant": second})
        """
    ).network.root
    table = dataset_table(root)
    stored = {dataset: module.path for _, module in root.walk() for dataset in table.get(id(module), {}).values()}
    assert stored["layers/dense/vars/0"] == "ant", "Keras flattens a dict by its keys, and numbers layers so"
    assert stored["layers/dense_1/vars/0"] == "zebra"


def test_what_models_and_layers_say_about_their_tensors(read_keras: Read) -> None:
    done = read_keras(
        """
        def base():
            entry = keras.Input((8, 8, 3))
            x = layers.Conv2D(4, 3, name="stem")(entry)
            return keras.Model(entry, layers.Flatten()(layers.ReLU()(x)))

        def net():
            model = base()
            head = layers.Dense(2)(layers.Flatten()(model.get_layer("stem").output))
            return keras.Model(model.input, [head, model.layers[-1].output, model.output])
        """,
        model="net()",
    )
    assert ops(done) == ["conv2d", "relu", "flatten", "flatten", "linear"]
    assert len(done.network.outputs) == 3


def test_free_sizes_and_the_sizes_asked_for(read_keras: Read) -> None:
    text = """
        def net():
            image = keras.Input((None, None, 3))
            x = layers.Conv2D(4, 3, padding="same")(image)
            return keras.Model(image, layers.Reshape((-1, 4))(x))
        """
    done = read_keras(text, "1x20x24x3", model="net()")
    assert [str(size) for size in done.network.inputs[0].value.type.shape] == ["N", "H", "W", "3"]
    assert [str(size) for size in done.network.outputs[0].type.shape] == ["N", "H*W", "4"]
    assert done.specs == (InputSpec((1, 20, 24, 3)),)


def test_while_a_model_is_put_together_a_free_size_is_none(read_keras: Read) -> None:
    text = """
        def pad(x, size):
            free = x.shape[1] is None
            return layers.ZeroPadding2D(((0, 1), (0, 1)) if free or x.shape[1] % 2 == 0 else 1)(x)

        def net(size):
            image = keras.Input((size, size, 3))
            return keras.Model(image, pad(layers.Conv2D(4, 3, padding="same")(image), size))
        """
    shapes = [read_keras(text, model=f"net({size})").network.nodes[-1].params["padding"] for size in (None, 15, 16)]
    assert shapes == [((0, 1), (0, 1)), ((1, 1), (1, 1)), ((0, 1), (0, 1))]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("keras.Model(keras.Input((4,)), layers.Dense(2)(keras.Input((4,))))", "not among the inputs"),
        ("keras.Model(keras.Input((4,)), ops.ones((2, 3)))", "must come from keras.Input"),
    ],
)
def test_models_that_are_not_connected(read_keras: Read, refused: Callable[..., Problem], body: str, why: str) -> None:
    assert why in refused(read_keras, f"def net():\n    return {body}\n", model="net()").why


def test_weights_of_restated_layers_lie_where_the_library_has_them(read_keras: Read) -> None:
    text = """
        def net():
            x = keras.Input((8, 8, 3))
            return keras.Model(x, layers.SeparableConv2D(5, 3)(layers.SeparableConv2D(4, 3)(x)))
        """
    root = read_keras(text, model="net()").network.root
    table = dataset_table(root)
    found = {dataset: module.path for _, module in root.walk() for dataset in table.get(id(module), {}).values()}
    assert found["layers/separable_conv2d_1/vars/0"] == "separable_conv2d.depthwise"
    assert found["layers/separable_conv2d/vars/2"] == "separable_conv2d_1.pointwise"


def test_layers_are_listed_in_the_order_of_keras(read_keras: Read) -> None:
    text = """
        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.a = keras.Sequential([layers.Dense(1), layers.Dense(2)])
                self.b = layers.Dense(3)
                self.units = [m.units for m in self._flatten_layers() if isinstance(m, layers.Dense)]
                self.direct = len(self._flatten_layers(include_self=False, recursive=False))
                self.c = layers.Dense(10 * self.units[0] + self.direct)

            def call(self, x):
                return self.c(self.b(self.a(x)))
    """
    done = read_keras(text, "2x4")
    assert [n.results[0].type.shape[-1] for n in done.network.nodes] == [1, 2, 3, 22]


@pytest.mark.parametrize("said", ["input_dim=3, input_length=10", "input_dim=3"])
def test_the_steps_of_older_recurrent_layers(read_keras: Callable[..., Elaborated], said: str) -> None:
    done = read_keras(f"model = keras.Sequential([layers.LSTM(4, {said}), layers.Dense(2)])", model="model")
    lstm = done.network.runs["eval"].nodes[0]
    assert lstm.op is not None and lstm.op.name == "lstm" and lstm.bound is not None
    assert (10 in lstm.bound.operands["x"].shape) is ("length" in said)


def test_an_arm_that_is_not_taken_announces_nothing(read_keras: Read) -> None:
    text = """
    from keras import backend as K


    def net():
        model = keras.Sequential()
        if K.image_data_format() == "channels_first":
            model.add(layers.Conv2D(4, 3, input_shape=(1, 8, 8)))
        else:
            model.add(layers.Conv2D(4, 3, input_shape=(8, 8, 1)))
        return model
    """
    assert read_keras(text, model="net()").specs == (InputSpec((2, 8, 8, 1)),)


def test_an_input_that_is_as_a_tensor_is_has_its_sizes(read_keras: Read) -> None:
    done = read_keras(
        """
def joined(x, skip):
    inputs = keras.Input(x.shape[1:]), keras.Input(skip.shape[1:])
    both = layers.Concatenate()([layers.UpSampling2D(2)(inputs[0]), inputs[1]])
    return keras.Model(inputs, both)([x, skip])


def net():
    image = keras.Input((None, None, 3))
    return keras.Model(image, joined(layers.MaxPooling2D(2)(image), image))
""",
        model="net()",
    )
    assert [str(size) for size in done.network.outputs[0].type.shape] == ["N", "2*(H//2)", "2*(W//2)", "6"]
