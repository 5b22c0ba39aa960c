"""Sizes that Keras infers and PyTorch is told."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = "import keras\nfrom keras import layers, ops\n\n\n"
ToTorch = Callable[..., object]


@pytest.fixture
def lines(to_torch: Callable[..., tuple[object, object]], tmp_path: Path) -> Callable[..., list[str]]:
    """The stripped lines of what a Keras source becomes; the static proof must hold."""

    def written(source: str, *inputs: str, model: str | None = None) -> list[str]:
        path = tmp_path / "model.py"
        path.write_text(HEAD + textwrap.dedent(source).lstrip("\n"), encoding="utf-8")
        converted, proof = to_torch(path, *inputs, model=model)
        assert proof.why is None  # type: ignore[attr-defined]
        return [line.strip() for line in converted.text.splitlines()]  # type: ignore[attr-defined]

    return written


BLOCK = """
class Block(layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.conv = layers.Conv2D(filters, 3, padding="same", use_bias=False)
        self.bn = layers.BatchNormalization()

    def call(self, x, training=None):
        return ops.relu(self.bn(self.conv(x), training=training))
"""


def test_the_layer_before_says_a_size_and_an_input_its_number(lines: Callable[..., list[str]]) -> None:
    made = lines(
        BLOCK
        + """
class Net(keras.Model):
    def __init__(self, width=8):
        super().__init__()
        self.block = Block(width, name="block")
        self.fc = layers.Dense(10)

    def call(self, x, training=False):
        return self.fc(ops.mean(self.block(x, training=training), axis=(1, 2)))
""",
        "2x16x16x3",
    )
    assert "def __init__(self, filters):" in made
    assert "self.conv = nn.Conv2d(3, filters, 3, padding=1, bias=False)" in made
    assert "self.bn = nn.BatchNorm2d(filters, eps=0.001, momentum=0.01)" in made
    assert "self.block = Block(width)" in made
    assert "self.fc = nn.Linear(width, 10)" in made
    assert "def forward(self, x):" in made


def test_a_size_that_differs_between_instances_becomes_a_parameter_of_their_class(
    lines: Callable[..., list[str]],
) -> None:
    made = lines(
        BLOCK
        + """
class Stage(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.one = Block(filters)
        self.two = Block(filters * 2)

    def call(self, x):
        return self.two(self.one(x))

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = Stage(4)
        self.second = Stage(16)

    def call(self, x):
        return self.second(self.first(x))
""",
        "2x16x16x3",
    )
    assert "def __init__(self, in_channels, filters):" in made
    assert "self.one = Block(in_channels, filters)" in made
    assert "self.two = Block(filters, filters * 2)" in made
    assert "self.first = Stage(3, 4)" in made
    assert "self.second = Stage(8, 16)" in made


def test_what_is_put_together_has_the_sum_of_its_parts(lines: Callable[..., list[str]]) -> None:
    made = lines(
        """
class Net(keras.Model):
    def __init__(self, a=4, b=6):
        super().__init__()
        self.one = layers.Conv2D(a, 1)
        self.two = layers.Conv2D(b, 1)
        self.last = layers.Conv2D(2, 1)

    def call(self, x):
        return self.last(ops.concatenate([self.one(x), self.two(x)], axis=-1))
""",
        "2x8x8x3",
    )
    assert "self.last = nn.Conv2d(a + b, 2, 1)" in made


LISTED = """
class Block(layers.Layer):
    def __init__(self, filters, stride=1):
        super().__init__()
        self.filters = filters
        self.conv = layers.Conv2D(self.filters, 3, strides=stride, padding="same")

    def call(self, x):
        return ops.relu(self.conv(x))


class Net(keras.Model):
    def __init__(self, widths=(8, 16), units=(7, 6)):
        super().__init__()
        self.blocks = [Block(w, stride=2) for w in widths]
        self.hidden = [layers.Dense(u) for u in units]
        self.norms = [layers.BatchNormalization() for _ in units]

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        x = ops.mean(x, axis=(1, 2))
        for dense, norm in zip(self.hidden, self.norms):
            x = norm(dense(x))
        return x
"""


def test_a_comprehension_hands_sizes_from_turn_to_turn(lines: Callable[..., list[str]]) -> None:
    text = " ".join(lines(LISTED, "2x8x8x3", model="Net()"))
    assert "in_channels = 3" in text
    assert "Block(in_channels, (in_channels := w), stride=2) for w in widths" in text
    assert "in_features = 16" in text
    assert "nn.Linear(in_features, (in_features := u)) for u in units" in text
    assert "for num_features in units" in text


CAUSAL = """
class Block(layers.Layer):
    def __init__(self, filters, kernel_size, dilation_rate):
        super().__init__()
        self.conv = layers.Conv1D(filters, kernel_size, padding="causal", dilation_rate=dilation_rate)

    def call(self, x):
        return x + self.conv(x)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = []
        for i in range(3):
            self.blocks.append(Block(4, 3, dilation_rate=2**i))

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return x
"""


def test_padding_of_causal_convolutions_is_said_by_their_dilation(lines: Callable[..., list[str]]) -> None:
    text = lines(CAUSAL, "2x9x4", model="Net()")
    assert "self.conv_pad = nn.ZeroPad1d(((kernel_size - 1) * dilation_rate, 0))" in text


SHAPED = """
class Norm(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def build(self, input_shape):
        assert len(input_shape) == 4
        if input_shape[-1] is None:
            raise ValueError("no channels")
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones")

    def call(self, x):
        return x * self.scale


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.conv, self.second = Norm(), layers.Conv2D(5, 3), Norm()

    def call(self, x):
        return self.second(self.conv(self.first(x)))
"""


def test_slices_of_the_shape_that_build_takes_are_sizes(lines: Callable[..., list[str]]) -> None:
    text = lines(SHAPED, "2x8x8x3", model="Net()")
    assert "def __init__(self, in_channels):" in text
    assert "self.scale = nn.Parameter(torch.ones(in_channels))" in text
    assert not any("raise" in line or "assert" in line for line in text)


def test_a_depthwise_convolution_gives_what_it_takes(lines: Callable[..., list[str]]) -> None:
    made = lines(
        """
class Block(layers.Layer):
    def __init__(self, inside, factor):
        super().__init__()
        self.conv = layers.Conv2D(inside * factor, 1)
        self.dw = layers.DepthwiseConv2D(3, padding="same")
        self.bn = layers.BatchNormalization()

    def call(self, x):
        return self.bn(self.dw(self.conv(x)))


def blocks(factor, inside, count):
    made = keras.Sequential()
    for i in range(count):
        made.add(Block(inside if i == 0 else inside * 2, factor))
    return made


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = blocks(1, 3, 2)

    def call(self, x):
        return self.a(x)
""",
        "1x8x8x3",
        model="Net()",
    )
    assert "self.bn = nn.BatchNorm2d(inside * factor, eps=0.001, momentum=0.01)" in made


def test_a_new_parameter_takes_no_name_that_is_there(lines: Callable[..., list[str]]) -> None:
    made = lines(
        """
class Block(layers.Layer):
    def __init__(self, in_channels):
        super().__init__()
        self.conv = layers.Conv2D(in_channels, 1)

    def call(self, x):
        return self.conv(x)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.a, self.b = Block(4), Block(6)

    def call(self, x):
        return self.b(self.a(x))
""",
        "1x8x8x3",
        model="Net()",
    )
    assert "def __init__(self, in_channels_2, in_channels):" in made
    assert "self.conv = nn.Conv2d(in_channels_2, in_channels, 1)" in made


def test_a_build_of_the_base_under_a_condition_has_no_text(lines: Callable[..., list[str]]) -> None:
    made = lines(
        """
DEBUG = False


class Net(layers.Layer):
    def build(self, input_shape):
        width = int(input_shape[-1])
        with keras.name_scope("inner"):
            self.w = layers.Dense(width, use_bias=False)
        if not DEBUG:
            super(Net, self).build(input_shape)

    def call(self, x):
        return self.w(x)
""",
        "2x3",
        model="Net()",
    )
    assert "self.w = nn.Linear(3, width, bias=False)" in made
    assert not any("build(" in line or "DEBUG:" in line for line in made)
