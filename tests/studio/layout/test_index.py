"""Finding what is drawn at a place."""

from __future__ import annotations

import pytest

from studio.layout.compose import Composer, Rect
from studio.layout.index import DrawingIndex, flattened
from studio.layout.tree import build_tree
from tests.studio.fixtures.pictures import gpt


@pytest.fixture(scope="module")
def index() -> DrawingIndex:
    picture = gpt(3).picture()
    tree = build_tree(picture)
    return DrawingIndex(Composer(picture, tree, lambda item: (120.0, 46.0)).draw(tree.groups))


def test_every_box_is_found_at_its_middle(index):
    opened = set(index.drawing.opened)
    for item, box in index.drawing.boxes.items():
        if item not in opened:
            assert index.box_at(*box.centre) == item


def test_between_the_boxes_of_a_group_is_the_group(index):
    box = index.drawing.boxes["/h.1"]
    assert index.box_at(box.x + 3, box.y + 3) == "/h.1"


def test_outside_is_nothing(index):
    assert index.box_at(-50, -50) is None
    assert index.wire_at(-50, -50, 6) is None


def test_boxes_in_an_area_are_those_that_meet_it(index):
    area = Rect(100, 900, 400, 700)
    assert set(index.boxes_in(area)) == {item for item, box in index.drawing.boxes.items() if box.meets(area)}


def test_a_wire_is_found_on_its_bend_and_not_far_from_it(index):
    drawing = index.drawing
    bent = next(drawn for drawn in drawing.wires if abs(drawn.points[0][0] - drawn.points[-1][0]) > 40)
    middle = flattened(bent.points, False)[4]
    found = index.wire_at(*middle, 4)
    assert found is not None
    shared = set(drawing.wires[found].wire.values) & set(bent.wire.values)
    assert shared
    assert index.wire_at(middle[0], middle[1] + 12, 4) != drawing.wires.index(bent)


def test_of_a_bundle_the_trunk_is_drawn_once() -> None:
    """One mask feeds 60 blocks: in the middle of the way nearly all its wires lie on each other."""
    builder = gpt(60)
    picture = builder.picture()
    tree = build_tree(picture)
    drawing = Composer(picture, tree, lambda item: (140.0, 46.0)).draw({"/h", "/h.0*60"})
    index = DrawingIndex(drawing)
    mask = picture.inputs[1].id
    bundle = {number for number, drawn in enumerate(drawing.wires) if drawn.wire.values == (mask,)}
    assert len(bundle) > 50
    box = drawing.boxes["/h.30"]
    near = bundle.intersection(index.wires_in(Rect(box.x - 200, box.y, box.width + 400, box.height)))
    assert 1 <= len(near) < 20
    trunk = max(bundle, key=lambda number: drawing.wires[number].points[-1][1])
    assert trunk in near
    last = drawing.boxes["/h.59"]
    assert trunk in index.wires_in(Rect(last.x, last.y - 40, last.width, 60))
