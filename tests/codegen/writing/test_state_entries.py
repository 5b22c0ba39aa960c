"""States of recurrent layers that a program only takes apart again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Call = Callable[..., str]


@pytest.mark.parametrize(
    ("layer", "body", "wanted"),
    [
        (
            "nn.GRU(4, 5, batch_first=True)",
            "_, h = self.rnn(x)\nreturn self.fc(h[-1])",
            "h = self.rnn(x)\nreturn self.fc(h)",
        ),
        (
            "nn.RNN(4, 5, batch_first=True)",
            "_, h = self.rnn(x)\nreturn self.fc(h.squeeze(0))",
            "h = self.rnn(x)\nreturn self.fc(h)",
        ),
        (
            "nn.LSTM(4, 5, batch_first=True)",
            "_, (h, c) = self.rnn(x)\nlast = h[0]  # the state at the end\nreturn self.fc(last)",
            "last = self.rnn(x)  # the state at the end\nreturn self.fc(last)",
        ),
        (
            "nn.LSTM(4, 5, batch_first=True)",
            "_, (h, c) = self.rnn(x)\nreturn self.fc(h[-1]) + self.fc(c[-1])",
            "_, h, c = self.rnn(x)\nreturn self.fc(h) + self.fc(c)",
        ),
        (
            "nn.LSTM(4, 5, batch_first=True)",
            "_, (h, c) = self.rnn(x)\nh = self.fc(h[-1])\nreturn h",
            "h = self.rnn(x)\nh = self.fc(h)\nreturn h",
        ),
        (
            "nn.GRU(4, 5, batch_first=True, bidirectional=True)",
            "_, h = self.rnn(x)\nreturn self.fc(h[0]) + self.fc(h[1])",
            "_, h_forward, h_backward = self.rnn(x)\nreturn self.fc(h_forward) + self.fc(h_backward)",
        ),
    ],
)  # fmt: skip
def test_entries_are_read_themselves(call: Call, layer: str, body: str, wanted: str) -> None:
    assert call(f"self.rnn = {layer}\nself.fc = nn.Linear(5, 3)", body, "2x3x4") == wanted


@pytest.mark.parametrize(
    "body",
    [
        "_, h = self.rnn(x)\nreturn h[-1], h",
        "_, h = self.rnn(x)\nif x.shape[1] > 2:\n    h = self.fc(h[-1])\nreturn h",
        "_, h = self.rnn(x)\nreturn [self.fc(state) for state in h]",
    ],
)
def test_the_whole_stands_where_something_else_wants_it(call: Call, body: str) -> None:
    made = call("self.rnn = nn.GRU(4, 5, batch_first=True)\nself.fc = nn.Linear(5, 3)", body, "2x3x4")
    assert "ops.expand_dims(h, axis=0)" in made


def test_what_a_program_says_itself_stays(call: Call) -> None:
    body = "h = self.fc(x)\nh = h.unsqueeze(0)\nreturn h[-1]"
    made = call("self.fc = nn.Linear(4, 5)", body, "2x4")
    assert made == "h = self.fc(x)\nh = ops.expand_dims(h, axis=0)\nreturn h[-1]"
