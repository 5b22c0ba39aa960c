"""Boxes moved by hand: they stand where they were put, lines join them, the level holds all."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.layout.arrange import Box, Line, arrange
from studio.layout.moved import BESIDE, beside_opened, follow, put_by_hand
from tests.studio.layout.test_arrange import levels, span


@given(levels(), st.data())
@settings(max_examples=100, deadline=None)
def test_moved_boxes_keep_their_lines_and_lie_inside(level, data):
    boxes, lines = level
    offset = st.tuples(st.floats(-400, 400), st.floats(-400, 400))
    moved = data.draw(st.dictionaries(st.integers(0, len(boxes) - 1), offset, max_size=4))
    plain = arrange(boxes, lines)
    found = put_by_hand(plain, boxes, lines, moved)
    for place in range(len(boxes)):
        left, top, right, bottom = span(boxes, found, place)
        assert left >= -0.01
        assert top >= -0.01
        assert right <= found.across + 0.01
        assert bottom <= found.along + 0.01
    for line, route in zip(lines, found.routes, strict=True):
        for place, (x, y) in ((line.source, route[0]), (line.target, route[-1])):
            left, top, right, bottom = span(boxes, found, place)
            assert left - 0.01 <= x <= right + 0.01
            assert top - 0.01 <= y <= bottom + 0.01


def test_nothing_moved_is_the_same_arrangement():
    plain = arrange([], [])
    assert put_by_hand(plain, [], [], {}) is plain


def test_a_line_keeps_the_way_round_what_stands_between():
    route = ((0.0, 0.0), (0.0, 40.0), (90.0, 80.0), (90.0, 200.0), (0.0, 240.0), (0.0, 300.0))
    assert follow(route, (30.0, 0.0), None) == ((30.0, 0.0), (90.0, 80.0), (90.0, 200.0), (0.0, 240.0), (0.0, 300.0))


def test_a_box_put_behind_its_taker_is_left_downward_and_entered_from_above():
    route = ((0.0, 0.0), (0.0, 100.0))
    way = follow(route, (50.0, 300.0), None)
    assert way[0] == (50.0, 300.0) and way[-1] == (0.0, 100.0)
    assert way[1][1] > way[0][1] and way[-2][1] < way[-1][1]


@given(levels(), st.data())
@settings(max_examples=100, deadline=None)
def test_what_was_moved_makes_room_for_groups_that_are_opened(level, data):
    boxes, lines = level
    places = st.integers(0, len(boxes) - 1)
    offset = st.tuples(st.floats(-400, 400), st.floats(-400, 400))
    moved = data.draw(st.dictionaries(places, offset, max_size=4))
    opened = data.draw(st.sets(places, max_size=3))
    plain = arrange(boxes, lines)
    found = put_by_hand(plain, boxes, lines, beside_opened(plain, boxes, moved, opened))
    for one in moved:
        left, top, right, bottom = span(boxes, found, one)
        for other in range(len(boxes)):
            if other == one or not {one, other} & opened:
                continue
            a, b, c, d = span(boxes, found, other)
            assert right <= a + 0.01 or c <= left + 0.01 or bottom <= b + 0.01 or d <= top + 0.01


def test_what_is_far_from_an_opened_group_stays_where_it_was_put():
    boxes = [Box(100, 40), Box(300, 200), Box(100, 40)]
    lines = [Line(0, 1, 0), Line(1, 2, 1)]
    plain = arrange(boxes, lines)
    far, near = {2: (400.0, -100.0)}, {2: (60.0, -100.0)}
    assert beside_opened(plain, boxes, far, {1}) == far
    assert beside_opened(plain, boxes, near, set()) == near
    ((x, y),) = beside_opened(plain, boxes, near, {1}).values()
    assert y == -100.0
    assert plain.centres[2][0] + x - plain.centres[1][0] == 150 + 50 + BESIDE
