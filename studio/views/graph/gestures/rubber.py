"""Select with a frame: drag with Shift; with Ctrl as well, add to what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtWidgets import QRubberBand

from studio.views.graph.gestures.gesture import DRAG, Gesture

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent


class Rubber(Gesture):
    """Takes every node and closed group that the frame touches."""

    _from: QPoint | None = None
    _band: QRubberBand | None = None

    def press(self, event: QMouseEvent) -> bool:
        left = event.button() == Qt.MouseButton.LeftButton
        if not (left and event.modifiers() & Qt.KeyboardModifier.ShiftModifier):
            return False
        self._from = event.position().toPoint()
        return True

    def drag(self, event: QMouseEvent) -> bool:
        if self._from is None:
            return False
        at = event.position().toPoint()
        if self._band is None:
            if (at - self._from).manhattanLength() < DRAG:
                return False
            self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.canvas.viewport())
            self._band.setGeometry(QRect(self._from, QSize()))
            self._band.show()
        self._band.setGeometry(QRect(self._from, at).normalized())
        return True

    def release(self, event: QMouseEvent) -> None:
        if self._band is not None:
            inverse, _ = self.canvas.viewportTransform().inverted()
            area = inverse.mapRect(QRectF(self._band.geometry()))
            self.view.choose_in(area, add=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        self.cancel()

    def cancel(self) -> None:
        if self._band is not None:
            self._band.hide()
            self._band.deleteLater()
        self._from = self._band = None
