"""Numbers that hang on an open size are refused, not frozen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal

MODEL = """
import math

from keras import ops


class Scale(layers.Layer):
    def call(self, x):
        n = ops.shape(x)[1]
        return {}


def build():
    start = keras.Input(({}, 8))
    return keras.Model(start, Scale()(start))
"""


@pytest.mark.parametrize(
    "text",
    [
        "x + 3 / n",
        "x * math.sqrt(n)",
        "x * float(n)",
        "x / n**0.5",
        'x / ops.sqrt(ops.cast(n, "float32"))',
        "ops.reshape(x, (-1, int(n * 0.5), 16))",
    ],
)
def test_a_number_of_an_open_size_is_refused(rolled: Callable[..., str], text: str) -> None:
    with pytest.raises(Refusal, match="would be frozen"):
        rolled(MODEL.format(text, None))


@pytest.mark.parametrize(
    ("text", "length", "written"),
    [
        ("x + 3 / n", 6, "x + 0.5"),
        ('x / ops.sqrt(ops.cast(n, "float32"))', 4, "x / 2.0"),
        ("x * float(x.shape[-1])", None, "x * 8.0"),
    ],
)
def test_a_number_of_a_fixed_size_is_a_number(
    rolled: Callable[..., str], text: str, length: int | None, written: str
) -> None:
    assert f"return {written}\n" in rolled(MODEL.format(text, length))


ATTENTION = """
import tensorflow as tf


class Attention(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.key = layers.Dense(width)
        self.query = layers.Dense(width)

    def call(self, x):
        k, q = self.key(x), self.query(x)
        depth = tf.cast(tf.shape(k)[-1], tf.float32)
        count = tf.cast(tf.shape(k)[1], tf.float32)
        scores = tf.matmul(q, k, transpose_b=True) / tf.math.sqrt(depth)
        return tf.matmul(tf.nn.softmax(scores, axis=-1), x) * count


def build():
    start = keras.Input((None, 8))
    return keras.Model(start, layers.Dense(3)(Attention(8)(start)))
"""


def test_a_cast_of_a_size_is_the_size_and_its_root_a_number(rolled: Callable[..., str]) -> None:
    """The class of the program has the sizes' texts, so that every length is right."""
    made = rolled(ATTENTION)
    assert "depth = k.shape[2]\n        count = k.shape[1]\n" in made
    assert "/ math.sqrt(depth)" in made and ") * count" in made


def test_an_open_size_is_asked_of_a_tensor_that_has_it(rolled: Callable[..., str]) -> None:
    """Also where it no longer is an axis of the operand: a mean over a length, written as a sum."""
    made = rolled(
        """
        from keras import ops


        def build():
            start = keras.Input((None, 8))
            x = layers.Dense(4)(start)
            count = ops.cast(ops.shape(x)[1], "float32")
            return keras.Model(start, layers.Dense(2)(ops.sum(x, axis=1) / count))
        """
    )
    assert "torch.sum(x, dim=1) / x.shape[1]" in made


def test_a_check_of_a_size_stays_where_sizes_are_numbers(rolled: Callable[..., str]) -> None:
    made = rolled(
        """
        class Checked(layers.Layer):
            def __init__(self, width):
                super().__init__()
                self.linear = layers.Dense(width)
                self.width = width

            def call(self, x):
                if x.shape[-1] != self.width:
                    raise ValueError("another width")
                return self.linear(x)


        def build():
            start = keras.Input((8,))
            return keras.Model(start, layers.Dense(2)(Checked(8)(start)))
        """
    )
    assert 'if x.shape[1] != self.width:\n            raise ValueError("another width")' in made
