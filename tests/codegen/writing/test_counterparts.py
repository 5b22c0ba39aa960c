"""Parts of a tuple that went, and the names that took them, beside stars on both sides."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from codegen.writing.counterparts import counterpart


@pytest.mark.parametrize(
    ("names", "parts", "at", "found"),
    [
        ("a, b", "x, y", 1, 1),
        ("a, *_, b", "*x, y", 1, 2),
        ("a, *_, b", "y, *x", 0, 0),
        ("a, b, c", "*x, y", 1, 2),
        ("a, *b", "*x, y", 1, None),
        ("*b, a", "x, *y", 0, None),
        ("a, b", "*x, y", 0, None),
        ("a, *_, *b", "*x, y", 1, None),
    ],
)
def test_places_are_counted_from_the_end_that_no_star_lies_before(
    names: str, parts: str, at: int, found: int | None
) -> None:
    sides = [ast.parse(f"({text},)", mode="eval").body for text in (names, parts)]
    assert counterpart(sides[0].elts, sides[1].elts, at) == found  # type: ignore[attr-defined]


def test_the_device_goes_and_the_sizes_stay(call: Callable[..., str]) -> None:
    made = call("self.a = nn.Linear(4, 4)", "b, *_, device = *x.shape, x.device\nreturn self.a(x), b", "2x3x4")
    assert made == "b, *_ = ops.shape(x)\nreturn self.a(x), b"
