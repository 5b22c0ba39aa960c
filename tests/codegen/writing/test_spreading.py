"""Arguments that are spread."""

from __future__ import annotations

from collections.abc import Callable

Call = Callable[..., str]


def test_sizes_that_are_spread_beside_others_are_said_one_by_one(call: Call) -> None:
    made = call(
        "self.fc = nn.Conv1d(3, 3, 1)",
        "b, c, *hw = x.shape\nreturn self.fc(x.flatten(2)).reshape(b, c, *hw)",
        "2x3x4x5",
    )
    assert "hw[0], hw[1]" in made
