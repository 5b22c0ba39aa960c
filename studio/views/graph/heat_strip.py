"""The strip at the foot of a card that says how large the error of a verification is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from studio.views.graph.heat import Heat
    from studio.views.graph.look import Look

HEIGHT = 4.0


def paint_heat(painter: QPainter, look: Look, rect: QRectF, heat: Heat, radius: float) -> None:
    """As long as the error is large, and a whole strip with a cross where it does not pass: not by colour alone."""
    room = rect.adjusted(radius, 0.0, -radius, 0.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.hover)
    track = QRectF(room.left(), rect.bottom() - HEIGHT - 1.0, room.width(), HEIGHT)
    painter.drawRoundedRect(track, 2.0, 2.0)
    warm = heat.fits and heat.part > 0.3
    painter.setBrush(look.danger if not heat.fits else look.warning if warm else look.success)
    length = track.width() if not heat.fits else max(HEIGHT, track.width() * heat.part)
    painter.drawRoundedRect(QRectF(track.left(), track.top(), length, HEIGHT), 2.0, 2.0)
    if not heat.fits:
        painter.setPen(look.pen(look.danger, 2.0))
        x, y = rect.right() - 9.0, rect.bottom() - 13.0
        painter.drawLine(QRectF(x - 3.5, y - 3.5, 7.0, 7.0).topLeft(), QRectF(x - 3.5, y - 3.5, 7.0, 7.0).bottomRight())
        painter.drawLine(QRectF(x - 3.5, y - 3.5, 7.0, 7.0).bottomLeft(), QRectF(x - 3.5, y - 3.5, 7.0, 7.0).topRight())
