"""Arguments that are assumed by their names, so that a model can be looked at."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.assumed_arguments import call_of
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
NET = """
class Net(nn.Module):
    def __init__(self, in_channels, num_classes, dropout):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, 8, 3)
        self.drop = nn.Dropout(dropout)
        self.fc = nn.Linear(8, num_classes)
    def forward(self, x):
        return self.fc(self.drop(self.conv(x).mean((2, 3))))
"""


def assumed(parameters: str, built: str = "") -> str | None:
    function = ast.parse(f"def f({parameters}): pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    return call_of("Net", function.args.args, ast.parse(built) if built else None)


@pytest.mark.parametrize(
    ("parameters", "made"),
    [
        ("n_classes, n_channels", "Net(n_classes=10, n_channels=3)"),
        ("d_model: int, n_head: int", "Net(d_model=64, n_head=4)"),
        ("use_norm, causal: bool", "Net(use_norm=False, causal=False)"),
        ("vocab_size, embedding_dim, hidden_dim", "Net(vocab_size=1000, embedding_dim=64, hidden_dim=64)"),
        ("vision_layers: int, transformer_width", "Net(vision_layers=2, transformer_width=64)"),
        ("config", None),
        ("num_classes, backbone", None),
        ("num_classes: list[int]", None),
        ("dropout: int", None),
        ("input_shape", None),
        ("", None),
    ],
)
def test_values_by_name_and_annotation(parameters: str, made: str | None) -> None:
    assert assumed(parameters) == made


@pytest.mark.parametrize(
    ("built", "shape"),
    [
        ("layers.Conv2D(3, 3)", "(224, 224, 3)"),
        ("Conv1D(3, 3); LSTM(4)", "(128, 8)"),
        ("layers.GRU(4)", "(16, 32)"),
        ("Dense(4)", "(32,)"),
    ],
)
def test_shapes_of_inputs_are_assumed_by_the_layers_where_models_are_built_for_one(built: str, shape: str) -> None:
    assert assumed("input_shape, classes", built) == f"Net(input_shape={shape}, classes=10)"


def test_a_tensor_is_an_input_where_models_are_built_of_one() -> None:
    assert assumed("inputs, classes", "layers.GRU(4)") == "Net(inputs=__import__('keras').Input((16, 32)), classes=10)"
    assert assumed("inputs, classes") is None


def test_what_is_assumed_is_said_as_a_warning(read: Read) -> None:
    done = read(NET)
    assert done.network.entry == "Net(in_channels=3, num_classes=10, dropout=0.1)"
    said = next(p for p in done.network.problems if p.code == "entry")
    assert said.severity == "warning"
    assert "is assumed" in said.why
    assert '--model "Net(in_channels=..., num_classes=..., dropout=...)"' in said.remedy


def test_what_goes_wrong_with_assumed_arguments_is_that_they_were_not_given(
    read: Read, refused: Callable[..., Problem]
) -> None:
    broken = NET.replace("        self.drop", "        assert in_channels == 8\n        self.drop")
    problem = refused(read, broken)
    assert problem.why == "Net needs arguments (in_channels, num_classes, dropout)"
    assert problem.remedy.endswith("; usual ones were tried: the program raises assertion failed")
