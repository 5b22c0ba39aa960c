"""Zoom about the pointer: wheel, pinch, + and -; F fits, 1 shows the size it was drawn for. A touchpad scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from studio.views.graph.gestures.gesture import Gesture

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QNativeGestureEvent, QWheelEvent

NOTCH = 1.2  # factor of one notch of a wheel, 120 eighths of a degree
STEP = 1.25


class Zoom(Gesture):
    """A wheel has notches and zooms; a touchpad tells pixels and scrolls, unless Ctrl is held."""

    def wheel(self, event: QWheelEvent) -> None:
        pixels, angle = event.pixelDelta(), event.angleDelta()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            by = angle.y() or angle.x()
            self.canvas.scroll_by(by / 2, 0.0)
        elif not pixels.isNull() and not control:
            self.canvas.scroll_by(pixels.x(), pixels.y())
        elif angle.y():
            self.canvas.set_zoom(self.canvas.zoom * NOTCH ** (angle.y() / 120), event.position())

    def pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self.canvas.set_zoom(self.canvas.zoom * (1.0 + event.value()), QPointF(event.position()))
        return True

    def key(self, event: QKeyEvent) -> bool:
        if event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
            return False
        match event.key():
            case Qt.Key.Key_F if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.view.fit()
            case Qt.Key.Key_1 | Qt.Key.Key_0:
                self.view.zoom_to(1.0)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.view.zoom_in()
            case Qt.Key.Key_Minus:
                self.view.zoom_out()
            case _:
                return False
        return True
