"""Walk through the network with the keyboard: arrows follow the wires, Home and End go to its ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from studio.views.graph.gestures.gesture import Gesture
from studio.views.graph.navigate import Step

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

ARROWS: dict[int, Step] = {
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
}


class Walk(Gesture):
    """Selects what it comes to; with Shift what was selected stays selected."""

    def key(self, event: QKeyEvent) -> bool:
        keep = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() in ARROWS:
            self.view.walk(ARROWS[event.key()], keep)
            return True
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.view.walk_to_end(event.key() == Qt.Key.Key_End)
            return True
        if event.key() == Qt.Key.Key_Escape and self.view.state is not None and self.view.state.focus is not None:
            self.view.tracing.unfocus()
            return True
        if event.key() == Qt.Key.Key_Escape and self.view.has_selection:
            self.view.choose(())
            return True
        return False
