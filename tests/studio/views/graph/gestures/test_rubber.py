"""Selecting with a frame."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt

from tests.studio.fixtures.pictures import resnet50
from tests.studio.views.graph.conftest import place_of
from tests.studio.views.graph.gestures.test_pan import drag

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_all_that_the_frame_touches_is_selected(show, qtbot):
    view = show(resnet50(), 0.6)
    place_of(view, "n1")
    boxes = view.state.drawing.boxes
    corner = view.canvas.viewportTransform().map(QPointF(boxes["n0"].x - 20, boxes["n0"].y - 20)).toPoint()
    end = view.canvas.viewportTransform().map(QPointF(boxes["n2"].right + 20, boxes["n2"].y + 5)).toPoint()
    seen = view.canvas.seen()
    drag(qtbot, view, corner, end, modifiers=SHIFT)
    assert view.selected[0] == {"n0", "n1", "n2"}
    assert view.canvas.seen() == seen


def test_frames_of_open_groups_are_not_selected_what_is_in_them_is(show, qtbot):
    view = show(resnet50(), 0.6)
    place_of(view, "/layer1")
    box = view.state.drawing.boxes["/layer1"]
    to_view = view.canvas.viewportTransform().map
    start, end = to_view(QPointF(box.x - 30, box.y + 5)), to_view(QPointF(box.right + 30, box.bottom - 5))
    drag(qtbot, view, start.toPoint(), end.toPoint(), modifiers=SHIFT)
    assert view.selected == (frozenset(), frozenset({"layer1.0", "layer1.1", "layer1.2"}))


def test_with_ctrl_the_frame_adds(show, qtbot):
    view = show(resnet50(), 0.6)
    view.select({"n3"})
    at = place_of(view, "n0")
    drag(qtbot, view, at - QPoint(5, 5), at + QPoint(5, 5), modifiers=SHIFT | Qt.KeyboardModifier.ControlModifier)
    assert view.selected[0] == {"n0", "n3"}
