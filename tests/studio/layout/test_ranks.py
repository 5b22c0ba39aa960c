"""Ranks."""

from __future__ import annotations

from studio.layout.ranks import Arc, acyclic, rank


def arcs(*pairs: tuple[int, int]) -> list[Arc]:
    return [Arc(*pair) for pair in pairs]


def test_every_arc_leads_down():
    found = arcs((0, 1), (1, 2), (0, 2), (2, 3), (0, 3))
    ranks = rank(4, found, [None] * 4)
    assert ranks == [0, 1, 2, 3]


def test_a_constant_stands_just_above_what_needs_it():
    found = arcs((0, 1), (1, 2), (2, 3), (4, 3))
    assert rank(5, found, [None] * 5) == [0, 1, 2, 3, 2]


def test_pins_come_first_and_last():
    # 0 is an entry that feeds only the end, 1 -> 2 -> 3 the trunk, 4 an early exit, 5 the late one.
    found = arcs((1, 2), (2, 3), (3, 5), (0, 3), (1, 4))
    ranks = rank(6, found, ["first", "first", None, None, "last", "last"])
    assert ranks[0] == ranks[1] == 0
    assert ranks[4] == ranks[5] == max(ranks)


def test_nothing_that_is_not_pinned_stands_beside_an_entry():
    assert rank(3, arcs((0, 2)), ["first", None, None])[1] == 1


def test_a_cycle_loses_one_arc():
    found = arcs((0, 1), (1, 2), (2, 0), (2, 3))
    turned = acyclic(4, found)
    assert turned == [False, False, True, False]
    straight = [Arc(t, s) if back else Arc(s, t) for (s, t), back in zip(found, turned, strict=True)]
    ranks = rank(4, straight, [None] * 4)
    assert all(ranks[source] < ranks[target] for source, target in straight)


def test_an_order_that_is_not_the_order_of_numbers_is_no_cycle():
    assert acyclic(3, arcs((2, 1), (1, 0))) == [False, False]
