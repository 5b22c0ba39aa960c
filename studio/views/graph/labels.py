"""The shapes on the wires: one label per value and place, none over another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from studio.layout.arrange import Point
from studio.layout.compose import DrawnWire, Rect
from studio.layout.index import CELL, DrawingIndex, on_bend, straight
from studio.layout.tree import ROOT, Tree
from studio.layout.visible import End
from studio.picture import Picture
from studio.views.graph.look import Look

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

HEIGHT = 16.0
AWAY = 23.0  # how far behind its source a label stands
SHOWN = 0.7  # zoom from which on labels are drawn


@dataclass(frozen=True, slots=True)
class Label:
    """A text around a point; `depth` of the group it lies in decides what is behind it."""

    text: str
    x: float
    y: float
    width: float
    depth: int
    wire: int

    @property
    def rect(self) -> Rect:
        return Rect(self.x - self.width / 2, self.y - HEIGHT / 2, self.width, HEIGHT)


class Labels:
    """The labels of a drawing, filed under the cells of a grid and made when a cell is first looked at."""

    def __init__(self, index: DrawingIndex, picture: Picture, tree: Tree, width: Callable[[str], float]) -> None:
        self._index = index
        self._picture = picture
        self._tree = tree
        self._width = width
        self._cells: dict[tuple[int, int], list[Label]] = {}
        self._first: dict[tuple[str, End, tuple[str, ...]], int] | None = None
        self._texts: dict[tuple[str, ...], str] = {}
        self._depths = {ROOT: -1}

    def within(self, area: Rect) -> list[Label]:
        """The labels that have a point in an area."""
        found = []
        for column in range(int((area.x - CELL / 2) // CELL), int((area.right + CELL / 2) // CELL) + 1):
            for row in range(int((area.y - HEIGHT) // CELL), int((area.bottom + HEIGHT) // CELL) + 1):
                if (column, row) not in self._cells:
                    self._fill(column, row)
                found += [label for label in self._cells[column, row] if label.rect.meets(area)]
        return found

    def paint(
        self,
        painter: QPainter,
        look: Look,
        area: Rect,
        lit: frozenset[int],
        opacity: Callable[[int], float] = lambda wire: 1.0,
    ) -> None:
        """Draw what lies in an area; the labels of lit wires stand out, others fade with their wires."""
        drop = look.fonts.drop("small")
        painter.setFont(look.fonts.font("small"))
        for label in self.within(area):
            fill = look.canvas if label.depth < 0 else look.group_fills[label.depth % 2]
            rect = label.rect
            painter.fillRect(QRectF(rect.x, rect.y, rect.width, rect.height), fill)
            color = look.accent if label.wire in lit else look.muted
            painter.setPen(color)
            painter.setOpacity(opacity(label.wire))
            painter.drawText(QPointF(rect.x + 5.0, label.y + drop), label.text)
            painter.setOpacity(1.0)

    def _fill(self, column: int, row: int) -> None:
        """Make the labels whose middle lies in one cell."""
        made = self._cells[column, row] = []
        drawing = self._index.drawing
        cell = Rect(column * CELL, row * CELL, CELL, CELL)
        for number in sorted(self._index.wires_in(cell)):
            drawn = drawing.wires[number]
            if not self._wanted(number, drawn):
                continue
            x, y = spot(drawn, drawing.horizontal)
            if _cell(x, y) != (column, row):
                continue
            text = self._text(drawn.wire.values)
            label = Label(text, x, y, self._width(text) + 10.0, self._depth(drawn.group), number)
            if text and not self._hits(label):
                made.append(label)

    def _wanted(self, number: int, drawn: DrawnWire) -> bool:
        """One label for the wires that leave a place with the same values, and none where one stands just above."""
        if len(drawn.points) < 2 or drawn.wire.source.item in self._index.drawing.visible.levels:
            return False
        if self._first is None:
            self._first = {}
            for at, other in enumerate(self._index.drawing.wires):
                self._first.setdefault((other.group, other.wire.source, other.wire.values), at)
        return self._first[drawn.group, drawn.wire.source, drawn.wire.values] == number

    def _text(self, values: tuple[str, ...]) -> str:
        if values not in self._texts:
            self._texts[values] = self._picture.shape_label(values)
        return self._texts[values]

    def _depth(self, group: str) -> int:
        if group not in self._depths:
            self._depths[group] = len(self._tree.ancestors(group)) - 1
        return self._depths[group]

    def _hits(self, label: Label) -> bool:
        column, row = _cell(label.x, label.y)
        near = [
            other
            for c in (column - 1, column, column + 1)
            for r in (row - 1, row, row + 1)
            for other in self._cells.get((c, r), ())
        ]
        return any(label.rect.meets(other.rect) for other in near)


def spot(drawn: DrawnWire, horizontal: bool) -> Point:
    """Where on a wire its label stands: in the free space behind its source."""
    points = drawn.points
    start, stop = points[0], points[1]
    if horizontal:
        # Above the wire: along it there is no room for both text and arrow.
        return start[0] + 2 * AWAY, start[1] - 0.7 * HEIGHT
    if not straight(start, stop, horizontal):
        return on_bend(start, stop, horizontal, 0.5)
    length = stop[1] - start[1]
    if abs(length) < AWAY and len(points) > 2:
        return on_bend(stop, points[2], horizontal, 0.4)
    part = 0.5 if abs(length) < 2.6 * AWAY else AWAY / abs(length)
    return start[0] + (stop[0] - start[0]) * part, start[1] + (stop[1] - start[1]) * part


def _cell(x: float, y: float) -> tuple[int, int]:
    return int(x // CELL), int(y // CELL)
