"""A wire: a smooth line with an arrow at a box, a small dot where it passes the border of an open group."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.layout.arrange import Point
from studio.layout.compose import DrawnWire
from studio.layout.index import bend, straight
from studio.layout.visible import ENTRY, EXIT
from studio.views.graph.look import Look

ARROW = 7.0
WIDTH, LIT_WIDTH = 1.5, 2.4
DOT = 2.6


class EdgeItem(QGraphicsItem):
    """One wire of the drawing. `lit` is set by the scene while the pointer is over it or over one of its ends."""

    def __init__(self, drawn: DrawnWire, look: Look, horizontal: bool) -> None:
        super().__init__()
        self.drawn = drawn
        self.look = look
        self.lit = False
        self._horizontal = horizontal
        wire = drawn.wire
        self._arrow = wire.target.port is None
        self._dots = (wire.source.item == ENTRY, wire.target.port is not None and wire.target.item != EXIT)
        self._path = QPainterPath()
        self._head = QPolygonF()
        self._bounds = QRectF()
        self._ends = (QPointF(), QPointF())
        self.lead(drawn.points)

    def lead(self, points: Sequence[Point]) -> None:
        """Run over these points."""
        self.prepareGeometryChange()
        tip, before = points[-1], points[-2] if len(points) > 1 else points[-1]
        flow = tip[0] - before[0] if self._horizontal else tip[1] - before[1]
        way = 1.0 if flow >= 0 else -1.0
        self._ends = (QPointF(*points[0]), QPointF(*tip))
        shown = list(points)
        if self._arrow:
            back = ARROW * 0.8 * way
            shown[-1] = (tip[0] - back, tip[1]) if self._horizontal else (tip[0], tip[1] - back)
            self._head = _arrow(tip, way, self._horizontal)
        self._path = wire_path(shown, self._horizontal)
        self._bounds = self._path.controlPointRect().adjusted(-8.0, -8.0, 8.0, 8.0)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def light(self, lit: bool) -> None:
        """Stand out, above the other wires."""
        if lit != self.lit:
            self.lit = lit
            self.setZValue(self.zValue() + (0.5 if lit else -0.5))
            self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        color = self.look.accent if self.lit else self.look.edge
        width = LIT_WIDTH if self.lit else WIDTH
        painter.setPen(self.look.pen(color, max(width, 0.9 / self.look.scale)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._path)
        if self._arrow or any(self._dots):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            if self._arrow:
                painter.drawPolygon(self._head)
            for wanted, place in zip(self._dots, self._ends, strict=True):
                if wanted:
                    painter.drawEllipse(place, DOT, DOT)


def wire_path(points: Sequence[Point], horizontal: bool) -> QPainterPath:
    """Straight along the flow, smooth where the wire changes its place across."""
    path = QPainterPath(QPointF(*points[0]))
    for start, stop in itertools.pairwise(points):
        if straight(start, stop, horizontal):
            path.lineTo(*stop)
        else:
            one, other = bend(start, stop, horizontal)
            path.cubicTo(QPointF(*one), QPointF(*other), QPointF(*stop))
    return path


def _arrow(tip: Point, way: float, horizontal: bool) -> QPolygonF:
    back, wide = ARROW * way, ARROW * 0.5
    x, y = tip
    if horizontal:
        return QPolygonF([QPointF(x, y), QPointF(x - back, y - wide), QPointF(x - back, y + wide)])
    return QPolygonF([QPointF(x, y), QPointF(x - wide, y - back), QPointF(x + wide, y - back)])
