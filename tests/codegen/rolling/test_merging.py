"""Steps that only some calls of a helper make, and what its docstring says."""

from __future__ import annotations

from collections.abc import Callable

HELPER = '''
def separable(x, filters, stride=1, before=True):
    """Depthwise, then pointwise.
    Args:
        x: input tensor
    """
    if stride > 1:
        x = layers.ZeroPadding2D(1)(x)
    if before:
        x = layers.Activation("relu")(x)
    x = layers.DepthwiseConv2D(3, strides=stride, padding="same" if stride == 1 else "valid")(x)
    x = layers.Conv2D(filters, 1)(x)
    if not before:
        x = layers.Activation("relu")(x)
    return x


def build():
    start = keras.Input((16, 16, 4))
    x = separable(start, 8)
    x = separable(x, 8, stride=2)
    x = separable(x, 6, before=False)
    x = separable(x, 6, stride=2)
    return keras.Model(start, separable(x, 4, before=False))
'''


def test_optional_steps_in_a_row_change_one_variable(rolled: Callable[..., str]) -> None:
    made = rolled(HELPER)
    assert "class Separable(nn.Module):" in made
    steps = made[made.index("def forward(self, x):") :]
    assert "identity" not in steps and steps.index("self.zero_pad(x)") < steps.index("relu(x)")


def test_a_docstring_ends_where_it_tells_of_arguments(rolled: Callable[..., str]) -> None:
    assert '"""Depthwise, then pointwise."""' in rolled(HELPER)


def test_a_layer_that_does_nothing_stands_in_its_row(rolled: Callable[..., str]) -> None:
    made = rolled(
        "model = keras.Sequential([keras.Input((4,)), layers.Dense(2), layers.Activation('linear')])\n", "model"
    )
    assert "nn.Linear(4, 2)" in made and "Lambda" not in made


def test_words_of_python_are_no_names_of_layers(rolled: Callable[..., str]) -> None:
    made = rolled(
        """
        def block(x, name):
            x = layers.Dense(4, name="{}_in".format(name))(x)
            return layers.Dense(4, name="{}_out".format(name))(x)


        def build():
            start = keras.Input((4,))
            return keras.Model(start, block(block(start, "a"), "b"))
        """
    )
    assert "self.in_ = nn.Linear(" in made and "self.out = nn.Linear(" in made


def test_a_value_of_training_and_one_of_inference(rolled: Callable[..., str]) -> None:
    made = rolled(
        """
        from keras import backend as K


        class Noise(layers.Layer):
            def call(self, inputs, training=None):
                return K.in_train_phase(lambda: inputs * 1.5, inputs, training=training)


        def build():
            start = keras.Input((4,))
            return keras.Model(start, layers.Dense(3)(Noise()(start)))
        """
    )
    assert "training=self.training)" in made and "if training:" in made
