"""Functional models become classes: helpers, loops, conditions, names and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable

RESIDUAL = '''
def residual_block(x, filters, stride=1, conv_shortcut=True, name=None):
    """A residual block.

    Args:
        x: what comes in.
    """
    if conv_shortcut:
        shortcut = layers.Conv2D(2 * filters, 1, strides=stride, name=f"{name}_0_conv")(x)
        shortcut = layers.BatchNormalization(name=f"{name}_0_bn")(shortcut)
    else:
        shortcut = x
    x = layers.Conv2D(filters, 1, strides=stride, name=f"{name}_1_conv")(x)
    x = layers.ReLU(name=f"{name}_1_relu")(x)
    x = layers.Conv2D(2 * filters, 3, padding="same", name=f"{name}_2_conv")(x)
    x = layers.Add(name=f"{name}_add")([shortcut, x])
    x = layers.ReLU(name=f"{name}_out")(x)
    return x


def stack(x, filters, blocks, stride1=2, name=None):
    x = residual_block(x, filters, stride=stride1, name=f"{name}_block1")
    for i in range(2, blocks + 1):
        x = residual_block(x, filters, conv_shortcut=False, name=f"{name}_block{i}")
    return x


def build(classes=10):
    inputs = layers.Input((32, 32, 3))
    x = layers.Conv2D(12, 3, name="conv1")(inputs)
    x = stack(x, 8, 3, stride1=1, name="conv2")
    x = stack(x, 16, 2, name="conv3")
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(classes, name="predictions")(x)
    return keras.Model(inputs, x)
'''


def test_helpers_become_classes_with_their_parameters_and_conditions(rolled: Callable[..., str]) -> None:
    text = rolled(RESIDUAL)
    assert "class ResidualBlock(nn.Module):" in text
    assert "def __init__(self, in_channels, filters, stride=1, conv_shortcut=True):" in text
    assert "self.conv1 = nn.Conv2d(in_channels, filters, 1, stride=stride)" in text
    assert "self.conv2 = nn.Conv2d(filters, 2 * filters, 3, padding=1)" in text
    assert "        if self.conv_shortcut:\n            shortcut = self.conv0(x)\n" in text
    assert "        shortcut = x\n" in text
    assert "        x = shortcut + x\n        return self.relu(x)\n" in text


def test_loops_over_blocks_stay_loops(rolled: Callable[..., str]) -> None:
    text = rolled(RESIDUAL)
    assert "def __init__(self, in_channels, filters, blocks, stride1=2):" in text
    assert "self.block1 = ResidualBlock(in_channels, filters, stride=stride1)" in text
    assert "for _ in range(blocks - 1)" in text
    assert "self.conv2 = Stack(12, 8, 3, stride1=1)" in text
    assert "self.conv3 = Stack(16, 16, 2)" in text


def test_the_model_is_named_like_its_factory(rolled: Callable[..., str]) -> None:
    text = rolled(RESIDUAL)
    assert "class Build(nn.Module):" in text
    assert "self.predictions = nn.Linear(" in text
    assert "permute" not in text.partition("class Build")[0]


def test_growing_numbers_are_counted_by_the_loop(rolled: Callable[..., str]) -> None:
    text = rolled(
        """
        def conv_block(x, growth, name):
            x1 = layers.ReLU(name=name + "_relu")(x)
            x1 = layers.Conv2D(growth, 3, padding="same", name=name + "_conv")(x1)
            return layers.Concatenate(name=name + "_concat")([x, x1])


        def dense_block(x, blocks, name):
            for i in range(blocks):
                x = conv_block(x, 4, name=name + "_block" + str(i + 1))
            return x


        def build():
            inputs = layers.Input((8, 8, 3))
            x = dense_block(inputs, 3, name="conv2")
            x = layers.Conv2D(6, 1, name="squeeze")(x)
            x = dense_block(x, 5, name="conv3")
            return keras.Model(inputs, x)
        """
    )
    assert "ConvBlock(in_channels + i * 4) for i in range(blocks)" in " ".join(text.split())
    assert "return torch.cat([x, x1], dim=1)" in text


def test_layers_that_several_calls_share_are_made_once(rolled: Callable[..., str]) -> None:
    text = rolled(
        """
        def build():
            one = keras.Input((4,), name="one")
            other = keras.Input((4,), name="other")
            project = layers.Dense(3, name="project")

            def encode(x):
                x = project(x)
                return layers.ReLU()(x)

            return keras.Model([one, other], layers.Concatenate()([encode(one), encode(other)]))
        """
    )
    assert text.count("nn.Linear(4, 3)") == 1
    assert "def forward(self, one, other):" in text


def test_a_value_that_is_needed_again_keeps_a_name(rolled: Callable[..., str]) -> None:
    text = rolled(
        """
        def build():
            inputs = keras.Input((4,))
            x = layers.Dense(4, name="one")(inputs)
            y = x
            x = layers.Dense(4, name="two")(x)
            x = layers.Dense(4, name="three")(x)
            return keras.Model(inputs, layers.Add()([x, y]))
        """
    )
    assert "        y = x\n        x = self.two(x)\n        x = self.three(x)\n        return x + y\n" in text


def test_the_first_paragraph_of_a_docstring_stays(rolled: Callable[..., str]) -> None:
    text = rolled(RESIDUAL)
    assert 'class ResidualBlock(nn.Module):\n    """A residual block."""\n' in text
    assert "what comes in" not in text


def test_paddings_follow_from_the_numbers_that_decide_them(rolled: Callable[..., str]) -> None:
    text = rolled(
        """
        def block(x, filters, kernel, stride, name):
            if stride == 2:
                x = layers.ZeroPadding2D(1, name=name + "pad")(x)
                padding = "valid"
            else:
                padding = "same"
            x = layers.Conv2D(filters, kernel, strides=stride, padding=padding, name=name + "conv")(x)
            return layers.BatchNormalization(name=name + "bn")(x)


        def build():
            inputs = keras.Input((16, 16, 3))
            x = block(inputs, 32, 3, 1, "a_")
            x = block(x, 48, 5, 1, "b_")
            x = block(x, 20, 5, 2, "c_")
            return keras.Model(inputs, x)
        """
    )
    assert "padding=kernel // 2 if stride == 1 else 0" in text
    assert "        if self.stride == 2:\n            x = self.pad(x)\n" in text


SCALED = """
class Scaled(keras.layers.Layer):
    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs, training=None):
        return inputs[0] * self.scale + inputs[1]


