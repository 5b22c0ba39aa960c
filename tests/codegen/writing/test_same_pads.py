"""TensorFlow's "same" with a stride, at a size that is known only when the program runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = "import keras\nfrom keras import layers\n\n\n"
NET = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(4, 3, strides=2, padding="same")
        self.pool = layers.MaxPooling2D(3, strides=2, padding="same")

    def call(self, x):
        x = self.conv(x)
        return self.pool(x)
"""


@pytest.fixture
def text(to_torch: Callable[..., tuple[object, object]], tmp_path: Path) -> Callable[..., str]:
    """What a Keras source becomes; the static proof must hold."""

    def written(source: str, *inputs: str, model: str | None = None) -> str:
        path = tmp_path / "model.py"
        path.write_text(HEAD + source, encoding="utf-8")
        converted, proof = to_torch(path, *inputs, model=model)
        assert proof.why is None  # type: ignore[attr-defined]
        return str(converted.text)  # type: ignore[attr-defined]

    return written


def test_a_layer_of_a_class_is_called_with_what_is_padded(text: Callable[..., str]) -> None:
    made = text(NET, "2x16x16x3")
    assert "x = self.conv(F.pad(x, same_pads(x, 3, 2)))" in made
    assert 'return self.pool(F.pad(x, same_pads(x, 3, 2), value=float("-inf")))' in made
    assert "SamePad" not in made


def test_in_a_sequential_too(text: Callable[..., str]) -> None:
    made = text(
        'model = keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(4, 3, strides=2, padding="same")])\n'
    )
    assert made.count("def same_pads(") == 1 and made.index("def same_pads(") < made.index("class SamePad(")
    assert "nn.Sequential(SamePad(3, 2), nn.Conv2d(3, 4, 3, stride=2))" in made


def test_a_functional_model_pads_where_it_calls(text: Callable[..., str]) -> None:
    made = text(
        "x = keras.Input((None, None, 3))\n"
        'model = keras.Model(x, layers.Conv2D(4, 3, strides=2, padding="same", name="conv")(x))\n'
    )
    assert "self.conv(F.pad(x, same_pads(x, 3, 2)))" in made
    assert "class SamePad" not in made


def test_a_fixed_size_needs_no_helper(text: Callable[..., str]) -> None:
    made = text(
        "x = keras.Input((16, 16, 3))\n"
        'model = keras.Model(x, layers.Conv2D(4, 3, strides=2, padding="same", name="conv")(x))\n'
    )
    assert "same_pads" not in made


def test_a_window_that_the_constructor_is_told_is_followed(text: Callable[..., str]) -> None:
    made = text(
        """
class Block(layers.Layer):
    def __init__(self, kernel, stride):
        super().__init__()
        self.dw = layers.DepthwiseConv2D((kernel, kernel), strides=stride, padding="same")

    def call(self, x):
        return self.dw(x)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = [Block(3, 1), Block(3, 2), Block(5, 1), Block(5, 2)]

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return x
""",
        "1x32x32x3",
        model="Net()",
    )
    assert "SamePad(kernel, stride)" in made and 'padding="same"' in made


def test_a_convolution_that_always_pads_says_its_own_window(text: Callable[..., str]) -> None:
    made = text(
        """
class Block(layers.Layer):
    def __init__(self, kernel, stride):
        super().__init__()
        self.conv = layers.Conv2D(4, (kernel, kernel), strides=stride, padding="same")

    def call(self, x):
        return self.conv(x)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.a, self.b = Block(3, 2), Block(5, 3)

    def call(self, x):
        return self.b(self.a(x))
""",
        "1x32x32x3",
        model="Net()",
    )
    assert "same_pads(x, self.conv.kernel_size[0], self.conv.stride[0])" in made


def test_one_word_for_windows_of_all_shapes_is_the_words_own_parameter(text: Callable[..., str]) -> None:
    made = text(
        """
class Block(layers.Layer):
    def __init__(self, kernel, stride, padding):
        super().__init__()
        self.conv = layers.Conv2D(4, kernel, strides=stride, padding=padding)

    def call(self, x):
        return self.conv(x)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = [Block((1, 7), 1, "same"), Block((7, 1), 1, "same"), Block((3, 3), 2, "valid")]

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return x
""",
        "1x32x32x3",
        model="Net()",
    )
    assert "nn.Conv2d(in_channels, 4, kernel, stride=stride, padding=padding)" in made
