"""Which axes of a reshape become which."""

from __future__ import annotations

from codegen.axis_groups import groups
from pivot.dims import symbol


def test_the_batch_is_told_from_other_axes_of_size_1() -> None:
    """(N, C, H, W) -> (1, N * C, H, W) on a batch of one: N and C are one axis, whatever their sizes are."""
    n = symbol("N", 1)
    assert groups((n, 8, 4, 4), (1, n * 8, 4, 4)) == [((0, 1), (0, 1)), ((2,), (2,)), ((3,), (3,))]
    assert groups((1, n * 8, 4, 4), (n, 8, 4, 4)) == [((0, 1), (0, 1)), ((2,), (2,)), ((3,), (3,))]


def test_a_batch_that_stays_is_a_group_of_its_own() -> None:
    n = symbol("N", 1)
    assert groups((n, 8, 4, 4), (n, 8, 16)) == [((0,), (0,)), ((1,), (1,)), ((2, 3), (2,))]
    assert groups((n, 1, 8), (n, 8)) == [((0,), (0,)), ((1, 2), (1,))]


def test_a_batch_for_which_the_program_says_a_number_is_that_number() -> None:
    n = symbol("N", 2)
    assert groups((n, 8, 4, 6), (2, 8, n * 12)) == [((0,), (0,)), ((1,), (1,)), ((2, 3), (2,))]