def build():
    inputs = layers.Input((8, 8, 3))
    y = layers.Conv2D(3, 1)(inputs)
    z = layers.Conv2D(3, 3, padding="same")(y)
    return keras.Model(inputs, Scaled(0.5)([z, y], training=False))
"""


def test_a_layer_of_the_program_is_called_as_the_source_calls_it(rolled: Callable[..., str]) -> None:
    text = rolled(SCALED)
    assert "def forward(self, inputs):" in text
    assert re.search(r"self\.scaled\(\[\w+, \w+\]\)|self\.scaled\(\[self\.\w+\(\w+\), \w+\]\)", text), text


FREE = """
def build():
    inputs = layers.Input((None, None, 3))
    x = layers.Conv2D(4, 3, strides=2, padding="same")(inputs)
    x = layers.MaxPooling2D(4, strides=2, padding="same")(x)
    return keras.Model(inputs, layers.Conv2D(4, 2, strides=3, padding="same")(x))
"""


def test_padding_that_depends_on_free_sizes_is_computed_from_them(rolled: Callable[..., str]) -> None:
    text = rolled(FREE)
    assert "self.conv2(F.pad(x, same_pads(x, 2, 3)))" in text
    assert 'value=float("-inf")' in text
    assert "ZeroPad2d" not in text


STATES = """
def build():
    inputs = layers.Input((3, 5))
    y, h, c = layers.LSTM(4, return_sequences=True, return_state=True)(inputs)
    return keras.Model(inputs, layers.LSTM(4)(y, initial_state=[h, c]))
"""


def test_a_recurrent_layer_hands_its_states_to_another_one(rolled: Callable[..., str]) -> None:
    text = rolled(STATES)
    assert "y, (h, c) = self.lstm1(x)" in text
    assert "self.lstm2(y, (h, c))[1][0][0]" in text


ENDS = """
def build():
    inputs = layers.Input((None, 5))
    x, forward, _, backward, _ = layers.Bidirectional(layers.LSTM(4, return_sequences=True, return_state=True))(inputs)
    state = layers.Concatenate()([forward, backward])
    x, last = layers.GRU(8, return_sequences=True, return_state=True)(x, initial_state=state)
    y = layers.Bidirectional(layers.SimpleRNN(4), merge_mode="sum")(x)
    return keras.Model(inputs, [layers.Bidirectional(layers.GRU(4))(x), y, last])
"""


def test_last_states_of_both_directions_are_taken_from_one_layer(rolled: Callable[..., str]) -> None:
    text = rolled(ENDS)
    assert "nn.GRU(8, 4, batch_first=True, bidirectional=True)" in text
    assert "_, x = self.bidirectional_gru(x)\n        x = torch.cat([x[0], x[1]], dim=1)\n" in text
    assert "state.unsqueeze(0)" in text
    assert "Cell" not in text


OWN_CLASSES = """
class Scores(layers.Layer):
    def __init__(self, width, sizes=[4, 6], regularizer=None, start="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.start = keras.initializers.get(start)
        self.again = self.start
        self.first, self.second = layers.Dense(sizes[0]), layers.Dense(sizes[1])
        self.width = width

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[0][-1], self.width), initializer=self.again)
        return super().build(input_shape)

    def call(self, inputs):
        rows = [self.first(keras.ops.matmul(part, self.kernel)) for part in inputs]
        return [keras.ops.convert_to_tensor(self.second(row)) for row in rows]


