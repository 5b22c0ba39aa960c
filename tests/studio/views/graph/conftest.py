"""A visible graph view and hands to use it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.views.graph.view import GraphView
from tests.studio.fixtures.pictures import Builder

Show = Callable[..., GraphView]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """`show(builder, zoom=None)`: a view of a network, 1000 x 800, nothing moving by itself."""

    def make(builder: Builder, zoom: float | None = None) -> GraphView:
        view = GraphView()
        qtbot.addWidget(view)
        view.set_animated(False)
        view.resize(1000, 800)
        view.show()
        qtbot.waitExposed(view)
        view.set_picture(builder.picture())
        if zoom is not None:
            view.canvas.look_at(*view.state.drawing.bounds.centre, zoom)
        QApplication.processEvents()
        return view

    return make


def place_of(view: GraphView, item: str, dx: float | None = None, dy: float | None = None) -> QPoint:
    """The point of the viewport at the middle of an item, or at an offset from its corner; brought into sight."""
    box = view.state.drawing.boxes[item]
    x, y = box.centre
    x, y = (box.x + dx if dx is not None else x), (box.y + dy if dy is not None else y)
    place = view.canvas.viewportTransform().map(QPointF(x, y)).toPoint()
    if not view.canvas.viewport().rect().adjusted(20, 60, -20, -20).contains(place):
        view.canvas.look_at(x, y, view.canvas.zoom)
        place = view.canvas.viewportTransform().map(QPointF(x, y)).toPoint()
    return place
