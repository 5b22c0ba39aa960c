"""Items exist only where one looks."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from studio.layout.compose import Rect
from tests.studio.fixtures.pictures import chain, gpt, grid, resnet50


def test_ten_thousand_nodes_need_few_items(show):
    view = show(chain(10_000))
    assert len(view.state.drawing.boxes) == 10_002
    assert 5 < len(view.scene.boxes) < 60
    view.canvas.look_at(*view.state.drawing.bounds.centre, 0.5)
    assert 5 < len(view.scene.boxes) < 80
    view.fit()
    assert len(view.scene.items()) == 0


def test_all_that_is_seen_has_an_item(show):
    view = show(grid(30, 30), 0.6)
    for step in ((0, 0), (-900, 0), (0, -700), (2500, 1900), (3, 4)):
        view.canvas.scroll_by(*step)
        QApplication.processEvents()
        seen = view.canvas.seen()
        expected = {item for item, box in view.state.drawing.boxes.items() if box.meets(seen)}
        assert expected <= set(view.scene.boxes)
        assert len(view.scene.boxes) < 4 * len(expected) + 20


def test_items_stand_where_the_drawing_says(show):
    view = show(resnet50(), 0.5)
    assert len(view.scene.boxes) > 8
    for key, item in view.scene.boxes.items():
        box = view.state.drawing.boxes[key]
        assert (item.x(), item.y(), item.rect.width(), item.rect.height()) == (box.x, box.y, box.width, box.height)


def test_the_wires_around_an_item_lead_to_and_from_it(show):
    view = show(resnet50(), 1.0)
    found = {view.state.drawing.wires[number].wire for number in view.scene.wires_around("n1")}
    assert {(wire.source.item, wire.target.item) for wire in found} == {("n0", "n1"), ("n1", "n2")}


def test_the_wires_of_one_tensor_stand_out_together(show):
    view = show(gpt(3))
    view.open_all()
    drawing = view.state.drawing
    mask = view.state.picture.inputs[1].id
    number = next(at for at, drawn in enumerate(drawing.wires) if drawn.wire.values == (mask,))
    together = view.scene.wires_like(number)
    assert together == {at for at, drawn in enumerate(drawing.wires) if mask in drawn.wire.values}
    assert len(together) > 6


def test_selected_wires_are_lit_and_others_not(show):
    view = show(resnet50(), 1.0)
    view.select({"n1"})
    lit = {number for number, item in view.scene.wires.items() if item.lit}
    assert lit == view.scene.wires_around("n1")
    view.select(())
    assert not any(item.lit for item in view.scene.wires.values())


def test_populating_an_empty_place_takes_all_items_away(show):
    view = show(resnet50(), 1.0)
    view.scene.populate(Rect(-9e5, -9e5, 10, 10))
    assert view.scene.boxes == {}
    assert view.scene.wires == {}
