"""Layers of a Keras source start from the same distributions in PyTorch: the written text says it and is read back."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted, write_target
from codegen.restating import elaborate_for
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.reading.elaborate import Request
from pivot.reading.inputs import parse_spec
from pivot.reading.keras import KerasDialect
from pivot.reading.torch import TorchDialect
from pivot.starts import Start

HEAD = "import keras\nfrom keras import layers\nfrom keras.initializers import RandomNormal\n\n"
Begun = Callable[..., tuple[Converted, dict[str, Start | None]]]


@pytest.fixture
def begun(write_source: Callable[..., Path], opset: OpSet) -> Begun:
    """`begun(layer, "8, 8, 3")` writes a model of one layer and reads what its weights start from."""

    def made(text: str, init: str = "source") -> tuple[Converted, dict[str, Start | None]]:
        path = write_source(HEAD + text)
        done = elaborate_for(
            Request(path, "build()" if "def build" in text else "model", ()), KerasDialect(), "torch", opset
        )
        written = write_target(done, "torch", opset, init=init)
        proof = prove(written, TorchDialect(), opset, path.with_name("target.py"))
        assert proof.equal and proof.target is not None
        return written, {n: p.start for p in proof.target.network.parameters for n in p.names}

    return made


def one(layer: str, shape: str = "8, 8, 3") -> str:
    return f"def build():\n    return keras.Sequential([keras.Input(({shape},)), {layer}])\n"


GLOROT, CUT = math.sqrt(6 / (27 + 36)), 0.87962566103423978


@pytest.mark.parametrize(
    ("layer", "kind", "numbers"),
    [
        ("layers.Conv2D(4, 3)", "uniform", (-GLOROT, GLOROT)),
        ("layers.Conv2D(4, 3, kernel_initializer='he_normal')", "truncated", math.sqrt(2 / 27) / CUT),
        ("layers.Conv2D(4, 3, kernel_initializer='he_uniform')", "uniform", math.sqrt(6 / 27)),
        ("layers.Conv2D(4, 3, kernel_initializer=keras.initializers.LecunUniform())", "uniform", math.sqrt(3 / 27)),
        ("layers.Conv2D(4, 3, kernel_initializer=RandomNormal(stddev=0.01))", "normal", 0.01),
        ("layers.Conv2D(4, 3, kernel_initializer=keras.initializers.TruncatedNormal(0.0, 0.2))", "truncated", 0.2),
        ("layers.Conv2D(4, 3, kernel_initializer=keras.initializers.Constant(0.5))", "constant", (0.5,)),
        (
            "layers.Conv2D(4, 3, kernel_initializer={'class_name': 'VarianceScaling', 'config': "
            "{'scale': 1 / 3, 'mode': 'fan_out', 'distribution': 'uniform'}})",
            "uniform",
            math.sqrt(1 / 36),
        ),
        ("layers.DepthwiseConv2D(3, depthwise_initializer='he_uniform')", "uniform", math.sqrt(6 / 27)),
    ],
)
def test_kernels_start_as_in_keras(begun: Begun, layer: str, kind: str, numbers: object) -> None:
    made, starts = begun(one(layer))
    kernel = next(s for name, s in starts.items() if name.endswith("weight"))
    bias = next(s for name, s in starts.items() if name.endswith("bias"))
    assert kernel is not None and kernel.kind == kind
    if isinstance(numbers, tuple):
        assert kernel.numbers == pytest.approx(numbers)
    else:
        assert kernel.numbers[1] == pytest.approx(numbers)
        if kind == "truncated":
            assert kernel.numbers[2:] == pytest.approx((-2 * kernel.numbers[1], 2 * kernel.numbers[1]))
    assert bias is not None and (bias.kind, bias.numbers) == ("constant", (0.0,))
    assert not made.written.problems


def test_recurrent_layers_and_embeddings(begun: Begun) -> None:
    made, starts = begun(one("layers.Embedding(10, 4), layers.LSTM(5)", "6"))
    by_end = {name.rpartition(".")[2]: start for name, start in starts.items()}
    assert by_end["weight"] is not None and by_end["weight"].numbers == (-0.05, 0.05)
    assert by_end["weight_ih_l0"] is not None and by_end["weight_ih_l0"].numbers[1] == pytest.approx(math.sqrt(6 / 24))
    assert by_end["weight_hh_l0"] is not None and by_end["weight_hh_l0"].kind == "orthogonal"
    assert "weight[module.hidden_size : 2 * module.hidden_size]" in made.text  # the forget gate
    assert "startswith" in made.text


def test_what_pytorch_starts_alike_is_left_alone_and_biases_may_be_missing(begun: Begun) -> None:
    text = one("layers.Conv2D(4, 3, use_bias=False), layers.BatchNormalization(), layers.Conv2D(4, 3)")
    made, _ = begun(text)
    assert "BatchNorm2d)" not in made.text and "if module.bias is not None:" in made.text
    assert not made.written.problems


def test_layers_that_start_otherwise_than_most_are_named(begun: Begun) -> None:
    other = "layers.Dense(2, kernel_initializer='he_normal')"
    made, _ = begun(one(f"layers.Dense(3), layers.Dense(3), {other}", "4"))
    assert [p.line for p in made.written.problems] == [6]
    assert "others of its class start otherwise" in made.written.problems[0].why


def test_without_initial_values(begun: Begun) -> None:
    made, _ = begun(one("layers.Dense(3)", "4"), init="keras")
    assert "init" not in made.text.replace("__init__", "")


def test_where_it_is_applied(begun: Begun) -> None:
    assert ".apply(init_weights)" in begun(one("layers.Dense(3)", "4"))[0].text
    outside = "model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])\n"
    assert begun(outside)[0].text.endswith("model.apply(init_weights)\n")
    text = "i = keras.Input((4,))\nmodel = keras.Model(i, layers.Dense(3)(i))\n"
    assert "        self.apply(init_weights)\n" in begun(text)[0].text


def test_a_parameter_of_the_same_name_does_not_hide_it(write_source: Callable[..., Path], opset: OpSet) -> None:
    path = write_source(
        HEAD
        + """
class Net(keras.Model):
    def __init__(self, init_weights=True):
        super().__init__()
        self.fc = layers.Dense(3)

    def call(self, x):
        return self.fc(x)
"""
    )
    done = elaborate_for(Request(path, "Net()", (parse_spec("2x4"),)), KerasDialect(), "torch", opset)
    text = write_target(done, "torch", opset, init="source").text
    assert "def __init__(self, init_weights=True):" in text and "self.apply(init_weights_as_keras)" in text
