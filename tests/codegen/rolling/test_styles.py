"""A chain of layers in every style, proved; what is no chain is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted, write_target
from codegen.dialects import dialect_of
from codegen.restating import elaborate_for
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.problems import Refusal
from pivot.reading.elaborate import Request
from pivot.reading.inputs import parse_spec

Styled = Callable[..., Converted]

TORCH = """
from torch import nn

def build(width=8):
    return nn.Sequential(
        nn.Conv2d(3, width, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(width, 2 * width, 3, padding=1),
        nn.BatchNorm2d(2 * width),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * width, 10),
    )
"""
KERAS = """
import keras
from keras import layers

inputs = keras.Input((8, 8, 3))
x = layers.Conv2D(4, 3, activation="relu")(inputs)
{more}
x = layers.Flatten()(x)
model = keras.Model(inputs, layers.Dense(2)(x))
"""


@pytest.fixture
def styled(write_source: Callable[..., Path], opset: OpSet) -> Styled:
    """`styled(text, "torch", "keras", "functional")` writes a model of one framework in another and proves it."""

    def made(text: str, source: str, target: str, style: str, *inputs: str) -> Converted:
        path = write_source(text)
        request = Request(path, "build()" if "def build" in text else "model", tuple(map(parse_spec, inputs)))
        done = elaborate_for(request, dialect_of(source, ""), target, opset)
        written = write_target(done, target, opset, style=style)
        proof = prove(written, dialect_of(target, ""), opset, path.with_name("target.py"))
        assert proof.equal, proof.why
        return written

    return made


def test_a_torch_row_as_a_functional_model(styled: Styled) -> None:
    made = styled(TORCH, "torch", "keras", "functional", "1x3x8x8")
    assert made.entry == "build()"
    body = made.text[made.text.index("def build") :].split("\n")
    assert (
        body[1:4]
        == [
            "    inputs = keras.Input((None, None, 3))",
            "    x = layers.ZeroPadding2D()(inputs)",
            "    x = layers.Conv2D(8, 3, strides=2)(x)",
        ]
        or body[1] == "    inputs = keras.Input((8, 8, 3))"
    )
    assert sum("layers.ReLU()(x)" in line for line in body) == 2
    assert body[-2].startswith("    return keras.Model(inputs, layers.Dense(10)(x))")


@pytest.mark.parametrize("target", ["torch", "keras"])
def test_a_row_as_a_class(styled: Styled, target: str) -> None:
    made = styled(TORCH, "torch", target, "subclass", "1x3x8x8")
    assert made.entry == "Build()"
    assert "class Build(" in made.text and "self.conv1 = " in made.text and "Sequential" not in made.text


@pytest.mark.parametrize("target", ["torch", "keras"])
def test_a_functional_chain_as_a_row(styled: Styled, target: str) -> None:
    made = styled(KERAS.format(more="x = layers.Dropout(0.2)(x)"), "keras", target, "sequential")
    assert made.entry == "build_model()"
    assert "Sequential(" in made.text and "class " not in made.text and "Lambda" not in made.text
    assert ("keras.Input((8, 8, 3))" in made.text) is (target == "keras")


def test_the_style_of_the_source_changes_nothing(styled: Styled) -> None:
    assert "nn.Sequential(" in styled(TORCH, "torch", "torch", "sequential", "1x3x8x8").text


@pytest.mark.parametrize(
    ("text", "source", "target", "style", "why"),
    [
        (TORCH, "torch", "torch", "functional", "no functional models"),
        (
            KERAS.format(more="x = x + layers.Conv2D(4, 3, padding='same')(x)"),
            "keras",
            "torch",
            "sequential",
            "no chain",
        ),
        (
            "import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return x\nmodel = Net()\n",
            "torch",
            "keras",
            "sequential",
            "as a class",
        ),
    ],
)
def test_what_is_refused(styled: Styled, text: str, source: str, target: str, style: str, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        styled(text, source, target, style, *(["1x3x8x8"] if source == "torch" else []))


def test_the_model_of_a_function_is_put_together_anew(opset: OpSet, write_source: Callable[..., Path]) -> None:
    path = write_source(
        """
        import keras
        from keras import layers

        def main(width=8):
            model = keras.Sequential([keras.Input((4,))])
            for _ in range(2):
                model.add(layers.Dense(width, activation="relu"))
            model.fit(load())
        """
    )
    done = elaborate_for(Request(path, None), dialect_of("keras", str(path)), "torch", opset)
    made = write_target(done, "torch", opset)
    assert prove(made, dialect_of("torch", str(path)), opset, path.with_name("made.py")).why is None
    assert "def build_model():\n    return nn.Sequential(\n        nn.Linear(4, 8), nn.ReLU(" in made.text
