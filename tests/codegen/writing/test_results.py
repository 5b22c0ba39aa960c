"""What is taken of results that are all written down is written alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Call = Callable[..., str]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("self.rnn(x)[1][0][0]", "return self.rnn(x)"),
        ("self.rnn(x)[1][0]", "return ops.expand_dims(self.rnn(x), axis=0)"),
        ("self.rnn(x)[1][0][-1]", "return ops.expand_dims(self.rnn(x), axis=0)[-1]"),
    ],
)
def test_the_only_entry_of_a_state_is_the_state(call: Call, source: str, target: str) -> None:
    assert call("self.rnn = nn.LSTM(4, 3, batch_first=True)", f"return {source}", "2x5x4") == target
