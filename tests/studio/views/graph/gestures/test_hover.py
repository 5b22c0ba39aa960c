"""Pointing."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from studio.layout.index import flattened
from tests.studio.fixtures.pictures import Builder, gpt, resnet50
from tests.studio.views.graph.conftest import place_of
from tests.studio.views.graph.gestures.test_pan import move


def test_the_wires_of_what_is_pointed_at_stand_out(show):
    view = show(resnet50(), 1.0)
    move(view, place_of(view, "n1"), Qt.MouseButton.NoButton)
    assert view.scene.lit == view.scene.wires_around("n1")
    assert view.scene.boxes["n1"].hovered
    move(view, place_of(view, "n1", dx=-80), Qt.MouseButton.NoButton)
    assert view.scene.lit == frozenset()
    assert not view.scene.boxes["n1"].hovered


def test_a_wire_lights_all_places_its_tensor_goes_to(show):
    view = show(gpt(2), 1.0)
    view.close_all()
    wire = next(drawn for drawn in view.state.drawing.wires if drawn.wire.source.item == ">v0")
    line = flattened(wire.points, False)
    point = line[len(line) // 4]  # near its source, where no other tensor's wire runs, whatever the fonts measure
    view.canvas.look_at(*point, 1.0)
    at = view.canvas.viewportTransform().map(QPointF(*point)).toPoint()
    move(view, at, Qt.MouseButton.NoButton)
    lit = [view.state.drawing.wires[number].wire for number in view.scene.lit]
    assert {item.target.item for item in lit} == {"n0", "n1"}
    assert "N×T" in view.canvas._hover.text_at(QPointF(at))


def test_the_tip_of_a_wire_tells_its_ends_and_its_tensor(show):
    view = show(resnet50(), 1.0)
    wire = next(drawn for drawn in view.state.drawing.wires if drawn.wire.source.item == "n0")
    (left, top), (right, bottom) = wire.points[0], wire.points[-1]
    middle = QPointF((left + right) / 2, (top + bottom) / 2)
    view.canvas.look_at(middle.x(), middle.y(), 1.0)
    told = view.canvas._hover.text_at(view.canvas.viewportTransform().map(middle))
    assert "<b>conv1 → bn1</b>" in told
    assert "N×64×112×112  float32" in told


def test_the_tip_of_a_node_names_op_shapes_and_place(show):
    view = show(resnet50(), 1.0)
    text = view.canvas._hover.text_at(QPointF(place_of(view, "n0")))
    for part in ("conv1", "2-D convolution", "N×3×224×224  float32", "N×64×112×112  float32", "model.py:200"):
        assert part in text


def test_text_from_a_source_is_never_markup(show):
    b = Builder("M")
    x = b.input("x", ("N", 4))
    b.output(b.call("relu", [x], ("N", 4), label="<img src=x>"))
    view = show(b, 1.0)
    text = view.canvas._hover.text_at(QPointF(place_of(view, "n0")))
    assert "<img" not in text
    assert "&lt;img" in text
