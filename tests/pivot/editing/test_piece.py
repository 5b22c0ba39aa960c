"""Ops spelled as a person would put them into a file, with the sizes of the tensor they get."""

from __future__ import annotations

import pytest

from pivot.editing.names import Library
from pivot.editing.piece import piece_of
from pivot.editing.source import Source, apply
from pivot.opset import load_opset

ALIASES = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
OPS = load_opset(()).ops


@pytest.mark.parametrize(
    ("op", "shape", "text"),
    [
        ("conv2d", ("N", 64, "H", "W"), "nn.Conv2d(64, 64, 3, padding=1)"),
        ("linear", ("N", "T", 32), "nn.Linear(32, 32)"),
        ("linear", None, "nn.Linear(16, 32)"),
        ("batch_norm", ("N", 24, "H", "W"), "nn.BatchNorm2d(24)"),
        ("layer_norm", ("N", 12, 48), "nn.LayerNorm(48)"),
    ],
)
def test_a_layer_has_the_sizes_of_its_tensor(op: str, shape: tuple[object, ...] | None, text: str) -> None:
    piece = piece_of(OPS[op], "torch", Library(Source(ALIASES)), [shape])
    assert piece is not None
    assert piece.layer
    assert piece.text == text


def test_keras_counts_its_channels_last() -> None:
    piece = piece_of(OPS["conv2d"], "keras", Library(Source("from keras import layers\n")), [("N", "H", "W", 64)])
    assert piece is not None
    assert piece.text.startswith("layers.Conv2D(64, 3")


def test_an_expression_takes_its_tensors_and_the_last_stands_in_for_those_that_lack() -> None:
    piece = piece_of(OPS["add"], "torch", Library(Source(ALIASES)))
    assert piece is not None
    assert not piece.layer
    assert piece.applied(["x"]) == "x + x"
    assert piece.applied(["self.f(x)", "y"]) == "self.f(x) + y"


def test_what_a_file_lacks_is_imported() -> None:
    source = Source('"""Text."""\n\nimport math\n\nx = 1\n')
    library = Library(source)
    assert library.name("torch.nn.ReLU") == "nn.ReLU"
    assert library.name("torch.nn.GELU") == "nn.GELU"
    assert library.name("torch.sin") == "torch.sin"
    text = apply(source.text, library.changes)
    assert text == '"""Text."""\n\nimport math\nfrom torch import nn\nimport torch\n\nx = 1\n'
