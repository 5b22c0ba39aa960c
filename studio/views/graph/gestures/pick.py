"""Select what is clicked; with Ctrl add it, or take it out. The arrow of a group opens and closes it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from studio.views.graph.gestures.gesture import Gesture

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent


class Pick(Gesture):
    """Acts when the button goes up again at the same place."""

    _item: str | None = None

    def press(self, event: QMouseEvent) -> bool:
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return False
        self._item = self.view.item_at(event.position())
        return self._item is not None

    def release(self, event: QMouseEvent) -> None:
        item, self._item = self._item, None
        if item is None or item != self.view.item_at(event.position()):
            return
        if event.button() == Qt.MouseButton.RightButton:
            if not self.view.is_chosen(item):
                self.view.choose((item,))
        elif self.view.on_arrow(item, event.position()):
            self.view.toggle(item, event.position())
        else:
            self.view.choose((item,), toggle=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def cancel(self) -> None:
        self._item = None
