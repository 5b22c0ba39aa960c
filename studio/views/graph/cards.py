"""Empty cards as pixels: cards of one size and colour are painted once per zoom and then copied."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

MOST = 600  # cards kept


class Cards:
    """Round corners cost more than everything else on a card; there are few different cards."""

    def __init__(self) -> None:
        self._made: dict[Hashable, QPixmap] = {}
        self._for: tuple[float, float] = (0.0, 0.0)
        self.as_lines = False  # for a picture that is made of lines and not of pixels

    def forget(self) -> None:
        """The colours changed."""
        self._made.clear()

    def draw(
        self, painter: QPainter, look: Hashable, bounds: QRectF, scale: float, paint: Callable[[QPainter], None]
    ) -> None:
        """Draw what `paint` paints within `bounds` (coordinates of the item) for everything that looks the same."""
        if self.as_lines:
            painter.save()
            paint(painter)
            painter.restore()
            return
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        if (scale, ratio) != self._for or len(self._made) > MOST:
            self._made.clear()
            self._for = (scale, ratio)
        key = (look, bounds.width(), bounds.height())
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = _painted(bounds, scale, ratio, paint)
        at = painter.combinedTransform().map(bounds.topLeft())
        painter.save()
        painter.resetTransform()
        # To a whole pixel of the screen: in between, every edge would be blurred.
        painter.drawPixmap(QPointF(round(at.x()) / ratio, round(at.y()) / ratio), made)
        painter.restore()


def _painted(bounds: QRectF, scale: float, ratio: float, paint: Callable[[QPainter], None]) -> QPixmap:
    sharp = scale * ratio
    made = QPixmap(int(bounds.width() * sharp) + 2, int(bounds.height() * sharp) + 2)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(sharp, sharp)
    painter.translate(QPointF(-bounds.x(), -bounds.y()))
    paint(painter)
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made
