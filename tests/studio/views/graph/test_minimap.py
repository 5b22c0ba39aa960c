"""The map in the corner."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from studio.views.graph.colors import LIGHT
from tests.studio.fixtures.pictures import grid, resnet50


def reds(image) -> int:
    red = QColor(LIGHT.danger).rgb()
    return sum(image.pixel(x, y) == red for x in range(image.width()) for y in range(image.height()))


def test_it_shows_what_is_unmapped_in_red(show):
    view = show(resnet50(unmapped=True), 1.0)
    assert reds(view.minimap.grab().toImage()) > 5
    assert reds(show(resnet50(), 1.0).minimap.grab().toImage()) == 0


def test_a_click_on_it_leads_there(show, qtbot):
    view = show(grid(20, 20), 1.0)
    width, height = view.minimap.width(), view.minimap.height()
    qtbot.mouseClick(view.minimap, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    x, y = view.canvas.seen().centre
    bounds = view.state.drawing.bounds
    assert x < bounds.width * 0.1
    assert y < bounds.height * 0.1
    qtbot.mouseClick(view.minimap, Qt.MouseButton.LeftButton, pos=QPoint(width - 10, height // 2))
    x, y = view.canvas.seen().centre
    assert x > bounds.width * 0.9
    assert abs(y - bounds.height / 2) < bounds.height * 0.05
    assert view.canvas.zoom == 1.0


def test_it_follows_the_canvas(show):
    view = show(grid(20, 20), 1.0)
    before = view.minimap.grab().toImage()
    view.canvas.scroll_by(-2000, -800)
    QApplication.processEvents()
    assert view.minimap.grab().toImage() != before


def test_it_gives_way_where_the_view_is_small(show, qtbot):
    view = show(resnet50(), 1.0)
    assert view.minimap.isVisible() and view.breadcrumb.isVisible()
    size = view.size()
    view.resize(300, 160)
    qtbot.waitUntil(lambda: not view.minimap.isVisible())
    assert not view.breadcrumb.isVisible()
    assert view.controls.x() >= 0, "the controls are not cut off at their beginning"
    view.resize(size)
    qtbot.waitUntil(lambda: view.minimap.isVisible() and view.breadcrumb.isVisible())
    assert not view.minimap.geometry().intersects(view.controls.geometry())
