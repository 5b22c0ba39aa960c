"""A few words in the middle of a list that is empty: what will stand there, or why nothing does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt

from studio.widgets.parts import label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractScrollArea


class Hint(QObject):
    """Lies over the view of a list and lets the mouse through."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self.label = label("", "muted", wrap=True)
        self.label.setParent(area.viewport())
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label.setMargin(16)
        self.label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.label.hide()
        area.viewport().installEventFilter(self)

    def say(self, text: str) -> None:
        """Show a text; an empty one takes it away."""
        self.label.setText(text)
        self._area.setAccessibleDescription(text)
        self.label.setGeometry(self._area.viewport().rect())
        self.label.setVisible(bool(text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.label.setGeometry(self._area.viewport().rect())
        return super().eventFilter(watched, event)
