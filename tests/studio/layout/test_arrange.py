"""One level, whole: nothing overlaps and wires run onward, whatever the graph."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.layout.arrange import Arrangement, Box, Gaps, Line, arrange


@st.composite
def levels(draw: st.DrawFn) -> tuple[list[Box], list[Line]]:
    count = draw(st.integers(1, 14))
    size = st.floats(10, 300)
    boxes = [Box(draw(size), draw(size)) for _ in range(count)]
    pairs = draw(st.sets(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=24))
    ordered = sorted((min(pair), max(pair)) for pair in pairs if pair[0] != pair[1])
    return boxes, [Line(source, target, draw(st.integers(0, 2))) for source, target in dict.fromkeys(ordered)]


def span(boxes: list[Box], found: Arrangement, place: int) -> tuple[float, float, float, float]:
    (x, y), box = found.centres[place], boxes[place]
    return x - box.across / 2, y - box.along / 2, x + box.across / 2, y + box.along / 2


@given(levels())
@settings(max_examples=150, deadline=None)
def test_boxes_do_not_overlap_and_lie_inside(level):
    boxes, lines = level
    found = arrange(boxes, lines)
    spans = [span(boxes, found, place) for place in range(len(boxes))]
    for place, (left, top, right, bottom) in enumerate(spans):
        assert left >= -0.01
        assert top >= -0.01
        assert right <= found.across + 0.01
        assert bottom <= found.along + 0.01
        for other in spans[place + 1 :]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart


@given(levels())
@settings(max_examples=150, deadline=None)
def test_wires_join_their_boxes_and_never_run_back(level):
    boxes, lines = level
    found = arrange(boxes, lines)
    for line, route in zip(lines, found.routes, strict=True):
        left, _, right, bottom = span(boxes, found, line.source)
        assert left <= route[0][0] <= right
        assert abs(route[0][1] - bottom) < 0.01
        left, top, right, _ = span(boxes, found, line.target)
        assert left <= route[-1][0] <= right
        assert abs(route[-1][1] - top) < 0.01
        assert all(below[1] >= above[1] - 0.01 for above, below in itertools.pairwise(route))


@given(levels())
@settings(max_examples=150, deadline=None)
def test_straight_pieces_of_wires_run_over_no_box(level):
    boxes, lines = level
    found = arrange(boxes, lines)
    for line, route in zip(lines, found.routes, strict=True):
        for (x0, y0), (x1, y1) in itertools.pairwise(route):
            for place in range(len(boxes)):
                left, top, right, bottom = span(boxes, found, place)
                if place not in (line.source, line.target) and abs(x0 - x1) < 0.01:
                    assert not (left < x0 < right and y0 < bottom and y1 > top)


def test_the_same_level_gives_the_same_picture():
    boxes = [Box(100, 40) for _ in range(6)]
    lines = [Line(0, 1, 0), Line(0, 2, 0), Line(1, 3, 1), Line(2, 3, 2), Line(0, 5, 0), Line(3, 4, 3), Line(4, 5, 4)]
    assert arrange(boxes, lines) == arrange(boxes, lines)


def test_the_straight_wire_keeps_the_middle_of_a_box_and_the_short_cut_comes_beside_it():
    # 0 -> 1 -> 2 -> 3 and 0 -> 3: a residual.
    found = arrange([Box(120, 40)] * 4, [Line(0, 1, 0), Line(1, 2, 1), Line(2, 3, 2), Line(0, 3, 0)])
    middle = found.centres[3][0]
    assert abs(found.routes[2][-1][0] - middle) < 0.01
    assert abs(found.routes[3][-1][0] - middle) > 5
    assert len({round(x, 3) for x, _ in found.centres}) == 1


def test_a_turned_wire_is_drawn_from_its_own_source():
    boxes = [Box(100, 40)] * 3
    found = arrange(boxes, [Line(0, 1, 0), Line(1, 2, 1), Line(2, 1, 2)])
    back = found.routes[2]
    assert back[0][1] > back[-1][1]


def test_far_reaching_wires_make_their_gap_wider():
    near = arrange([Box(100, 40)] * 3, [Line(0, 1, 0), Line(0, 2, 0)])
    far = arrange([Box(900, 40)] * 3, [Line(0, 1, 0), Line(0, 2, 0)])
    assert far.along > near.along
    assert far.along <= near.along + Gaps().stretch


def test_nothing_is_a_picture_too():
    assert arrange([], []).routes == ()
