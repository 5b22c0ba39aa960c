"""Lead a wire elsewhere: drag one of its ends to another node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem

from studio.views.graph.gestures.gesture import DRAG, Gesture
from studio.views.graph.gestures.hover import REACH
from studio.views.graph.wiring import led

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent

NEAR = 30.0  # pixels on the screen from an end of a wire within which the end is taken
ABOVE = 200.0


class Lead(Gesture):
    """The end nearer to the press is moved. The source end: the node takes from elsewhere. The target end: elsewhere
    takes what the wire carries.
    """

    _wire: int | None = None
    _source = False
    _from = QPointF()
    _line: QGraphicsPathItem | None = None

    def press(self, event: QMouseEvent) -> bool:
        self._wire = None
        scene = self.canvas.graph
        if event.button() != Qt.MouseButton.LeftButton or event.modifiers() or scene.index is None:
            return False
        if self.canvas.from_afar or self.view.item_at(event.position()) is not None or scene.drawing is None:
            return False
        at = self.canvas.scene_at(event.position())
        number = scene.index.wire_at(at.x(), at.y(), REACH / self.canvas.zoom)
        if number is None:
            return False
        points = scene.drawing.wires[number].points
        reach = NEAR / self.canvas.zoom
        source = _away(at, points[0])
        target = _away(at, points[-1])
        if min(source, target) > reach:
            return False
        self._wire, self._source, self._from = number, source < target, event.position()
        return True

    def drag(self, event: QMouseEvent) -> bool:
        scene = self.canvas.graph
        if self._wire is None or scene.drawing is None:
            return False
        if self._line is None:
            if (event.position() - self._from).manhattanLength() < DRAG:
                return False
            self._line = QGraphicsPathItem()
            self._line.setPen(self.view.look.pen(self.view.look.accent, 2.4))
            self._line.setZValue(ABOVE)
            scene.addItem(self._line)
        points = scene.drawing.wires[self._wire].points
        at = self.canvas.scene_at(event.position())
        path = QPainterPath(QPointF(*(points[-1] if self._source else points[0])))
        path.lineTo(at)
        self._line.setPath(path)
        item = self.view.item_at(event.position())
        scene.mark(scene.marks, item)
        shape = Qt.CursorShape.DragLinkCursor if item is not None else Qt.CursorShape.ForbiddenCursor
        self.canvas.viewport().setCursor(shape)
        return True

    def release(self, event: QMouseEvent) -> None:
        wire, moved = self._wire, self._line is not None
        self.cancel()
        if wire is None or not moved:
            return
        item = self.view.item_at(event.position())
        found = led(self.view.state, wire, self._source, item) if item is not None and self.view.state else None
        if found is not None:
            self.view.wire_led.emit(*found)

    def cancel(self) -> None:
        if self._line is not None:
            self.canvas.graph.removeItem(self._line)
            self.canvas.viewport().unsetCursor()
        self._wire = self._line = None


def _away(at: QPointF, point: tuple[float, float]) -> float:
    return (at - QPointF(*point)).manhattanLength()
