"""Recurrent layers on top of each other, written as a row where one of their results is used."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.static_proof import prove
from pivot.opset import OpSet
from pivot.reading.keras import KerasDialect

Row = Callable[..., tuple[str, str]]

STACK = "nn.LSTM(4, 5, num_layers=3, batch_first=True, dropout=0.2)"


@pytest.fixture
def row(conversion: Callable[..., Converted], opset: OpSet, tmp_path: Path) -> Row:
    """`row(layer, *body)` is the row that is written for a layer and the body of `call`; the text is proved."""

    def made(layer: str, *body: str) -> tuple[str, str]:
        lines = "\n        ".join(body)
        converted = conversion(
            f"""class Net(nn.Module):
    def __init__(self, width=5):
        super().__init__()
        self.rnn = {layer}

    def forward(self, x):
        {lines}
""",
            "2x3x4",
        )
        proof = prove(converted, KerasDialect(), opset, tmp_path / "made.py")
        assert proof.why is None, proof.why
        init, _, call = converted.text.partition("    def call(self, x):\n")
        assert init.count("class ") == 1
        return re.sub(r"\s+", "", init.partition("self.rnn = ")[2]), re.sub(r"\n +", "\n", call.strip())

    return made


def test_the_sequence_of_a_stack_is_that_of_a_row(row: Row) -> None:
    init, call = row(STACK, "out, _ = self.rnn(x)", "return out[:, -1]")
    assert init == (
        "keras.Sequential([layers.LSTM(5,return_sequences=True),layers.Dropout(0.2),"
        "layers.LSTM(5,return_sequences=True),layers.Dropout(0.2),layers.LSTM(5,return_sequences=True),])"
    )
    assert call == "out = self.rnn(x)\nreturn out[:, -1]"


@pytest.mark.parametrize(
    ("layer", "body"),
    [
        (STACK, "_, (h, _) = self.rnn(x)"),
        (STACK, "out, (h, c) = self.rnn(x)"),
        ("nn.GRU(4, width, num_layers=2, batch_first=True, bias=False)", "_, h = self.rnn(x)"),
        ("nn.RNN(4, 5, num_layers=2, nonlinearity='relu', batch_first=True)", "_, h = self.rnn(x)"),
    ],
)
def test_the_last_state_of_a_stack_is_what_a_row_gives(row: Row, layer: str, body: str) -> None:
    init, call = row(layer, body, "last = h[-1]", "return last * 2")
    assert call == "last = self.rnn(x)\nreturn last * 2"
    assert init.count("return_sequences=True") == init.count("5") + init.count("width") - 1
    assert ("Dropout(0.2)" in init) == (layer is STACK)
    assert ('activation="relu"' in init) == ("relu" in layer)
    assert ("use_bias=False" in init) == ("bias=False" in layer)


def test_entries_of_what_is_made_later_stay(row: Row) -> None:
    _, call = row(STACK, "_, (h, _) = self.rnn(x)", "h = h[-1] * 2", "return h[-1]")
    assert call == "h = self.rnn(x)\nh = h * 2\nreturn h[-1]"


def test_one_layer_beside_a_stack_is_that_layer(conversion: Callable[..., Converted]) -> None:
    made = conversion(
        """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.GRU(4, 5, num_layers=1, batch_first=True)
        self.two = nn.GRU(5, 6, num_layers=2, batch_first=True)

    def forward(self, x):
        x, _ = self.one(x)
        _, h = self.two(x)
        return h[-1]
""",
        "2x3x4",
    ).text
    assert "self.one = layers.GRU(5, return_sequences=True)\n" in made
    assert "[layers.GRU(6, return_sequences=True), layers.GRU(6)]" in made
    assert made.endswith("x = self.one(x)\n        h = self.two(x)\n        return h\n")


def test_both_directions(row: Row) -> None:
    layer = "nn.GRU(4, 5, num_layers=2, batch_first=True, bidirectional=True)"
    init, call = row(layer, "x, _ = self.rnn(x)", "x = x.mean(dim=1)", "return x")
    assert init == (
        "keras.Sequential([layers.Bidirectional(layers.GRU(5,return_sequences=True)),"
        "layers.Bidirectional(layers.GRU(5,return_sequences=True)),])"
    )
    assert call.startswith("x = self.rnn(x)\n")


@pytest.mark.parametrize(
    ("layer", "body"),
    [
        (STACK, ["out, (h, _) = self.rnn(x)", "return out.mean(dim=1) + h[-1]"]),
        (STACK, ["_, (h, _) = self.rnn(x)", "return h[0]"]),
        (STACK, ["_, (h, c) = self.rnn(x)", "return c[-1]"]),
        (STACK, ["if self.training:", "    x = x * 2", "return self.rnn(x)[1]"]),
        (STACK, ["y, _ = self.rnn(x)", "_, (h, _) = self.rnn(x)", "return y, h[-1]"]),
        ("nn.LSTM(4, 5, num_layers=width - 3, batch_first=True)", ["y, _ = self.rnn(x)", "return y"]),
    ],
)
def test_a_class_stands_where_more_is_asked(
    conversion: Callable[..., Converted], opset: OpSet, tmp_path: Path, layer: str, body: list[str]
) -> None:
    lines = "\n        ".join(body)
    converted = conversion(
        f"""class Net(nn.Module):
    def __init__(self, width=5):
        super().__init__()
        self.rnn = {layer}

    def forward(self, x):
        {lines}
""",
        "2x3x4",
    )
    assert prove(converted, KerasDialect(), opset, tmp_path / "made.py").why is None
    assert "class LSTM(layers.Layer):" in converted.text