class Patches(layers.Layer):
    def call(self, images):
        shape = keras.ops.shape(images)
        return keras.ops.reshape(images, (shape[0], shape[1] * shape[2], shape[3]))


def build():
    images = layers.Input((4, 4, 3))
    x = Patches()(layers.Conv2D(5, 1)(images))
    parts = [layers.Dense(7)(x), layers.Dense(7)(x)]
    scores = Scores(3, [5, 6], regularizer=keras.regularizers.L2(0.1))(parts)
    again = Scores(3)(parts)
    return keras.Model(images, layers.Concatenate()([*scores, *again]))
"""


def test_own_classes_are_made_with_lists_and_called_with_lists(rolled: Callable[..., str]) -> None:
    text = rolled(OWN_CLASSES)
    joined = re.sub(r"\s+\)", ")", re.sub(r"\(\s+", "(", text))
    assert "Scores(in_features=5, width=3, sizes=[5, 6])" in joined
    assert "Scores(in_features=4, width=3)" in joined
    assert re.search(r"(\w+), (?!\1\b)\w+ = self.scores1\(\[x\d*, x\d*\]\)", text)
    assert "self.start" not in text and "self.again" not in text  # an initialiser is no part of a network
    assert "self.kernel = nn.Parameter(" in text


def test_sizes_are_those_of_the_call_not_of_the_building(rolled: Callable[..., str]) -> None:
    text = rolled(OWN_CLASSES)
    assert "return images.reshape(-1, shape[3], shape[1] * shape[2])" in text  # from N C H W, unlike the building


def test_a_sequential_that_holds_a_functional_model_is_written_with_it(rolled: Callable[..., str]) -> None:
    text = rolled("""
        def inner():
            x = layers.Input((8,))
            return keras.Model(x, layers.Dense(3)(layers.Dense(5)(x)) + x[:, :3])


        def build():
            return keras.Sequential([layers.Input((8,)), layers.Rescaling(2.0), inner()])
    """)
    assert "class Inner(nn.Module):" in text
    assert "return self.inner(x * 2.0)" in text


def test_ids_that_are_fractions_are_cut_off(rolled: Callable[..., str]) -> None:
    text = rolled("""
        def build():
            ids = layers.Input((7,))
            return keras.Model(ids, layers.Embedding(10, 4)(ids))
    """)
    assert "return self.embedding(x.long())" in text


def test_what_acts_in_training_alone_keeps_its_call(rolled: Callable[..., str]) -> None:
    text = rolled("""
        class Depth(layers.Layer):
            def __init__(self, rate, **kwargs):
                super().__init__(**kwargs)
                self.rate = rate

            def call(self, x, training=None):
                if training:
                    shape = (keras.ops.shape(x)[0],) + (1,) * (len(x.shape) - 1)
                    return x * keras.ops.floor(1 - self.rate + keras.random.uniform(shape, 0, 1))
                return x


        def build():
            x = layers.Input((8,))
            y = Depth(0.1)(layers.Dense(8)(x))
            return keras.Model(x, y + x)
    """)
    assert "if self.training:" in text
    assert "self.depth = Depth(rate=0.1)" in text
    assert "= self.depth(" in text


def test_results_of_own_classes_are_taken_apart_as_they_are_given(rolled: Callable[..., str]) -> None:
    text = rolled("""
        class Both(layers.Layer):
            def build(self, input_shape):
                _, steps, size = input_shape
                self.place = layers.Embedding(steps, size)
                self.numbers = keras.ops.arange(0, steps)

            def call(self, x):
                first = x + self.place(self.numbers)
                return keras.ops.sum(first, axis=1), first, x * 2


        def build():
            x = layers.Input((5, 4))
            total, first, _ = Both()(x)
            return keras.Model(x, layers.Dense(3)(first) + layers.Dense(3)(total)[:, None])
    """)
    assert "steps, size = 5, 4" in text
    assert "self.numbers = torch.arange(steps)" in text
    assert re.search(r"(\w+), (?!\1)\w+, _ = self.both\(x\)", text)


def test_a_class_of_training_alone_is_written_as_what_it_holds(rolled: Callable[..., str]) -> None:
    text = rolled("""
        class Trained(keras.Model):
            def train_step(self, data):
                return {}


        def build():
            ids = layers.Input((7,), dtype="int32")
            places = layers.Embedding(7, 4)(keras.ops.arange(0, 7))
            return Trained(ids, layers.Embedding(10, 4, weights=None)(ids) + places)
    """)
    assert text.count("class ") == 1 and "Trained" not in text
    assert "places = self.embedding1(torch.arange(7))" in text


def test_pieces_of_given_sizes(rolled: Callable[..., str]) -> None:
    text = rolled("""
        import tensorflow as tf


        def build():
            x = layers.Input((9,))
            first, second, third = tf.split(x, [2, 3, 4], axis=-1)
            return keras.Model(x, [layers.Dense(2)(third) + first, second])
    """)
    assert re.search(r"split\(x, (\[2, 5\]|\[2, 3, 4\]|\(2, 5\)), dim=1\)", text), text


def test_functions_are_handed_on_and_looked_up_by_name(rolled: Callable[..., str]) -> None:
    text = rolled(
        """
        class Block(layers.Layer):
            def __init__(self, units, activation="relu", kernel_initializer="zeros", **kwargs):
                super().__init__(**kwargs)
                self.dense = layers.Dense(units, kernel_initializer=kernel_initializer)
                self.activation = keras.activations.get(activation)

            def call(self, x):
                return self.activation(self.dense(x))

        def build():
            x = keras.Input((3,))
            start = keras.initializers.TruncatedNormal(stddev=0.02)
            y = Block(4, "relu", kernel_initializer=start, name="a")(x)
            return keras.Model(x, Block(4, keras.activations.gelu, kernel_initializer=start, name="b")(y))
        """
    )
    assert 'activation if callable(activation) else {"relu": F.relu}[activation]' in text
    assert "Block(in_features=3, units=4" in text and "activation=F.gelu" in text


def test_what_a_module_gives_is_taken_apart_as_it_gives_it(rolled: Callable[..., str]) -> None:
    text = rolled(
        """
        class Cell(layers.Layer):
            def __init__(self, units):
                super().__init__()
                self.state_size = [units, units]

            def build(self, shape):
                self.kernel = self.add_weight(shape=(shape[-1], self.state_size[0]), initializer="ones")

            def call(self, x, states):
                h = keras.ops.matmul(x, self.kernel) + states[0]
                return h * 2.0, [h, h]

        def build():
            x = keras.Input((3, 4))
            return keras.Model(x, layers.RNN(Cell(5))(x))
        """
    )
    assert "_, (new, _) = self.cell(" in text or "_, (x, _) = self.cell(" in text


def test_methods_that_put_a_model_together_are_helpers(rolled: Callable[..., str]) -> None:
    text = rolled(
        """
        class Net(keras.Model):
            def __init__(self, widths):
                x = keras.Input((3,))
                y = x
                for width in widths:
                    y = self.block(y, width)
                super().__init__(inputs=x, outputs=y)

            def block(self, x, width):
                y = layers.Dense(width)(x)
                y = layers.LayerNormalization()(y)
                return layers.Dense(3)(layers.Activation("relu")(y)) + x
        """,
        "Net([4, 5])",
    )
    assert "class Net(nn.Module)" in text and "nn.Linear(3, " in text


def test_numbers_that_keras_keeps_in_single_precision_stay_so(rolled: Callable[..., str]) -> None:
    text = rolled(
        """
        def build():
            x = keras.Input((8, 8, 2))
            y = layers.Normalization(mean=[0.1, 0.3], variance=[0.25, 4.0])(x)
            return keras.Model(x, layers.Conv2D(4, 3)(y))
        """
    )
    assert "torch.tensor([0.1,0.3],dtype=torch.float32).to(" in "".join(text.split())
    assert "torch.tensor([0.25, 4.0], dtype=inputs.dtype)" in text


def test_rescaling_holds_its_number_in_single_precision_where_that_rounds_it(rolled: Callable[..., str]) -> None:
    text = rolled(
        """
        def build():
            x = keras.Input((8, 8, 2))
            y = layers.Rescaling(1.0 / 255.0)(x)
            y = layers.Rescaling(2.0, offset=-1.0)(layers.Normalization()(y))
            return keras.Model(x, layers.Conv2D(4, 3)(y))
        """
    )
    assert "scale = torch.tensor(0.00392156862745098, dtype=torch.float32)\n" in text and "* 2.0 + -1.0" in text
    assert 'self.register_buffer("adapt_variance", torch.ones(2))' in text


SHARED_NAME = """
class Halved(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.scale = layers.Rescaling(0.5)

    def call(self, x):
        return self.scale(x)


def build():
    inputs = layers.Input((4,))
    x = Halved()(layers.Dense(3)(inputs))
    return keras.Model(inputs, layers.Rescaling(0.25)(x))
"""


def test_classes_of_a_graph_have_names_of_their_own(rolled: Callable[..., str]) -> None:
    names = re.findall(r"^class (\w+)", rolled(SHARED_NAME), re.MULTILINE)
    assert "Rescaling" in names and len(names) == len(set(names))
