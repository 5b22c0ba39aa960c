"""Classes that derive from a library layer: from the target's layer, or from a Sequential where it takes several."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.convert import Converted
from codegen.writing.deriving import derived_layer
from codegen.writing.sites import Site

SCALED = """
class Scaled(nn.Linear):
    def __init__(self, n):
        super().__init__(n, 2 * n, bias=False)
        self.factor = 3.0

    def forward(self, x):
        return super().forward(x) * self.factor

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = Scaled(4)

    def forward(self, x):
        return self.fc(x)
"""
SHRINKING = """
class Conv(nn.Conv2d):
    def __init__(self, inside, outside, stride=1):
        super().__init__(in_channels=inside, out_channels=outside, kernel_size=3, stride=stride, padding=1)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = Conv(3, 4), Conv(4, 8, 2)

    def forward(self, x):
        return self.second(self.first(x))
"""


def test_one_layer_is_derived_from(written: Callable[..., str]) -> None:
    made = written(SCALED, "2x4")
    assert "class Scaled(layers.Dense):" in made
    assert "super().__init__(2 * n, use_bias=False)" in made
    assert "return super().call(x) * self.factor" in made


def test_several_layers_make_a_sequential(written: Callable[..., str]) -> None:
    made = written(SHRINKING, "2x3x8x8")
    assert "class Conv(keras.Sequential):" in made
    assert 'layers.Conv2D(outside, 3, strides=stride, padding="same")' in made
    assert "layers.ZeroPadding2D(" in made and "if stride == 1" in made


def test_a_site_without_cases_has_no_layer() -> None:
    assert derived_layer(Site(("call", 0), None)) is None  # type: ignore[arg-type]


OWN_FORWARD = """
class LayerNorm2d(nn.LayerNorm):
    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        x = F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 4, 1), LayerNorm2d(4)

    def forward(self, x):
        return self.norm(self.conv(x))
"""


def test_a_forward_pass_of_its_own_takes_the_weights_of_a_restated_base(written: Callable[..., str]) -> None:
    made = written(OWN_FORWARD, "2x3x5x5")
    assert "class LayerNorm(layers.Layer):" in made and "class LayerNorm2d(LayerNorm):" in made
    assert "self.weight" in made and "ops.transpose" not in made


HEAD = "import keras\nfrom keras import layers, ops\n\n"
NET = """

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = {first}
        self.two = {second}

    def call(self, x, training=False):
        return self.two(self.one(x{mode}){mode})
"""

PROGRAMS: dict[str, tuple[str, str, str, str, list[str]]] = {
    "an argument that goes up by name": (
        """
class Scaled(layers.Dense):
    def __init__(self, units, scale=2.0, **kwargs):
        super().__init__(units, activation="relu", **kwargs)
        self.scale = scale

    def call(self, x):
        return self.scale * super().call(x)

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}
""",
        "Scaled(8, name='a')",
        "Scaled(4, scale=0.5, use_bias=False, kernel_regularizer='l2')",
        "3x6",
        [
            "class Scaled(nn.Linear):",
            "    def __init__(self, in_features, units, scale=2.0, use_bias=True):",
            "        super().__init__(in_features, units, bias=use_bias)",
            "        return self.scale * F.relu(super().forward(x))",
            "        self.two = Scaled(8, 4, scale=0.5, use_bias=False)",
        ],
    ),
    "a function that differs": (
        """
class Dense(layers.Dense):
    def __init__(self, units, activation="relu"):
        super().__init__(units, activation, kernel_initializer="he_uniform")
""",
        "Dense(8)",
        "Dense(4, None)",
        "3x6",
        [
            "        super().__init__(in_features, units)",
            '        self.activation = {"relu": F.relu, None: nn.Identity()}[activation]',
            "        return self.activation(super().forward(inputs))",
        ],
    ),
    "several layers are held": (
        """
class ConvBN(layers.Conv2D):
    def __init__(self, filters, **kwargs):
        super().__init__(filters, 3, padding="same", use_bias=False, **kwargs)
        self.bn = layers.BatchNormalization()

    def call(self, x, training=None):
        return self.bn(super().call(x), training=training)
""",
        "ConvBN(4)",
        "ConvBN(8, strides=2)",
        "2x8x8x3",
        [
            "class ConvBN(nn.Module):",
            "    def __init__(self, in_channels, filters, strides=1):",
            "        self.layer = (",
            "        return self.bn(self.layer(x))",
        ],
    ),
    "frozen": (
        """
class Frozen(layers.BatchNormalization):
    def call(self, x, training=None):
        return super().call(x, training=False)
""",
        "layers.Conv2D(4, 3)",
        "Frozen(epsilon=1e-5)",
        "2x8x8x3",
        [
            "class Frozen(nn.BatchNorm2d):",
            "    def train(self, mode=True):",
            "        return super().train(False)",
        ],
    ),
    "a weight in another order": (
        """
class Equal(layers.Dense):
    def __init__(self, *args, gain=2.0, **kwargs):
        kwargs.pop("kernel_initializer", None)
        super().__init__(*args, **kwargs)
        self.gain = gain

    def build(self, input_shape):
        super().build(input_shape)
        self.scale = (self.gain / input_shape[-1]) ** 0.5

    def call(self, x):
        x = ops.matmul(x, self.kernel * self.scale)
        return x + self.bias if self.use_bias else x
