"""The limits of reading, and how they are raised."""

from __future__ import annotations

import pytest

from pivot.reading.limits import RAISE, Limits, over_limit, scaled, wanted_factor


@pytest.mark.parametrize(
    ("text", "factor"),
    [("", 1.0), ("2", 2.0), ("1.5", 1.5), ("0.1", 1.0), ("-3", 1.0), ("x", 1.0), ("nan", 1.0), ("1e9", 100.0)],
)
def test_what_the_environment_may_say(text: str, factor: float) -> None:
    assert wanted_factor(text) == factor


def test_counts_sizes_and_times_grow_and_what_guards_the_stack_does_not() -> None:
    usual, twice = Limits(), scaled(2)
    assert (twice.file_bytes, twice.steps, twice.seconds) == (4_000_000, 4_000_000, 8.0)
    assert isinstance(scaled(1.5).steps, int)
    assert (twice.depth, twice.call_depth, twice.recursion) == (usual.depth, usual.call_depth, usual.recursion)
    assert scaled(1) == usual


def test_the_remedy_says_how() -> None:
    problem = over_limit("net.py", 1, 1, "a file of 9 bytes", "file_bytes", 8).problem
    assert problem.why == "a file of 9 bytes (limit file_bytes = 8)"
    assert problem.remedy.endswith(RAISE)
