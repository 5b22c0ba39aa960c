"""What a call returns is taken apart as the target gives it, and put together where the source takes it as one."""

from __future__ import annotations

from collections.abc import Callable

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
            "y, h_forward, h_backward = self.rnn(x)\n"
            "h = ops.stack([h_forward, h_backward])\n"
            "return y, ops.concatenate([h[-2], h[-1]], axis=1)",
        ),
    ],
)
def test_results_are_taken_apart(call: Call, layer: str, body: str, wanted: str) -> None:
    assert call(f"self.rnn = {layer}", body, "2x3x4") == wanted