""",
        "Equal(8)",
        "Equal(4, gain=1.0, use_bias=False)",
        "3x6",
        [
            "    def __init__(self, in_features, units, gain=2.0, use_bias=True):",
            "        self.scale = (self.gain / in_features) ** 0.5",
            "        x = x @ (self.weight * self.scale).permute(1, 0)",
            "        return x + self.bias if self.bias is not None else x",
        ],
    ),
    "a convolution of its own": (
        """
class Centred(layers.Conv2D):
    def convolution_op(self, inputs, kernel):
        return super().convolution_op(inputs, kernel - ops.mean(kernel, axis=(0, 1, 2), keepdims=True))
""",
        "Centred(4, 3, activation='tanh')",
        "Centred(4, 3)",
        "2x8x8x3",
        [
            "class Centred(nn.Conv2d):",
            "        outputs = self.convolution_op(inputs, self.weight)",
            "            stride=self.stride,",
            "        return self.activation(outputs)",
        ],
    ),
    "a class between": (
        """
class Conv(layers.Conv2D):
    def __init__(self, filters, kernel_size, **kwargs):
        super().__init__(filters, kernel_size, padding="same", **kwargs)

class Twice(Conv):
    def call(self, x):
        return super().call(x) * 2.0
""",
        "Conv(4, 3, activation='relu')",
        "Twice(4, 1)",
        "2x8x8x3",
        [
            "    def __init__(self, in_channels, filters, kernel_size, activation=None):",
            "class Twice(Conv):",
            "        return super().forward(x) * 2.0",
        ],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_class_that_derives_from_a_layer(
    to_torch: Callable[..., Any], write_source: Callable[..., Path], name: str
) -> None:
    source, first, second, shape, lines = PROGRAMS[name]
    mode = ", training=training" if "training" in source else ""
    text = HEAD + source + NET.format(first=first, second=second, mode=mode)
    converted, proof = to_torch(write_source(text), shape, model="Net()")
    assert proof.why is None
    written = converted.text.split("\n")
    assert [line for line in lines if line not in written] == []


OWN_WEIGHTS = (
    HEAD
    + """
class Gated(layers.Conv2D):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def build(self, input_shape):
        shape = self.kernel_size + (input_shape[-1], self.filters)
        self.gate = self.add_weight(shape=shape, initializer="ones", regularizer=self.kernel_regularizer)

    def call(self, x):
        return self.activation(ops.conv(x, self.gate, padding="same"))
"""
    + NET.format(first="Gated(4, 3, activation='elu')", second="Gated(2, 3)", mode="")
)


def test_a_class_that_makes_its_own_weights_derives_from_no_layer(
    to_torch: Callable[..., Any], write_source: Callable[..., Path]
) -> None:
    converted, proof = to_torch(write_source(OWN_WEIGHTS), "2x6x6x3", model="Net()")
    assert proof.why is None
    assert "class Gated(nn.Module):" in converted.text and "self.gate = nn.Parameter(" in converted.text
    assert "    def __init__(self, in_channels, filters, kernel_size, activation=None):" in converted.text


def test_a_padding_that_a_parameter_says_is_handed_on(
    to_torch: Callable[..., Any], write_source: Callable[..., Path]
) -> None:
    text = """
class Conv(layers.Conv2D):
    def __init__(self, filters, padding="valid"):
        super().__init__(filters, 3, padding=padding)
"""
    text = HEAD + text + NET.format(first="Conv(4, 'same')", second="Conv(4)", mode="")
    converted, proof = to_torch(write_source(text), "2x6x6x3", model="Net()")
    assert proof.why is None
    assert "super().__init__(in_channels, filters, 3, padding=padding)" in converted.text


SETTABLE = """
        class Config:
            def __init__(self, sizes):
                self.sizes = sizes
            @property
            def depth(self):
                return len(self.sizes)
            @depth.setter
            def depth(self, value):
                raise NotImplementedError("set sizes")
        class Net(nn.Module):
            def __init__(self, sizes=(1, 2)):
                super().__init__()
                self.config = Config(sizes)
                self._rate = 2.0
                self.weights = 3.0
            @property
            def weights(self):
                return self._rate
            @weights.setter
            def weights(self, value):
                self._rate = value + 1
            def forward(self, x):
                for _ in range(self.config.depth):
                    x = x * self.weights
                return x
"""


def test_a_property_stays_with_what_sets_it(conversion: Callable[..., Converted]) -> None:
    """What is assigned to it goes through the setter, in a module too: 3.0 becomes 4.0."""
    made = conversion(SETTABLE, "2x4")
    assert "@property\n    def depth(self):" in made.text and "@depth.setter\n    def depth(self, value):" in made.text
    assert "@weights_.setter\n    def weights_(self, value):" in made.text
    factors = [p for n in made.done.network.nodes for p in (*n.params.values(), *n.operands.values())]
    assert 4.0 in factors and 3.0 not in factors
