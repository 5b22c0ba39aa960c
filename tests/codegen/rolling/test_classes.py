"""Classes of the program inside a functional model: layers of the library that are told and asked more."""

from __future__ import annotations

from collections.abc import Callable

BLOCK = """
import tensorflow as tf


class Block(layers.Layer):
    def __init__(self, width, heads, kernel_initializer="glorot_uniform"):
        super().__init__()
        self.start = keras.initializers.get(kernel_initializer)
        self.attention = layers.MultiHeadAttention(heads, {size}, kernel_initializer=self.start, name="attention")
        self.linear = layers.Dense(width, kernel_initializer=self.start)

    def call(self, x, training=None):
        return self.linear(self.attention(x, x, training=training))


def build():
    start = keras.Input((6, 8))
    return keras.Model(start, layers.Dense(2)(Block(8, 2)(start)))
"""


def test_an_attention_whose_key_is_left_out_looks_at_the_value(rolled: Callable[..., str]) -> None:
    made = rolled(BLOCK.format(size=4))
    assert "self.attention = nn.MultiheadAttention(8, heads, batch_first=True)" in made
    assert "self.attention(x, x, x, need_weights=False)[0]" in made


def test_what_layers_of_keras_are_told_beside_goes_with_their_restatement(rolled: Callable[..., str]) -> None:
    """`kernel_initializer`, `name`, and the mode, which every layer of Keras takes."""
    made = rolled(BLOCK.format(size=3))
    assert "self.attention = MultiHeadAttention(heads, 3)" in made
    assert "return self.linear(self.attention(x, x))" in made


def test_a_softmax_with_a_mask_is_one_of_the_program(rolled: Callable[..., str]) -> None:
    made = rolled(
        """
        from keras import ops


        class Shares(layers.Layer):
            def __init__(self):
                super().__init__()
                self.softmax = layers.Softmax()

            def call(self, x):
                return self.softmax(x, x > 0)


        def build():
            start = keras.Input((8,))
            return keras.Model(start, layers.Dense(2)(Shares()(start)))
        """
    )
    assert "shares = F.softmax(torch.where(kept, inputs, -1e9), dim=self.axis)" in made
