"""Calls of Keras and TensorFlow in the spellings of every era."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.dims import hint
from pivot.opset import OpSet
from pivot.problems import Problem, Refusal
from pivot.reading.elaborate import Elaborated
from pivot.reading.keras_names import canonical
from pivot.reading.keras_spellings import table

Read = Callable[..., Elaborated]


def ops(done: Elaborated) -> list[str]:
    return [node.op.name if node.op is not None else f"? {node.why}" for node in done.network.nodes]


def sequential(layer: str) -> str:
    return f"""
import tensorflow as tf
from keras import backend as K
def net():
    return keras.Sequential([keras.Input((8, 8, 4)), {layer}])
"""


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("keras.src.layers.core.dense.Dense", "keras.layers.Dense"),
        ("tensorflow.keras.layers.experimental.preprocessing.Rescaling", "keras.layers.Rescaling"),
        ("keras.layers.Convolution2D", "keras.layers.Conv2D"),
        ("keras.layers.Deconvolution2D", "keras.layers.Conv2DTranspose"),
        ("keras.layers.GlobalAvgPool2D", "keras.layers.GlobalAveragePooling2D"),
        ("keras.engine.topology.Layer", "keras.layers.Layer"),
        ("tensorflow.keras.layers.CuDNNLSTM", "keras.layers.LSTM"),
        (
            "keras_applications.imagenet_utils._obtain_input_shape",
            "keras.applications.imagenet_utils.obtain_input_shape",
        ),
        ("keras.engine.training.Model", "keras.Model"),
        ("keras.layers.merge.concatenate", "keras.layers.concatenate"),
        ("tensorflow.compat.v1.nn.relu", "tensorflow.nn.relu"),
        ("keras.src.ops.numpy.mean", "keras.ops.mean"),
        ("keras.ops.image.resize", "keras.ops.image.resize"),
    ],
)
def test_names_of_every_era(name: str, usual: str) -> None:
    assert canonical(name) == usual


def test_every_line_of_the_table_names_arguments_that_its_function_has(opset: OpSet) -> None:
    for name, spelling in table().items():
        forms = opset.find("keras", "call", spelling.target)
        known = {slot.name for form in forms for slot in form.args}
        wanted = {own.becomes.partition(".")[0] for own in spelling.arguments if own.becomes}
        assert forms and (spelling.rest or wanted <= known), name


@pytest.mark.parametrize(
    ("layer", "read"),
    [
        ("layers.Conv2D(6, 3, activation='relu')", ["conv2d", "relu"]),
        ("layers.Dense(6, 'swish')", ["linear", "silu"]),
        ("layers.Dense(6, activation=tf.nn.relu)", ["linear", "relu"]),
        ("layers.Dense(6, activation=keras.activations.tanh)", ["linear", "tanh"]),
        ("layers.Dense(6, activation=lambda x: x * 2)", ["linear", "mul"]),
        ("layers.Dense(6, activation='linear')", ["linear"]),
        ("layers.Activation('tanh')", ["tanh"]),
        ("layers.Activation(tf.nn.relu)", ["relu"]),
        ("layers.Activation('relu')", ["relu"]),
        ("layers.Activation(None)", []),
        ("layers.Activation('linear')", []),
        ("layers.Lambda(lambda x: tf.reduce_mean(x, [1, 2]))", ["mean"]),
        ("layers.Lambda(lambda x: K.concatenate([x, K.square(x)], axis=1))", ["square", "concat"]),
        ("layers.Lambda(lambda x: tf.nn.leaky_relu(x))", ["leaky_relu"]),
        ("layers.Convolution2D(6, kernel_size=3, border_mode='same', subsample=(2, 2))", ["conv2d"]),
        ("layers.Conv2D(6, 3, data_format='channels_last', kernel_regularizer='l2')", ["conv2d"]),
        ("layers.MaxPool2D(2)", ["max_pool2d"]),
        ("layers.BatchNormalization(axis=3)", ["batch_norm"]),
        ("layers.Rescaling(1.0 / 255)", ["tensor", "mul"]),
        ("layers.Rescaling(2.0, offset=-1)", ["mul", "add"]),
    ],
)
def test_layers_and_functions_in_many_spellings(read_keras: Read, layer: str, read: list[str]) -> None:
    assert ops(read_keras(sequential(layer), model="net()")) == read


def test_defaults_of_another_library_are_its_own(read_keras: Read) -> None:
    done = read_keras(sequential("layers.Lambda(lambda x: tf.nn.gelu(x))"), model="net()")
    assert done.network.nodes[0].params["tanh"] is False


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        ("layers.Conv2D(6, 3, data_format='channels_middle')", "data_format='channels_middle' is not read"),
        ("layers.BatchNormalization(axis=2)", "over axis 2 of 4"),
    ],
)
def test_what_is_refused_by_name(read_keras: Read, refused: Callable[..., Problem], layer: str, why: str) -> None:
    assert why in refused(read_keras, sequential(layer), model="net()").why


def test_arguments_that_are_left_out_of_the_spelling_are_named(read_keras: Read) -> None:
    done = read_keras(sequential("layers.Lambda(lambda x: tf.cumsum(x, reverse=True))"), model="net()")
    assert ops(done) == ["? tensorflow.cumsum reverse=True is not False"]
    done = read_keras(sequential("layers.Lambda(lambda x: tf.nn.dropout(x, 0.5, noise_shape=[1, 4]))"), model="net()")
    assert ops(done) == ["? tensorflow.nn.dropout noise_shape=[1, 4] is not None"]


def test_a_layer_whose_only_call_is_its_own(read_keras: Read) -> None:
    text = """
        class Twice(layers.Layer):
            def __call__(self, x):
                return x + x

        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.twice = Twice()

            def call(self, x):
                return self.twice(x)
    """
    assert ops(read_keras(text, "2x4", model="Net()")) == ["add"]


def test_penalties_are_said(read_keras: Read) -> None:
    done = read_keras(sequential("layers.Dense(6, kernel_regularizer='l2', bias_constraint='non_neg')"), model="net()")
    assert [p.why for p in done.network.problems] == [
        "Dense: its kernel regularizer acts in training only", "Dense: its bias constraint acts in training only",
    ]  # fmt: skip


def test_a_sequential_that_begins_with_its_first_layer(read_keras: Read) -> None:
    done = read_keras(
        """
        def net():
            model = keras.Sequential()
            model.add(layers.Dense(8, input_dim=4, activation="relu"))
            model.add(layers.Dense(2))
            return model
        """,
        model="net()",
    )
    assert done.found == "declared" and [str(s) for s in done.specs] == ["2x4"]
    assert ops(done) == ["linear", "relu", "linear"]


def test_merging_functions_make_layers(read_keras: Read) -> None:
    done = read_keras(
        """
        def net():
            x = keras.Input((4,))
            y = layers.add([layers.Dense(4)(x), x, layers.Dense(4)(x)])
            return keras.Model(x, layers.concatenate([y, x], axis=-1))
        """,
        model="net()",
    )
    assert ops(done) == ["linear", "linear", "add", "add", "concat"]
    assert list(done.network.root.children) == ["dense", "dense_1", "add", "concatenate"]


def test_normalization_has_the_weights_that_keras_saves(read_keras: Read) -> None:
    done = read_keras(sequential("layers.Normalization()"), model="net()")
    assert [n for p in done.network.parameters for n in p.names] == [
        "layers[0].adapt_mean", "layers[0].adapt_variance", "layers[0].count",
    ]  # fmt: skip


def test_a_mode_of_its_own_is_said_and_random_evaluation_refused(
    read_keras: Read, refused: Callable[..., Problem]
) -> None:
    text = """
        def net(training):
            x = keras.Input((4,))
            return keras.Model(x, layers.BatchNormalization()(layers.Dropout(0.5)(x), training=training))
        """
    done = read_keras(text, model="net(False)")
    assert [p.code for p in done.network.problems] == ["fixed-mode"]
    assert "active in evaluation" in refused(read_keras, text, model="net(True)").why


@pytest.mark.parametrize(
    ("layer", "shape", "read"),
    [
        ("layers.Bidirectional(layers.LSTM(5))", (6, 4), ["bidirectional_lstm_ends"]),
        ("layers.LSTM(5, dropout=0.2)", (6, 4), ["lstm"]),
        ("layers.RNN(layers.GRUCell(5))", (2, 4), ["gru"]),
        ("layers.TimeDistributed(layers.Dense(3))", (6, 4), ["reshape", "linear", "reshape"]),
        ("layers.RandomFlip()", (8, 8, 3), ["identity"]),
        ("layers.SeparableConv2D(5, 3, activation='relu')", (8, 8, 3), ["conv2d", "conv2d", "relu"]),
        ("layers.DepthwiseConv2D(3, depth_multiplier=2)", (8, 8, 3), ["reshape", "conv2d", "add"]),
        ("layers.EinsumDense('abc,cd->abd', (6, 7), bias_axes='d')", (6, 4), ["einsum", "add"]),
        ("layers.Resizing(4, 4)", (8, 8, 3), ["resize2d"]),
        ("layers.Resizing(4, 2, crop_to_aspect_ratio=True)", (8, 8, 3), ["index", "resize2d"]),
        ("layers.Resizing(4, 2, pad_to_aspect_ratio=True)", (8, 8, 3), ["axis_pad", "resize2d"]),
        ("layers.CenterCrop(4, 9)", (8, 8, 3), ["index", "resize2d"]),
        ("layers.RandomCrop(4, 4)", (8, 8, 3), ["identity"]),
        ("layers.Solarization()", (8, 8, 3), ["identity"]),
        ("layers.Flatten(data_format='channels_first')", (), ["unsqueeze"]),
        ("layers.SpectralNormalization(layers.Dense(2))", (3, 4), ["linear"]),
        ("layers.Pipeline([layers.Dense(2), layers.ReLU()])", (4,), ["linear", "relu"]),
    ],
)
def test_layers_that_are_restated(read_keras: Read, layer: str, shape: tuple[int, ...], read: list[str]) -> None:
    text = f"def net():\n    x = keras.Input({shape})\n    return keras.Model(x, {layer}(x))\n"
    assert ops(read_keras(text, model="net()")) == read


@pytest.mark.parametrize(
    ("layer", "read", "dtype"),
    [
        ("layers.RandomZoom(0.1)", ["cast"], "float32"),
        ("layers.RandomBrightness(0.1)", ["identity"], "uint8"),
        ("layers.CenterCrop(4, 4)", ["cast", "index"], "float32"),
        ("layers.Resizing(4, 4)", ["cast", "resize2d", "round", "cast"], "uint8"),
    ],
)
def test_images_of_whole_numbers_become_what_keras_makes_of_them(
    read_keras: Read, layer: str, read: list[str], dtype: str
) -> None:
    text = f"def net():\n    x = keras.Input((8, 8, 3), dtype='uint8')\n    return keras.Model(x, {layer}(x))\n"
    done = read_keras(text, "2x8x8x3:uint8", model="net()")
    assert ops(done) == read
    assert done.network.outputs[0].type.dtype == dtype


@pytest.mark.parametrize("layer", ["UpSampling2D(2, interpolation='bicubic')", "Resizing(7, 5, 'lanczos3')"])
def test_pixels_are_weighed_as_tensorflow_does_where_torch_has_no_such_mode(read_keras: Read, layer: str) -> None:
    text = f"def net():\n    x = keras.Input((4, 5, 3))\n    return keras.Model(x, layers.{layer}(x))\n"
    found = ops(read_keras(text, model="net()"))
    assert found.count("einsum") == 2 and "resize2d" not in found


def test_the_scale_of_smoothed_pixels_is_kept(read_keras: Read) -> None:
    text = "x = keras.Input((8, 8, 3))\nmodel = keras.Model(x, layers.Resizing(4, 4, antialias=True)(x))\n"
    (node,) = read_keras(text, model="model").network.nodes
    assert (node.params["mode"], node.params["antialias"]) == ("bilinear", True)


@pytest.mark.parametrize(
    ("arguments", "padding", "added", "size"),
    [
        ("3, strides=2, padding='same'", ((0, 1),), (0,), 10),
        ("3, strides=2, padding='same', output_padding=0", ((1, 1),), (0,), 9),
        ("3, strides=2, padding='same', output_padding=1", ((0, 2),), (1,), 10),
        ("2, strides=3, padding='same', output_padding=2", ((0, 0),), (0,), 14),
        ("2, strides=3, padding='same'", ((0, 0),), (1,), 15),
        ("2, strides=3", ((0, 0),), (1,), 15),
        ("2, strides=3, output_padding=2", ((0, 0),), (2,), 16),
    ],
)
def test_what_a_transposed_convolution_adds_and_cuts_off(
    read_keras: Read, arguments: str, padding: object, added: object, size: int
) -> None:
    """Sizes as Keras gives them: a stride beyond the kernel leaves room, given output padding is not torch's."""
    text = f"x = keras.Input((5, 3))\nmodel = keras.Model(x, layers.Conv1DTranspose(4, {arguments})(x))\n"
    done = read_keras(text, model="model")
    (node,) = done.network.nodes
    assert (node.params["padding"], node.params["output_padding"]) == (padding, added)
    assert done.network.outputs[0].type.shape[1] == size


