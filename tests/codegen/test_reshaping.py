"""Reshapes in storage: minimal groups of axes, and what a group needs to be merged."""

from __future__ import annotations

import math
import random

import pytest

from codegen.axis_groups import Group, groups
from codegen.reshaping import between_is_one, in_order, order_after


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ((2, 8, 4, 6), (2, 192), [((0,), (0,)), ((1, 2, 3), (1,))]),
        ((2, 8, 4, 6), (2, 8, 24), [((0,), (0,)), ((1,), (1,)), ((2, 3), (2,))]),
        ((2, 8, 4, 6), (2, 2, 4, 4, 6), [((0,), (0,)), ((1,), (1, 2)), ((2,), (3,)), ((3,), (4,))]),
        ((2, 6, 4), (2, 4, 6), [((0,), (0,)), ((1, 2), (1, 2))]),
        ((2, 5, 8), (10, 8), [((0, 1), (0,)), ((2,), (1,))]),
        ((2, 8, 1, 1), (2, 8), [((0,), (0,)), ((1, 2, 3), (1,))]),
        ((2, 8), (2, 8, 1, 1), [((0,), (0,)), ((1,), (1, 2, 3))]),
        ((1, 3, 4), (3, 4), [((0, 1), (0,)), ((2,), (1,))]),
        ((24,), (2, 3, 4), [((0,), (0, 1, 2))]),
        ((2, 3), (2, 3), [((0,), (0,)), ((1,), (1,))]),
    ],
)
def test_groups_are_as_small_as_they_can_be(
    before: tuple[int, ...], after: tuple[int, ...], found: list[Group]
) -> None:
    assert groups(before, after) == found


def test_groups_partition_both_sides_and_keep_their_sizes() -> None:
    """Any two factorisations of one size: every axis is in one group, left to right, and groups are of equal size."""
    draw = random.Random(7)
    for _ in range(300):
        factors = [draw.choice((1, 2, 3, 5)) for _ in range(draw.randint(1, 7))]
        before, after = (split(factors, draw) for _ in range(2))
        made = groups(before, after)
        assert [axis for left, _ in made for axis in left] == list(range(len(before)))
        assert [axis for _, right in made for axis in right] == list(range(len(after)))
        for left, right in made:
            assert math.prod(before[a] for a in left) == math.prod(after[a] for a in right)


def split(factors: list[int], draw: random.Random) -> tuple[int, ...]:
    """Neighbouring factors multiplied together at random."""
    out = [1]
    for factor in factors:
        if draw.random() < 0.5:
            out[-1] *= factor
        else:
            out.append(factor)
    return tuple(out)


def test_a_group_comes_together_where_its_first_axis_stood() -> None:
    assert in_order([0, 2, 3, 1], [1, 2, 3]) == [0, 1, 2, 3]
    assert in_order([0, 2, 3, 4, 1], [2, 1]) == [0, 2, 1, 3, 4]
    assert in_order([3, 0, 1, 2], [0, 1]) == [3, 0, 1, 2]


def test_axes_of_size_one_between_two_places_are_looked_through() -> None:
    sizes = (2, 8, 1, 6)
    assert between_is_one([0, 1, 2, 3], sizes, 1, 3)
    assert not between_is_one([0, 1, 3, 2], sizes, 0, 2)
    assert between_is_one([0, 1, 3, 2], sizes, 0, 1)


def test_the_results_axes_stand_where_their_groups_are_stored() -> None:
    before, after = (2, 8, 4, 6), (2, 8, 24)
    assert order_after(groups(before, after), [0, 2, 3, 1], before, after, 3) == (0, 2, 1)
    before, after = (2, 8, 4, 6), (2, 2, 4, 4, 6)
    assert order_after(groups(before, after), [0, 2, 3, 1], before, after, 5) == (0, 3, 4, 1, 2)
    assert order_after(groups(before, after), [0, 1, 2, 3], before, after, 5) == (0, 1, 2, 3, 4)
