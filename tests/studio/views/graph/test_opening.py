"""Groups opened and closed in place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from tests.studio.fixtures.pictures import gpt, resnet50
from tests.studio.views.graph.conftest import place_of


def test_a_double_click_opens_a_group_and_another_closes_it(show, qtbot):
    view = show(resnet50(), 0.9)
    viewport = view.canvas.viewport()
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place_of(view, "/layer1.0"))
    assert "/layer1.0" in view.state.drawing.opened
    assert "n4" in view.scene.boxes
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place_of(view, "/layer1.0", dx=80, dy=15))
    assert "/layer1.0" not in view.state.drawing.opened
    assert "n4" not in view.scene.boxes


def test_one_click_on_the_arrow_is_enough(show, qtbot):
    view = show(resnet50(), 0.9)
    qtbot.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, "/layer1.0", dx=14, dy=16))
    assert "/layer1.0" in view.state.drawing.opened


def test_enter_opens_and_backspace_closes_what_is_around(show, qtbot):
    view = show(resnet50(), 0.9)
    view.select((), {"layer1.0"})
    qtbot.keyClick(view.canvas, Qt.Key.Key_Return)
    assert "/layer1.0" in view.state.drawing.opened
    view.select({"n5"})
    qtbot.keyClick(view.canvas, Qt.Key.Key_Backspace)
    assert "/layer1.0" not in view.state.drawing.opened
    assert view.current == "/layer1.0"


def test_a_fold_opens_into_its_modules(show):
    view = show(gpt(12))
    view.toggle("/h.0*12")
    assert {f"/h.{index}" for index in range(12)} <= set(view.state.drawing.boxes)


@pytest.mark.parametrize("zoom", [0.2, 0.5, 1.0, 1.7])
@pytest.mark.parametrize("group", ["/layer1.0", "/layer4", "/layer3.1*5"])
def test_what_was_clicked_stays_under_the_pointer(show, zoom, group):
    view = show(resnet50(), zoom)
    at = place_of(view, group, dx=40, dy=16)
    for _ in range(2):
        view.toggle(group, QPointF(at))
        box = view.state.drawing.boxes[group]
        place = view.canvas.viewportTransform().map(QPointF(box.x + 40, box.y + 16))
        assert (place - QPointF(at)).manhattanLength() < 3
        assert view.item_at(QPointF(at)) == group


def test_groups_left_open_inside_a_closed_one_are_open_when_it_opens_again(show):
    view = show(resnet50())
    view.toggle("/layer1.0")
    view.toggle("/layer1")
    assert "/layer1.0" not in view.state.drawing.opened
    view.toggle("/layer1")
    assert "/layer1.0" in view.state.drawing.opened


def test_a_movement_ends_where_the_drawing_says(show, qtbot):
    view = show(resnet50(), 0.9)
    view.set_animated(True)
    at = place_of(view, "/layer1.0", dx=40, dy=16)
    view.toggle("/layer1.0", QPointF(at))
    moving = view._opening.transition
    assert moving.running
    started = view.scene.boxes["/layer1.1*2"].pos()
    qtbot.waitUntil(lambda: not moving.running)
    box = view.state.drawing.boxes["/layer1.1*2"]
    assert view.scene.boxes["/layer1.1*2"].pos() == QPointF(box.x, box.y)
    assert started.y() < box.y - 100
    assert view.scene.boxes["n4"].opacity() == 1.0
    assert view.item_at(QPointF(at)) == "/layer1.0"


def test_a_hand_ends_a_movement(show, qtbot):
    view = show(resnet50(), 0.9)
    view.set_animated(True)
    view.toggle("/layer1.0")
    qtbot.keyClick(view.canvas, Qt.Key.Key_Plus)
    assert not view._opening.transition.running
    QApplication.processEvents()
    box = view.state.drawing.boxes["/layer1.0"]
    assert view.scene.boxes["/layer1.0"].rect.height() == box.height
