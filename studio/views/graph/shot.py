"""The last picture of the overview: while it is panned only the strips that come into sight are painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPixmap

if TYPE_CHECKING:
    from studio.views.graph.canvas import Canvas


class Shot:
    """Qt would move the pixels itself, were it not for the panels that lie over the canvas."""

    def __init__(self) -> None:
        self._pixels: QPixmap | None = None
        self._of: tuple[object, ...] = ()
        self._at = QPoint()

    def forget(self) -> None:
        """Paint everything the next time."""
        self._of = ()

    def picture(self, canvas: Canvas) -> QPixmap:
        """What the canvas shows now, as large as its viewport."""
        size, ratio = canvas.viewport().size(), canvas.devicePixelRatioF()
        at = QPoint(canvas.horizontalScrollBar().value(), canvas.verticalScrollBar().value())
        graph = canvas.graph
        shows = (graph.overview, canvas.zoom, graph.marks, graph.focused, size.width(), size.height(), ratio)
        by = self._at - at
        near = abs(by.x()) < size.width() and abs(by.y()) < size.height()
        whole = QRect(QPoint(0, 0), size)
        if self._pixels is None or shows != self._of or not near or not ratio.is_integer():
            self._pixels = QPixmap(size * ratio)
            self._pixels.setDevicePixelRatio(ratio)
            fresh = [whole]
        else:
            moved = by * ratio
            self._pixels.scroll(moved.x(), moved.y(), self._pixels.rect())
            fresh = strips(size, by)
        self._of, self._at = shows, at
        painter = QPainter(self._pixels)
        for rect in fresh:
            self._paint(canvas, painter, rect)
        painter.end()
        return self._pixels

    def _paint(self, canvas: Canvas, painter: QPainter, rect: QRect) -> None:
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(rect, canvas.look.canvas)
        overview = canvas.graph.overview
        if overview is not None:
            transform = canvas.viewportTransform()
            area = transform.inverted()[0].mapRect(QRectF(rect.adjusted(-2, -2, 2, 2)))
            painter.setTransform(transform, True)
            marks = canvas.graph.marks
            overview.paint(painter, canvas.look, area, marks.chosen | marks.holding, canvas.graph.focused)
        painter.restore()


def strips(size: QSize, by: QPoint) -> list[QRect]:
    """The parts of a picture that are new after its pixels were moved."""
    found = []
    width, height = size.width(), size.height()
    if by.x():
        found.append(QRect(0 if by.x() > 0 else width + by.x(), 0, abs(by.x()), height))
    if by.y():
        found.append(QRect(0, 0 if by.y() > 0 else height + by.y(), width, abs(by.y())))
    return found
