"""Axis patterns: how they are read, and what they say of a tensor."""

from __future__ import annotations

import pytest

from pivot.axis_patterns import Pattern, PatternError, parse_pattern, resolve
from pivot.dims import symbol

N = symbol("N", 2)


def test_a_pattern_is_groups_of_names() -> None:
    assert parse_pattern("b c (h p) -> b (p c) 1 h") == Pattern(
        (("b",), ("c",), ("h", "p")), (("b",), ("p", "c"), (), ("h",))
    )


@pytest.mark.parametrize("text", ["a b", "a -> b -> c", "(a -> a", "a) -> a", "((a)) -> a", "a a -> a", "a + b -> a"])
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(PatternError):
        resolve(text, {}, (2, 3))


def test_one_size_of_an_axis_follows_from_the_others() -> None:
    found = resolve("b (h p) -> b p h", {"p": 4}, (N, 12))
    assert (found.before, found.shape(found.before), found.joined()) == (("b", "h", "p"), (N, 3, 4), (N, 4, 3))


def test_three_dots_are_the_axes_that_are_left() -> None:
    assert resolve("b ... d -> b (...) d", {}, (N, 3, 4, 5)).joined() == (N, 12, 5)
    assert resolve("... d -> d ...", {}, (N, 3, 5)).joined() == (5, N, 3)


def test_an_axis_of_one_that_stays_or_is_stretched_needs_no_reshape() -> None:
    kept = resolve("1 c d -> 1 d c", {}, (1, 3, 4))
    assert kept.bare(kept.before) == (1, 3, 4)
    found = resolve("1 1 d -> b 1 d", {"b": N}, (1, 1, 8))
    assert (found.bare(found.before), found.bare(found.after), found.shape(found.after)) == (
        (1, 1, 8), (1, 1, 8), (N, 1, 8),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "lengths", "why"),
    [
        ("b (h p) -> b h p", {}, "sizes of h, p"),
        ("b (h p) -> b h p", {"p": 5}, "cannot be divided"),
        ("b h w -> b h w", {}, "the tensor has 2"),
        ("b c -> b c", {"d": 3}, "no axis d"),
        ("b c -> b c d", {}, "size d is not given"),
        ("b (2 3) -> b 2 3", {}, "needs 6"),
    ],
)
def test_a_pattern_that_does_not_fit_says_why(text: str, lengths: dict[str, object], why: str) -> None:
    with pytest.raises(PatternError, match=why):
        resolve(text, lengths, (2, 12))
