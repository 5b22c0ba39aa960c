"""Open and close groups, and activate nodes: double click, or Enter; Backspace closes the group around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from studio.views.graph.gestures.gesture import Gesture

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent


class OpenClose(Gesture):
    """What is clicked stays under the pointer while the network rearranges."""

    def double_click(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        item = self.view.item_at(event.position())
        if item is None:
            return False
        if self.view.is_group(item):
            # The first click of the two has opened it already where it hit the arrow.
            if not self.view.on_arrow(item, event.position()):
                self.view.toggle(item, event.position())
        else:
            self.view.activate(item)
        return True

    def key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            item = self.view.current
            if item is None:
                return False
            if self.view.is_group(item):
                self.view.toggle(item)
            else:
                self.view.activate(item)
            return True
        if event.key() == Qt.Key.Key_Backspace:
            self.view.close_around()
            return True
        return False
