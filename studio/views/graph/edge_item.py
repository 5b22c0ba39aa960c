"""A wire: a smooth line with an arrow at a box, a small dot where it passes the border of an open group."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsPathItem

from studio.layout.arrange import Point
from studio.layout.compose import DrawnWire
from studio.layout.index import bend, straight
from studio.layout.visible import ENTRY, EXIT
from studio.views.graph.look import Look

ARROW = 7.0
WIDTH, LIT_WIDTH = 1.5, 2.4
DOT = 2.6


class EdgeItem(QGraphicsPathItem):
    """One wire of the drawing. It is painted by Qt itself: at hundreds of wires a call into Python each would show.

    `lit` is set by the scene while the pointer is over the wire or over one of its ends.
    """

    def __init__(self, drawn: DrawnWire, look: Look, horizontal: bool) -> None:
        super().__init__()
        self.drawn = drawn
        self.look = look
        self.lit = False
        self._horizontal = horizontal
        wire = drawn.wire
        self._arrow = wire.target.port is None
        self._dots = (wire.source.item == ENTRY, wire.target.port is not None and wire.target.item != EXIT)
        self._head = QGraphicsPathItem(self)
        self._head.setPen(Qt.PenStyle.NoPen)
        self.color()
        self.lead(drawn.points)

    def color(self) -> None:
        """Take the colours of the look."""
        color = self.look.accent if self.lit else self.look.edge
        self.setPen(self.look.pen(color, LIT_WIDTH if self.lit else WIDTH))
        self._head.setBrush(QBrush(color))

    def lead(self, points: Sequence[Point]) -> None:
        """Run over these points."""
        tip, before = points[-1], points[-2] if len(points) > 1 else points[-1]
        flow = tip[0] - before[0] if self._horizontal else tip[1] - before[1]
        way = 1.0 if flow >= 0 else -1.0
        head = QPainterPath()
        shown = list(points)
        if self._arrow:
            back = ARROW * 0.8 * way
            shown[-1] = (tip[0] - back, tip[1]) if self._horizontal else (tip[0], tip[1] - back)
            head.addPolygon(_arrow(tip, way, self._horizontal))
            head.closeSubpath()
        for wanted, place in zip(self._dots, (points[0], tip), strict=True):
            if wanted:
                head.addEllipse(QPointF(*place), DOT, DOT)
        self.setPath(wire_path(shown, self._horizontal))
        self._head.setPath(head)

    @property
    def head(self) -> QPainterPath:
        """The arrow and the dots, to be filled in the colour of the line."""
        return self._head.path()

    def light(self, lit: bool) -> None:
        """Stand out, above the other wires."""
        if lit != self.lit:
            self.lit = lit
            self.setZValue(self.zValue() + (0.5 if lit else -0.5))
            self.color()


def wire_path(points: Sequence[Point], horizontal: bool) -> QPainterPath:
    """Straight along the flow, smooth where the wire changes its place across."""
    path = QPainterPath(QPointF(*points[0]))
    for start, stop in pairwise(points):
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
