"""Whole drawings with groups open in groups."""

from __future__ import annotations

import pytest

from studio.layout.compose import Composer, Drawing, Rect
from studio.layout.tree import ROOT, Tree, build_tree
from studio.layout.visible import ENTRY, EXIT
from tests.studio.fixtures.pictures import Builder, chain, densenet_block, gpt, resnet50


def composer_of(builder: Builder) -> tuple[Composer, Tree]:
    picture = builder.picture()
    tree = build_tree(picture)
    return Composer(picture, tree, lambda item: (100.0 + 8 * (len(item) % 9), 46.0)), tree


def check(drawing: Drawing, tree: Tree) -> None:
    """What must hold of any drawing."""
    boxes = drawing.boxes
    for group, level in drawing.visible.levels.items():
        inner = [boxes[item] for item in level.items]
        if group != ROOT:
            for box in inner:
                assert boxes[group].covers(box)
                assert box.y >= boxes[group].y + 30  # the title stays free
        for at, box in enumerate(inner):
            for other in inner[at + 1 :]:
                assert not box.meets(other), group
    for box in boxes.values():
        assert drawing.bounds.covers(box)
    for drawn in drawing.wires:
        along = [point[0 if drawing.horizontal else 1] for point in drawn.points]
        assert along == sorted(along), drawn.wire
        for end, point in ((drawn.wire.source, drawn.points[0]), (drawn.wire.target, drawn.points[-1])):
            item = drawn.group if end.item in (ENTRY, EXIT) else end.item
            box = boxes[item]
            reached = Rect(box.x - 0.1, box.y - 0.1, box.width + 0.2, box.height + 0.2)
            assert reached.holds(*point), (item, point)


@pytest.mark.parametrize("horizontal", [False, True])
@pytest.mark.parametrize("builder", [resnet50, gpt, densenet_block], ids=lambda made: made.__name__)
def test_nothing_overlaps_with_everything_open(builder, horizontal):
    composer, tree = composer_of(builder())
    check(composer.draw(tree.groups, horizontal), tree)


@pytest.mark.parametrize("horizontal", [False, True])
def test_nothing_overlaps_with_some_groups_open(horizontal):
    composer, tree = composer_of(gpt(6))
    for opened in ((), ("/h",), ("/h", "/h.0*6"), ("/h", "/h.0*6", "/h.3"), ("/h", "/h.0*6", "/h.3", "/h.3.mlp")):
        drawing = composer.draw(opened, horizontal)
        assert set(drawing.opened) == set(opened)
        check(drawing, tree)


def test_wires_continue_where_they_cross_a_border():
    composer, tree = composer_of(gpt(3))
    drawing = composer.draw(tree.groups)
    ends: dict[tuple[str, str, str], list[float]] = {}
    for drawn in drawing.wires:
        source, target = drawn.wire.source, drawn.wire.target
        if target.item == EXIT:
            ends.setdefault((drawn.group, "out", target.port), []).append(drawn.points[-1][0])
        elif target.port is not None:
            ends.setdefault((target.item, "in", target.port), []).append(drawn.points[-1][0])
        if source.item == ENTRY:
            ends.setdefault((drawn.group, "in", source.port), []).append(drawn.points[0][0])
        elif source.port is not None:
            ends.setdefault((source.item, "out", source.port), []).append(drawn.points[0][0])
    assert len(ends) > 20
    for place, across in ends.items():
        assert len(across) >= 2, place
        assert max(across) - min(across) < 0.01, place


def test_the_trunk_of_a_network_is_one_straight_line():
    composer, tree = composer_of(resnet50())
    drawing = composer.draw(tree.groups)
    trunk = [node for node in ("n0", "n1", "n2", "n3", "n4", "n11", "n60", "n172") if node in drawing.boxes]
    assert len({round(drawing.boxes[node].centre[0], 2) for node in trunk}) == 1


def test_a_drawing_does_not_depend_on_what_was_drawn_before():
    once, tree = composer_of(gpt(4))
    twice, _ = composer_of(gpt(4))
    twice.draw(())
    twice.draw(tree.groups, True)
    assert once.draw(tree.groups) == twice.draw(tree.groups)


def test_closing_what_is_hidden_changes_nothing():
    composer, _ = composer_of(gpt(4))
    assert composer.draw({"/h"}).boxes == composer.draw({"/h", "/h.2"}).boxes


def test_a_flat_network_of_ten_thousand_stays_narrow():
    composer, _ = composer_of(chain(10_000))
    drawing = composer.draw(())
    assert len(drawing.boxes) == 10_002
    assert drawing.bounds.width < 600


def test_what_was_moved_beside_a_group_makes_room_when_it_is_opened_and_comes_back():
    composer, tree = composer_of(gpt(3))
    drawing = composer.draw(())
    group, other = "/h", next(item for item in drawing.boxes if item not in (">ids", "/h"))
    side = drawing.boxes[group].right + 30.0 - drawing.boxes[other].x
    up = drawing.boxes[group].y - drawing.boxes[other].y
    moved = {"/": {other: (side, up)}}
    beside = composer.draw((), moved=moved)
    assert beside.boxes[other].x - beside.boxes[group].right == pytest.approx(30.0)
    assert not beside.aside
    opened = composer.draw(tree.groups, moved=moved)
    assert not opened.boxes[other].meets(opened.boxes[group])
    assert opened.aside.keys() == {other}
    assert composer.draw((), moved=moved) == beside
