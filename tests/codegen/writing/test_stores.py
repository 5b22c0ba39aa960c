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
        ("y[:, 0::2] = x[:, :2]\ny[..., 1::2] = x[:, 2:]", "y = interleaved(x[:, :2], x[:, 2:])"),
        (
            "y[:, ::2] = x[:, :2]\ny[:, 1::2] = y[:, :2]",  # the second reads what the first one leaves
            "y = replaced(y, {1: slice(None, None, 2)}, x[:, :2])\ny = replaced(y, {1: slice(1, None, 2)}, y[:, :2])",
        ),
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


@pytest.mark.parametrize(
    ("index", "text"),
    [
        ("x[rows, columns - 1]", "picked(x, 0, rows, columns - 1)"),
        ("x[:, rows, columns]", "picked(x, 1, rows, columns)"),
        ("x[0, rows, columns]", "picked(x[0], 0, rows, columns)"),
        ("x[..., rows, columns]", "picked(x, 1, rows, columns)"),
        ("x[rows[:, None], columns[None]]", "picked(x, 0, rows[:, None], columns[None])"),
    ],
)
def test_an_index_of_several_tensors_is_a_function(written: Callable[..., str], index: str, text: str) -> None:
    source = f"class Net(nn.Module):\n    def forward(self, x, rows, columns):\n        return {index}\n"
    assert f"return {text}" in written(source, "5x3x4", "rows=2:int64<3", "columns=2:int64<3")