def test_batch_renormalization_is_read_outside_of_training(read_keras: Read) -> None:
    text = "x = keras.Input((5,))\nmodel = keras.Model(x, layers.BatchNormalization(renorm=True)(x))\n"
    done = read_keras(text, model="model")
    assert len(done.network.parameters) == 7
    assert "training" in {problem.code for problem in done.network.problems}


@pytest.mark.parametrize("made", ["tf.range(n)", "tf.range(limit=n, start=0)", "keras.backend.arange(n)"])
def test_a_range_is_counted_from_zero(read_keras: Read, made: str) -> None:
    text = f"""
    import tensorflow as tf
    class Net(layers.Layer):
        def call(self, x):
            n = tf.shape(x)[1]
            return x + tf.cast({made}, "float32")
    """
    assert ops(read_keras(text, "2x5", model="Net()")) == ["arange", "cast", "add"]


def test_numbers_that_are_written_down_are_tensors(read_keras: Read) -> None:
    text = """
    import tensorflow as tf
    class Net(layers.Layer):
        def call(self, x):
            return x * tf.constant([[0.5, 2.0]], dtype=tf.float32) + tf.convert_to_tensor(1.5)
    """
    assert ops(read_keras(text, "2x2", model="Net()")) == ["tensor", "mul", "tensor", "add"]


