"""Lowering: what the target has one layer for is one step, what it lacks is several, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.lower import Lowering, Step, resolve, source_order, type_of
from pivot.dims import hint
from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated
from pivot.types import TensorType

HEAD = """
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = {layer}

    def forward(self, x):
        return {forward}
"""

Lower = Callable[..., Lowering]


@pytest.fixture
def lower(write_source: Callable[..., Path], read: Callable[..., Elaborated], opset: OpSet) -> Lower:
    """`lower("nn.ReLU()", "self.layer(x)", "2x3")` lowers a network of one layer for Keras."""

    def made(layer: str, forward: str, shape: str) -> Lowering:
        source = HEAD.format(layer=layer, forward=forward)
        return Lowering(read(write_source(source), shape, model="Net()"), "keras", opset)

    return made


def steps(lowering: Lowering) -> list[Step]:
    """The best plan's steps of the run in evaluation."""
    lowered = [lowering.lowered[id(node)] for node in lowering.done.network.runs["eval"].nodes]
    return [step for low in lowered for step in low.plans[0].steps]


def names(lowering: Lowering) -> list[str]:
    return [step.form.name or step.form.pattern for step in steps(lowering)]


@pytest.mark.parametrize(
    ("layer", "forward", "shape", "target"),
    [
        ("nn.Conv2d(3, 8, 3)", "self.layer(x)", "2x3x8x8", ["keras.layers.Conv2D"]),
        ("nn.Conv2d(3, 8, 3, padding=1)", "self.layer(x)", "2x3x8x8", ["keras.layers.Conv2D"]),
        (
            "nn.Conv2d(3, 8, 3, stride=2, padding=1)",
            "self.layer(x)",
            "2x3x8x8",
            ["keras.layers.ZeroPadding2D", "keras.layers.Conv2D"],
        ),
        ("nn.Linear(3, 4)", "self.layer(x)", "2x3", ["keras.layers.Dense"]),
        ("nn.BatchNorm2d(3)", "self.layer(x)", "2x3x4x4", ["keras.layers.BatchNormalization"]),
        ("nn.ReLU()", "self.layer(x)", "2x3", ["keras.layers.ReLU"]),
        ("nn.ReLU()", "F.relu(x)", "2x3", ["keras.ops.relu"]),  # a function stays a function
        ("nn.ReLU()", "x + 1", "2x3", ["+"]),
    ],
)
def test_layers_and_functions_get_the_targets_words(
    lower: Lower, layer: str, forward: str, shape: str, target: list[str]
) -> None:
    assert names(lower(layer, forward, shape)) == target


def test_only_the_layer_with_weights_takes_the_weights(lower: Lower) -> None:
    pad, conv = steps(lower("nn.Conv2d(3, 8, 3, stride=2, padding=1)", "self.layer(x)", "2x3x8x8"))
    assert (set(pad.weights), set(conv.weights)) == (set(), {"kernel", "bias"})
    assert conv.params["padding"] == ((0, 0), (0, 0))
    assert pad.results[0] is conv.operands["x"]
    assert [hint(size) for size in pad.results[0].type.shape[2:]] == [10, 10]


def test_steps_remember_which_parameters_they_repeat(lower: Lower) -> None:
    pad, conv = steps(lower("nn.Conv2d(3, 8, 3, stride=2, padding=1)", "self.layer(x)", "2x3x8x8"))
    assert conv.origin["stride"] == "stride"
    assert conv.origin["filters"] == "filters"
    assert "padding" not in conv.origin
    assert pad.origin["padding"] == "padding"


def test_a_pool_of_what_is_nowhere_negative_needs_no_infinite_padding(lower: Lower) -> None:
    """Zeros are as good as minus infinity behind a ReLU."""
    behind = steps(lower("nn.MaxPool2d(3, 2, 1)", "self.layer(torch.relu(x))", "2x3x8x8"))[1:]
    plain = steps(lower("nn.MaxPool2d(3, 2, 1)", "self.layer(x)", "2x3x8x8"))
    assert [s.op.name for s in behind] == ["zero_pad2d", "max_pool2d"]
    assert [s.op.name for s in plain] != [s.op.name for s in behind]


@pytest.mark.parametrize(
    ("forward", "positive"),
    [
        ("torch.relu(x)", True),
        ("torch.sigmoid(x).flatten(1)", True),
        ("torch.cat([torch.relu(x), torch.exp(x)], 1)", True),
        ("torch.cat([torch.relu(x), x], 1)", False),
        ("torch.relu(x) - 1", False),
        ("torch.relu(x) * -1.0", False),
        ("torch.tanh(x)", False),
    ],
)
def test_signs_are_followed(lower: Lower, forward: str, positive: bool) -> None:
    lowering = lower("nn.ReLU()", forward, "2x3")
    (output,) = lowering.done.network.runs["eval"].outputs
    assert lowering.signs.is_positive(output) is positive


def test_numbers_are_signed_themselves(lower: Lower) -> None:
    lowering = lower("nn.ReLU()", "x", "2x3")
    assert lowering.signs.is_positive(2.0) and lowering.signs.is_positive(None) and lowering.signs.is_positive((1, 2))
    assert not lowering.signs.is_positive(-1)
    assert not lowering.signs.is_positive("same")


def test_a_weight_that_only_the_source_counts_with_goes(lower: Lower) -> None:
    (norm,) = steps(lower("nn.BatchNorm2d(3)", "self.layer(x)", "2x3x4x4"))
    assert set(norm.weights) == {"gamma", "beta", "mean", "variance"}


def test_results_nobody_reads_are_known(lower: Lower) -> None:
    (lstm,) = steps(lower("nn.LSTM(3, 4, batch_first=True)", "self.layer(x)[0]", "2x5x3"))
    assert lstm.unused == {"h", "c"}


def test_names_in_a_decomposition_stand_for_values() -> None:
    names = {"x": 1, "y": (2, 3)}
    assert resolve("x", names) == 1
    assert resolve(("x", 4, "z"), names) == (1, 4, None)
    assert resolve(2.5, names) == 2.5


def test_operands_are_seen_as_types(lower: Lower) -> None:
    lowering = lower("nn.ReLU()", "torch.relu(x)", "2x3")
    (node,) = lowering.done.network.runs["eval"].nodes
    kind = type_of(node.operands["x"])
    assert isinstance(kind, TensorType) and kind.dtype == "float32"
    assert type_of((node.operands["x"], 2)) == (kind, 2)
    assert source_order(None) == {}
