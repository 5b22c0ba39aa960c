"""Inputs that a model takes together, as one tuple."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]
NET = """
    class Net(nn.Module):
        def forward(self, x, state):
            h, c = state
            return x + h, c * 2
"""


def entered(done: Elaborated) -> list[tuple[str, str | None]]:
    return [(entry.name, entry.group) for entry in done.network.inputs]


def test_the_last_parameter_takes_what_is_given_beyond_the_parameters_and_that_is_said(read: Read) -> None:
    done = read(NET, "2x3", "2x3", "1x3")
    assert entered(done) == [("x", None), ("state.0", "state"), ("state.1", "state")]
    assert [problem.code for problem in done.network.problems] == ["input"]


def test_members_are_named(read: Read) -> None:
    done = read(NET, "2x3", "state.0=2x3", "state.1=1x3")
    assert entered(done) == [("x", None), ("state.0", "state"), ("state.1", "state")]
    assert done.network.problems == ()


def test_a_tuple_that_the_source_hands_to_the_model_is_found(read: Read) -> None:
    done = read(NET + "    net = Net()\n    h = torch.zeros(2, 3)\n    net(torch.randn(2, 3), (h, torch.ones(1, 3)))\n")
    assert [str(spec) for spec in done.specs] == ["2x3", "state.0=2x3", "state.1=1x3"]


def test_members_come_in_their_order(read: Read) -> None:
    with pytest.raises(Refusal, match=r"state\.1 is given before state\.0"):
        read(NET, "2x3", "state.1=1x3", "state.0=2x3")


def test_what_takes_any_number_of_inputs_takes_each_by_itself(read: Read) -> None:
    text = "class Net(nn.Module):\n    def forward(self, x, *more):\n        return x + more[0] * more[1]\n"
    assert entered(read(text, "2x3", "2x3", "2x3")) == [("x", None), ("x1", None), ("x2", None)]
