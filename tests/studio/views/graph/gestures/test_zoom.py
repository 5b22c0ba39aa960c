"""Zooming about the pointer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from studio.views.graph.canvas import LEAST_ZOOM, MOST_ZOOM
from tests.studio.fixtures.pictures import resnet50


def wheel(view, at: QPoint, angle: QPoint, pixels: QPoint | None = None, modifiers=Qt.KeyboardModifier.NoModifier):
    viewport = view.canvas.viewport()
    screen = QPointF(viewport.mapToGlobal(at))
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(
        QPointF(at), screen, pixels or QPoint(), angle, Qt.MouseButton.NoButton, modifiers, phase, False
    )
    QApplication.sendEvent(viewport, event)


@pytest.mark.parametrize("turns", [120, -120, 40])
def test_the_point_under_the_pointer_stays(show, turns):
    view = show(resnet50(), 0.7)
    at = QPoint(333, 217)
    before = view.canvas.scene_at(QPointF(at))
    wheel(view, at, QPoint(0, turns))
    assert view.canvas.zoom == pytest.approx(0.7 * 1.2 ** (turns / 120))
    after = view.canvas.scene_at(QPointF(at))
    assert (after - before).manhattanLength() * view.canvas.zoom < 1.5


def test_the_zoom_has_ends(show):
    view = show(resnet50(), 1.0)
    for _ in range(60):
        wheel(view, QPoint(500, 400), QPoint(0, 120))
    assert view.canvas.zoom == MOST_ZOOM
    for _ in range(120):
        wheel(view, QPoint(500, 400), QPoint(0, -120))
    assert view.canvas.zoom == LEAST_ZOOM


def test_a_touchpad_scrolls_and_zooms_with_ctrl(show):
    view = show(resnet50(), 1.0)
    before = view.canvas.seen()
    wheel(view, QPoint(500, 400), QPoint(-80, 160), QPoint(-10, 20))
    seen = view.canvas.seen()
    assert (seen.x - before.x, seen.y - before.y) == (10, -20)
    assert view.canvas.zoom == 1.0
    wheel(view, QPoint(500, 400), QPoint(0, 160), QPoint(0, 20), Qt.KeyboardModifier.ControlModifier)
    assert view.canvas.zoom > 1.0


def test_keys_and_buttons_zoom(show, qtbot):
    view = show(resnet50(), 1.0)
    told = []
    view.zoom_changed.connect(told.append)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Plus)
    assert view.canvas.zoom == 1.25
    view.controls.zoom_out.emit()
    assert view.canvas.zoom == 1.0
    assert {1.25, 1.0} <= set(told)
