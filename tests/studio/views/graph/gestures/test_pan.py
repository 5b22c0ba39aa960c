"""Dragging the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.studio.fixtures.pictures import resnet50
from tests.studio.views.graph.conftest import place_of


def drag(qtbot, view, start, stop, button=Qt.MouseButton.LeftButton, modifiers=Qt.KeyboardModifier.NoModifier):
    viewport = view.canvas.viewport()
    qtbot.mousePress(viewport, button, modifiers, start)
    for part in (0.2, 0.6, 1.0):
        at = QPoint(round(start.x() + (stop.x() - start.x()) * part), round(start.y() + (stop.y() - start.y()) * part))
        move(view, at, button, modifiers)
    qtbot.mouseRelease(viewport, button, modifiers, stop)


def move(view, at, button, modifiers=Qt.KeyboardModifier.NoModifier):
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    viewport = view.canvas.viewport()
    screen = QPointF(viewport.mapToGlobal(at))
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), screen, Qt.MouseButton.NoButton, button, modifiers)
    QApplication.sendEvent(viewport, event)


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton])
def test_what_is_taken_follows_the_hand(show, qtbot, button):
    view = show(resnet50(), 0.8)
    before = view.canvas.seen()
    drag(qtbot, view, QPoint(50, 400), QPoint(170, 330), button)
    seen = view.canvas.seen()
    assert seen.x == pytest.approx(before.x - 120 / 0.8)
    assert seen.y == pytest.approx(before.y + 70 / 0.8)


def test_the_middle_button_pans_on_a_node_too_and_selects_nothing(show, qtbot):
    view = show(resnet50(), 0.8)
    start = place_of(view, "n2")
    before = view.canvas.seen()
    drag(qtbot, view, start, start + QPoint(0, 90), Qt.MouseButton.MiddleButton)
    assert view.canvas.seen().y == pytest.approx(before.y - 90 / 0.8)
    assert not view.has_selection


def test_a_trembling_click_is_a_click(show, qtbot):
    view = show(resnet50(), 0.8)
    start = place_of(view, "n2")
    drag(qtbot, view, start, start + QPoint(2, 1))
    assert view.selected[0] == {"n2"}
