"""What nodes, groups, inputs and outputs have in common: a place, a size, and how they are marked."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem

from studio.layout.compose import Rect
from studio.views.graph.face import Face
from studio.views.graph.look import Look, Size

MARGIN = 6.0  # room around a card for its ring and shadow
DETAIL = 0.55  # zoom from which on the second line is drawn


class BoxItem(QGraphicsItem):
    """A box of the drawing. `selected` and `hovered` are set by the scene; the item only paints."""

    radius = 8.0

    def __init__(self, key: str, face: Face, look: Look, rect: Rect) -> None:
        super().__init__()
        self.key = key
        self.face = face
        self.look = look
        self.chosen = False
        self.holding = False  # something inside is selected
        self.hovered = False
        self.rect = QRectF(0.0, 0.0, rect.width, rect.height)
        self._bounds = self.rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        self.setPos(rect.x, rect.y)
        self.keep_painted(True)

    def keep_painted(self, keep: bool) -> None:
        """Paint once and copy the pixels until something changes; not worth it for what is large."""
        mode = QGraphicsItem.CacheMode.DeviceCoordinateCache if keep else QGraphicsItem.CacheMode.NoCache
        self.setCacheMode(mode)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def put(self, x: float, y: float, width: float, height: float) -> None:
        """Move and size the box."""
        if width != self.rect.width() or height != self.rect.height():
            self.prepareGeometryChange()
            self.rect = QRectF(0.0, 0.0, width, height)
            self._bounds = self.rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        self.setPos(x, y)

    def mark(self, chosen: bool, holding: bool, hovered: bool) -> None:
        """Set how the box is marked; paints again only where that changes something."""
        if (chosen, holding, hovered) != (self.chosen, self.holding, self.hovered):
            self.chosen, self.holding, self.hovered = chosen, holding, hovered
            self.update()

    def outline(self, color: QColor) -> QPen:
        """The border of the card: strong while the pointer is over it."""
        return self.look.pen(self.look.faint if self.hovered else color, 1.0)

    def paint_shadow(self, painter: QPainter) -> None:
        """A soft edge below the card, left out where it would be less than a pixel."""
        if self.look.scale < DETAIL:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.look.shadow)
        painter.drawRoundedRect(self.rect.translated(0.0, 2.0), self.radius, self.radius)

    def paint_ring(self, painter: QPainter) -> None:
        """The selection, outside the card so that it hides nothing."""
        if not (self.chosen or self.holding):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        style = Qt.PenStyle.SolidLine if self.chosen else Qt.PenStyle.DashLine
        # Never thinner than two pixels on the screen, however far out the view is zoomed.
        width = max(2.0, 1.6 / self.look.scale)
        painter.setPen(self.look.pen(self.look.accent, width, style))
        off = 2.0
        painter.drawRoundedRect(self.rect.adjusted(-off, -off, off, off), self.radius + off, self.radius + off)


def stripe_path(rect: QRectF, radius: float, width: float) -> QPainterPath:
    """The coloured left edge of a card, following its round corners."""
    path = QPainterPath()
    path.moveTo(rect.left() + width, rect.top())
    path.lineTo(rect.left() + radius, rect.top())
    path.quadTo(rect.left(), rect.top(), rect.left(), rect.top() + radius)
    path.lineTo(rect.left(), rect.bottom() - radius)
    path.quadTo(rect.left(), rect.bottom(), rect.left() + radius, rect.bottom())
    path.lineTo(rect.left() + width, rect.bottom())
    path.closeSubpath()
    return path


def text_line(
    painter: QPainter, look: Look, size: Size, color: QColor, left: float, middle: float, width: float, text: str
) -> None:
    """One line of text around a height, cut off with an ellipsis where it does not fit."""
    painter.setFont(look.fonts.font(size))
    painter.setPen(color)
    painter.drawText(QPointF(left, middle + look.fonts.drop(size)), look.fitted(text, size, width))


def badge(painter: QPainter, look: Look, left: float, middle: float, text: str, fill: QColor, color: QColor) -> float:
    """A pill with a text; gives its width."""
    width = look.badge_width(text)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawRoundedRect(QRectF(left, middle - 9.0, width, 18.0), 9.0, 9.0)
    text_line(painter, look, "badge", color, left + 7.0, middle, width, text)
    return width
