"""What is drawn over the window while a file is held above it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.theme import Theme


class DropOverlay(QWidget):
    """Covers its parent with a veil, a dashed border and one line of text."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._parent = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self._text = ""
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    def announce(self, text: str) -> None:
        """Cover the parent and say what letting go would do."""
        self._text = text
        self.setGeometry(self._parent.rect())
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(self._theme.color("panel"))
        veil.setAlpha(215)
        painter.fillRect(self.rect(), veil)
        area = QRectF(self.rect()).adjusted(18, 18, -18, -18)
        painter.setPen(QPen(self._theme.color("accent"), 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(area, 14, 14)
        font = painter.font()
        font.setPixelSize(18)
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()
