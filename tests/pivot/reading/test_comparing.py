"""Comparisons of what was not read decide nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated

Read = Callable[..., Elaborated]


@pytest.mark.parametrize("test", ["kind == 'relu'", "kind in ('relu', 'gelu')", "kind not in {'relu': 1}"])
def test_what_was_not_read_decides_nothing(net: Read, refused: Callable[..., Problem], test: str) -> None:
    init = f"import settings\nkind = settings.load()\nself.fc = nn.Linear(4, 3 if {test} else 5)"
    assert (
        "a decision needs a value that was not read (settings.load is not read)" in refused(net, init, "return x").why
    )
