"""Loops over tensors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Call = Callable[..., str]


@pytest.mark.parametrize(
    ("loop", "said"),
    [("t * 2 for t in y", "t * 2 for t in ops.unstack(y)"),
     ("t * i for i, t in enumerate(y)", "t * i for i, t in enumerate(ops.unstack(y))"),
     ("*y, y[0]", "*ops.unstack(y), y[0]"),
     ("s * t for s, t in zip(y, [1, 2, 3])", "s * t for s, t in zip(ops.unstack(y), [1, 2, 3])")],
)  # fmt: skip
def test_a_loop_over_a_tensor_runs_over_the_parts_of_its_first_axis(call: Call, loop: str, said: str) -> None:
    made = call("self.fc = nn.Linear(4, 4)", f"y = self.fc(x).transpose(0, 1)\nreturn [{loop}]", "2x3x4")
    assert said in made
