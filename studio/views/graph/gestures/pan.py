"""Move the canvas: drag with the left or middle button; a click on nothing selects nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from studio.views.graph.gestures.gesture import DRAG, Gesture

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent

BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)


class Pan(Gesture):
    """Begins anywhere, on items as well: these are not moved by hand."""

    _from: QPointF | None = None
    _last = QPointF()
    _claimed = False

    def press(self, event: QMouseEvent) -> bool:
        if event.button() not in BUTTONS:
            return False
        self._from = self._last = event.position()
        self._claimed = False
        return True

    def drag(self, event: QMouseEvent) -> bool:
        if self._from is None:
            return False
        if not self._claimed and (event.position() - self._from).manhattanLength() < DRAG:
            return False
        if not self._claimed:
            self._claimed = True
            self.canvas.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        by = event.position() - self._last
        self._last = event.position()
        self.canvas.scroll_by(by.x(), by.y())
        return True

    def release(self, event: QMouseEvent) -> None:
        if self._claimed:
            self.canvas.viewport().unsetCursor()
        elif event.button() == Qt.MouseButton.LeftButton and self.view.item_at(event.position()) is None:
            if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.view.choose(())
        self._from, self._claimed = None, False

    def cancel(self) -> None:
        self._from, self._claimed = None, False
