"""Layers of Keras that are made of others, in the words of the source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NET = """
import keras
from keras import layers, ops
class Net(keras.Model):
    def __init__(self, units=8, keep=0.95):
        super().__init__()
        {init}
    def call(self, x):
        return {forward}
"""


@pytest.fixture
def torch_text(to_torch: Callable[..., Any], tmp_path: Path) -> Callable[[str, str], str]:
    """What is written for a model, behind `super().__init__()`; its proof holds."""

    def made(init: str, forward: str) -> str:
        path = tmp_path / "net.py"
        path.write_text(NET.format(init=init, forward=forward))
        converted, proof = to_torch(path, "2x7x5", model="Net()")
        assert proof.equal, proof.why
        return converted.text.rpartition("super().__init__()\n")[2]

    return made


@pytest.mark.parametrize(
    ("init", "forward", "said"),
    [
        ("self.m = layers.Bidirectional(layers.LSTM(units, return_sequences=True))", "self.m(x)", "nn.LSTM(5, units, "),
        ("self.m = layers.RNN(layers.GRUCell(units=units))", "self.m(x)", "nn.GRU(5, units, "),
        ("self.m = layers.RNN(layers.LSTMCell(4), return_sequences=True)", "self.m(x)", "nn.LSTM(5, 4, "),
        ("self.m = layers.BatchNormalization(momentum=keep)", "self.m(x)", "momentum=1 - keep"),
        ("self.m = layers.Dense(3)", "self.m(ops.flip(x, axis=1))", "torch.flip(x, (1,))"),
    ],
)
def test_words_of_the_source(torch_text: Callable[[str, str], str], init: str, forward: str, said: str) -> None:
    assert said in torch_text(init, forward)


@pytest.mark.parametrize("made", ["layers.RNN", "layers.Bidirectional"])
def test_what_a_layer_is_made_of_is_none_beside_it(torch_text: Callable[[str, str], str], made: str) -> None:
    inner = "layers.GRUCell(units)" if made.endswith("RNN") else "layers.GRU(units)"
    text = torch_text(f"self.inner = {inner}\n        self.m = {made}(self.inner)", "self.m(x)")
    assert "self.inner" not in text


def test_a_cell_that_is_called_by_itself_too_shares_its_weights(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    init = "self.cell = layers.LSTMCell(units)\n        self.m = layers.RNN(self.cell, return_state=True)"
    path.write_text(NET.format(init=init, forward="self.cell(x[:, 0], self.m(x)[1:])[0]"))
    converted, _ = to_torch(path, "2x7x5", model="Net()")
    assert "nn.LSTM(" not in converted.text and converted.text.count("nn.LSTMCell(5, units)") == 1


@pytest.mark.parametrize(
    ("forward", "said"),
    [
        ("self.m(x) * ops.minimum(ops.shape(x)[1], 3)", "min(x.shape[1], 3)"),
        ("self.m(ops.slice_update(x, [0, 1, 0], x[:, 2:4]))", "slice_update(x, [0, 1, 0], x[:, 2:4])"),
    ],
)
def test_functions_of_keras_ops(torch_text: Callable[[str, str], str], forward: str, said: str) -> None:
    assert said in torch_text("self.m = layers.Dense(5)", forward)
