"""Numbers that a program draws outside the framework."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
NET = """
import random
import numpy as np
class Net(nn.Module):
    def forward(self, x):
        if {drawn}:
            return x * 2
        return x + 1
"""


@pytest.mark.parametrize(
    ("drawn", "op"),
    [
        ("random.random() < 0.3", "mul"),
        ("random.random() < 0.2", "add"),
        ("self.training and np.random.rand() < 0.3", "add"),
        ("random.randint(0, 3) == 1", "mul"),
        ("np.random.randint(4) == 1", "mul"),
        ("random.uniform(4, 8) == 5", "mul"),
        ("random.choice([True, False])", "mul"),
    ],
)
def test_a_decision_is_read_with_one_number_and_said_so(read: Read, drawn: str, op: str) -> None:
    done = read(NET.format(drawn=drawn), "2x3")
    assert [n.op.name for n in done.network.runs["eval"].nodes if n.op is not None] == [op]
    assert "anew at every call" in next(p.why for p in done.network.problems if p.code == "random")
