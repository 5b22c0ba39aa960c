"""Padding with zeros is the convolution's own where nothing else reads the padded tensor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.padding import with_folded_padding
from codegen.static_proof import Proof
from pivot.reading.elaborate import Elaborated

NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.pad = nn.ZeroPad2d({pad})
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.pool = nn.MaxPool2d(3, 2)

    def forward(self, x):
        {lines}
"""


@pytest.mark.parametrize(
    ("pad", "lines", "symmetric", "padding"),
    [
        ("1", "return self.conv(self.pad(x))", True, ((2, 2), (2, 2))),
        ("(0, 1, 0, 1)", "return self.conv(self.pad(x))", False, ((1, 2), (1, 2))),
        ("(0, 1, 0, 1)", "return self.conv(self.pad(x))", True, None),
        ("1", "return self.conv(self.pad(x)), self.pad(x)", True, ((2, 2), (2, 2))),
        ("1", "y = self.pad(x); return self.conv(y), y", True, None),
        ("1", "return self.pool(self.pad(x.relu()))", True, ((1, 1), (1, 1))),
        ("1", "return self.pool(self.pad(x))", True, None),
        ("2", "return self.pool(self.pad(x.relu()))", True, None),
    ],
)
def test_where_it_is_taken_in(
    write_source: Callable[..., Path],
    read: Callable[..., Elaborated],
    pad: str,
    lines: str,
    symmetric: bool,
    padding: object,
) -> None:
    done = read(write_source(NET.format(pad=pad, lines=lines)), "1x3x8x8")
    folded = with_folded_padding(done, symmetric)
    taken = [n for n in folded.network.runs["eval"].nodes if n.op is not None and n.op.name in ("conv2d", "max_pool2d")]
    before = [n for n in done.network.runs["eval"].nodes if n.op is not None and n.op.name in ("conv2d", "max_pool2d")]
    assert taken[0].params["padding"] == (padding or before[0].params["padding"])
    assert len(folded.network.runs["eval"].nodes) == len(done.network.runs["eval"].nodes) - (padding is not None)


def test_functional_models_pad_in_their_convolutions(
    write_source: Callable[..., Path], to_torch: Callable[..., tuple[object, Proof]]
) -> None:
    text = """
    import keras
    from keras import layers

    inputs = keras.Input((16, 16, 3))
    x = layers.ZeroPadding2D(3)(inputs)
    x = layers.Conv2D(8, 7, strides=2, activation="relu")(x)
    x = layers.ZeroPadding2D(1)(x)
    x = layers.MaxPooling2D(3, 2)(x)
    model = keras.Model(inputs, x)
    """
    made, proof = to_torch(write_source(text), model="model")
    assert proof.equal
    text = made.text  # type: ignore[attr-defined]
    assert "ZeroPad2d" not in text and "7, stride=2, padding=3" in text and "3, 2, padding=1" in text


@pytest.mark.parametrize(
    ("lines", "taken"),
    [
        ("return self.conv(F.pad(x, (1, 1, 2, 2)))", True),
        ("return self.conv(F.pad(x, (1, 1, 2, 2), value=1.0))", False),
        ("return self.conv(F.pad(x, (0, 0, 0, 0, 1, 1))[:, :3])", False),
        ("return F.avg_pool2d(F.pad(x, (1, 1, 1, 1)), 3, 1)", False),
    ],
)
def test_zeros_around_space_are_taken_in_from_a_function_too(
    write_source: Callable[..., Path], read: Callable[..., Elaborated], lines: str, taken: bool
) -> None:
    text = NET.format(pad="1", lines=lines).replace("import torch\n", "import torch\nimport torch.nn.functional as F\n")
    done = read(write_source(text), "1x3x8x8")
    folded = with_folded_padding(done)
    assert len(folded.network.runs["eval"].nodes) == len(done.network.runs["eval"].nodes) - taken
