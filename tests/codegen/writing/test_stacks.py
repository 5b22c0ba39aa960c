"""Loops over tensors."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Call = Callable[..., str]


@pytest.mark.parametrize(
    ("loop", "said"),
    [("for t in y", "for t in ops.unstack(y)"),
     ("for i, t in enumerate(y)", "for i, t in enumerate(ops.unstack(y))"),
     ("for s, t in zip(y, [1, 2, 3])", "for s, t in zip(ops.unstack(y), [1, 2, 3])")],
)  # fmt: skip
def test_a_loop_over_a_tensor_runs_over_the_parts_of_its_first_axis(call: Call, loop: str, said: str) -> None:
    made = call("self.fc = nn.Linear(4, 4)", f"y = self.fc(x).transpose(0, 1)\nreturn [t * 2 {loop}]", "2x3x4")
    assert said in made