def test_attention_whose_heads_are_not_as_wide_as_its_input_is_restated(read_keras: Read) -> None:
    text = (
        "def net():\n    x = keras.Input((6, 4))\n    return keras.Model(x, layers.MultiHeadAttention(2, {0})(x, x))\n"
    )
    assert ops(read_keras(text.format(2), model="net()")) == ["multi_head_attention"]
    done = read_keras(text.format(3), model="net()")
    assert done.network.nodes[0].op is not None and done.network.nodes[0].op.name == "einsum"
    assert [str(size) for size in done.network.outputs[0].type.shape] == ["N", "6", "4"]


def test_statements_of_a_file_run_in_their_order(read_keras: Read) -> None:
    done = read_keras(
        """
        data = open("nowhere")
        x = keras.Input((4,))
        first = x
        x = layers.Dense(3)(x)
        early = x
        x = layers.Dense(5)(x)
        model = keras.Model(first, [early, x])
        x = None
        """,
        model="model",
    )
    assert [str(size) for out in done.network.outputs for size in out.type.shape] == ["N", "3", "N", "5"]


MASKED = """
class Kept(layers.Layer):
    def call(self, x, mask=None):
        return x if mask is None else x * ops.expand_dims(ops.cast(mask, x.dtype), -1)

def net(layer):
    ids = keras.Input((2,), dtype="int32")
    x = layers.Dropout(0.1)(layers.Embedding(9, 4, mask_zero=True)(ids))
    return keras.Model(ids, layer(x))
"""


