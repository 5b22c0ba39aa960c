"""`x[index] = value` on tensors, as it is written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Call = Callable[..., str]


@pytest.mark.parametrize(
    ("forward", "target"),
    [
        ("y[:, 0::2] = y[:, 1::2]", "y = replaced(y, {1: slice(0, None, 2)}, y[:, 1::2])"),
        ("y[..., -1] = 0.5", "y = filled(y, {1: -1}, 0.5)"),
        ("y[:, 1] *= 3", "y = replaced(y, {1: 1}, y[:, 1] * 3)"),
        ("y[y > 0] = 0.0", "y = masked(y, y > 0, 0.0)"),
    ],
)
def test_a_store_binds_the_name_to_a_new_tensor(call: Call, forward: str, target: str) -> None:
    made = call("self.fc = nn.Linear(4, 4)", f"y = self.fc(x)\n{forward}\nreturn y", "2x4")
    assert made == f"y = self.fc(x)\n{target}\nreturn y"


def test_places_in_a_loop_stay_in_the_loop(call: Call) -> None:
    made = call(
        "self.fc = nn.Linear(4, 4)",
        "mask = torch.zeros(4, 4)\nfor h in (slice(0, -2), slice(-2, None)):\n    mask[h, :2] = 1.0\nreturn x @ mask",
        "2x4",
    )
    assert "for h in (slice(0, -2), slice(-2, None)):\n    mask = filled(mask, {0: h, 1: slice(None, 2)}, 1.0)" in made
