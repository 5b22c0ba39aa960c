"""What a call returns is taken apart as the target gives it, and put together where the source takes it as one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., str]


@pytest.mark.parametrize(
    ("layer", "body", "wanted"),
    [
        (
            "nn.LSTM(4, 5, batch_first=True)",
            "y, (h, c) = self.rnn(x)\nreturn y, h, c",
            "y, h, c = self.rnn(x)\nh = ops.expand_dims(h, axis=0)\nc = ops.expand_dims(c, axis=0)\nreturn y, h, c",
        ),
        (
            "nn.LSTM(4, 5, batch_first=True)",
            "y, states = self.rnn(x)\nreturn y[:, -1]",
            "y = self.rnn(x)\nreturn y[:, -1]",
        ),
        (
            "nn.LSTM(4, 5, batch_first=True)",
            "y, states = self.rnn(x)\nreturn states[0], y",
            "y, h, c = self.rnn(x)\n"
            "states = ops.expand_dims(h, axis=0), ops.expand_dims(c, axis=0)\n"
            "return states[0], y",
        ),
        (
            "nn.GRU(4, 5, batch_first=True, bidirectional=True)",
            "y, h = self.rnn(x)\nreturn y, torch.cat([h[-2], h[-1]], dim=1)",
            "y, h_forward, h_backward = self.rnn(x)\nreturn y, ops.concatenate([h_forward, h_backward], axis=1)",
        ),
    ],
)
def test_results_are_taken_apart(call: Call, layer: str, body: str, wanted: str) -> None:
    assert call(f"self.rnn = {layer}", body, "2x3x4") == wanted


RECURRENT = """
import keras
from keras import layers


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.lstm = layers.LSTM(6)
        self.rest = keras.Sequential([layers.GRU(5, return_sequences=True), layers.Dense(2)])

    def call(self, x):
        return self.lstm(x), self.rest(x)
"""


def test_one_of_several_results_is_taken_where_keras_gives_one(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(RECURRENT, encoding="utf-8")
    converted, proof = to_torch(path, "2x7x3")
    assert proof.why is None
    text = " ".join(converted.text.split())
    assert "self.lstm = nn.LSTM(3, 6, batch_first=True)" in text
    assert "return self.lstm(x)[1][0][0], self.rest(x)" in text
    assert "nn.GRU(3, 5, batch_first=True), Lambda(lambda x: x[0]), nn.Linear(5, 2)" in text


def test_a_tensor_is_taken_apart_where_its_first_axis_is_stored(written: Callable[..., str]) -> None:
    made = written(
        """
        class Net(nn.Module):
            def forward(self, x):
                b, n, _ = x.shape
                q, k, v = x.reshape(b, n, 3, 2, 4).permute(2, 0, 3, 1, 4)
                return q @ k.transpose(-1, -2) @ v
        """,
        "2x5x24",
    )
    flat = "".join(made.split())
    assert "q,k,v=ops.unstack(ops.transpose(ops.reshape(x,(-1,n,3,2,4)),(2,0,3,1,4)))" in flat


def test_results_that_are_named_are_items(call: Call) -> None:
    assert call("", "return x.max(dim=1).values", "2x4x6") == "return ops.max(x, axis=1)"
    made = call("", "y = x.sort(dim=1)\nreturn y.values * y.indices", "2x4x6")
    assert made.endswith("return ops.multiply(y[0], y[1])")