@pytest.mark.parametrize(
    ("layer", "read"),
    [
        ("layers.Flatten()", ["embedding", "dropout", "flatten"]),
        ("Kept()", ["embedding", "dropout", "ne", "cast", "unsqueeze", "mul"]),
        (
            "layers.GlobalAveragePooling1D()",
            ["embedding", "dropout", "ne", "cast", "unsqueeze", "mul", "sum", "sum", "div"],
        ),
        ("lambda x: Kept()(layers.Flatten()(x))", ["embedding", "dropout", "flatten"]),
    ],
)
def test_masks_are_made_where_a_layer_takes_them(read_keras: Read, layer: str, read: list[str]) -> None:
    assert ops(read_keras(MASKED, model=f"net({layer})")) == read


def test_recurrent_layers_keep_their_state_where_a_mask_says_so(read_keras: Read) -> None:
    done = ops(read_keras(MASKED, model="net(layers.GRU(3))"))
    assert done.count("gru_cell") == 2 and done.count("where") == 4


@pytest.mark.parametrize("layer", ["Multiply", "Maximum"])
def test_merging_tensors_with_masks_is_refused(read_keras: Read, refused: Callable[..., Problem], layer: str) -> None:
    """A sum is the same with masks; a product and an extreme take other values where a mask says so."""
    assert "masks is not read" in refused(read_keras, MASKED, model=f"net(lambda x: layers.{layer}()([x, x]))").why
    assert "add" in ops(read_keras(MASKED, model="net(lambda x: layers.Add()([x, x]))"))


@pytest.mark.parametrize(
    ("layer", "read"),
    [
        ("layers.ReLU(6.0)", ["relu6"]),
        ("layers.ReLU(10, 1, 0.5)", ["minimum", "ge", "zeros_like", "where", "minimum", "sub", "mul", "add"]),
        ("layers.Reshape((16, -1))", ["reshape"]),
        ("layers.PReLU(shared_axes=[1, 2])", ["prelu"]),
        ("layers.PReLU(shared_axes=1)", ["sub"]),
    ],
)
def test_layers_whose_arguments_no_form_takes(read_keras: Read, layer: str, read: list[str]) -> None:
    assert ops(read_keras(sequential(layer), model="net()"))[-len(read) :] == read


OLDER = """
def net():
    x = keras.Input((8, 8, 4))
    y = layers.Conv2D({size} * 2, 1)(x)
    return keras.Model(x, y)
"""


@pytest.mark.parametrize("size", ["x.shape[-1].value", "x._keras_shape[-1]", "getattr(x, '_shape_val')[-1]"])
def test_older_spellings_of_a_size(read_keras: Read, size: str) -> None:
    done = read_keras(OLDER.format(size=size), model="net()")
    assert done.network.outputs[0].type.shape[-1] == 8


def test_a_merging_function_takes_its_inputs_by_name(read_keras: Read) -> None:
    text = """
    class Net(keras.Model):
        def call(self, x):
            return layers.multiply(inputs=[x, x])
    """
    assert ops(read_keras(text, "2x4", model="Net()")) == ["mul"]


def test_arguments_of_a_lambda_that_are_not_known_are_refused(read_keras: Read) -> None:
    with pytest.raises(Refusal, match="arguments= of this Lambda"):
        read_keras(sequential("layers.Lambda(lambda x, s=1: x * s, arguments=[1])"), model="net()")


@pytest.mark.parametrize("text", ["ReLU() or open('x')", "__import__('os').remove", "1 + 1"])
def test_eval_of_anything_but_a_name_is_not_done(read_keras: Read, text: str) -> None:
    source = f"def net():\n    return keras.Sequential([keras.Input((4,)), eval({text!r})])\n"
    with pytest.raises(Refusal, match="not executed"):
        read_keras(source, model="net()")


def test_a_depthwise_convolution_gives_several_results_of_each_channel(read_keras: Read) -> None:
    text = """
    def net():
        x = keras.Input((8, 8, 4))
        return keras.Model(x, layers.Lambda(lambda x: ops.depthwise_conv(x, ops.ones((3, 3, 4, 2))))(x))
    """
    done = read_keras(text, model="net()")
    assert [hint(size) for size in done.network.runs["eval"].outputs[0].type.shape[1:]] == [6, 6, 8]


@pytest.mark.parametrize(
    ("call", "read"),
    [
        ("resize_bilinear(x, (4, 6), align_corners=True)", {"mode": "bilinear", "align": True}),
        ("resize_nearest_neighbor(x, (4, 6))", {"mode": "nearest", "align": False}),
    ],
)
def test_images_are_resized_as_tensorflow_1_does_it(read_keras: Read, call: str, read: dict[str, object]) -> None:
    text = "import tensorflow as tf\ndef net():\n    x = keras.Input((8, 8, 3))\n    return keras.Model(x, {}(x))\n"
    done = read_keras(text.format(f"layers.Lambda(lambda x: tf.compat.v1.image.{call})"), model="net()")
    assert {name: done.network.nodes[-1].params[name] for name in read} == read


def test_resize_of_tensorflow_1_is_not_the_one_of_today(read_keras: Read) -> None:
    text = "import tensorflow as tf\ndef net():\n    x = keras.Input((8, 8, 3))\n    return keras.Model(x, {}(x))\n"
    done = read_keras(text.format("layers.Lambda(lambda x: tf.compat.v1.image.resize(x, (4, 6)))"), model="net()")
    assert "resize2d" not in ops(done) and ops(done).count("index") + ops(done).count("take") >= 4
