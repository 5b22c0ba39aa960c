"""A node: a card with the colour of its family, its name and its op; red with a sign where it is unmapped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF

from studio.glyphs import GLYPH, glyph
from studio.layout.compose import Rect
from studio.views.graph.box_item import DETAIL, BoxItem, stripe_path, text_line
from studio.views.graph.face import Face
from studio.views.graph.heat_strip import paint_heat
from studio.views.graph.look import SIDE, SIGN, STRIPE, Look

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget


_BETWEEN = 10.0  # name and shape of an input or output


class NodeItem(BoxItem):
    """A card of two lines, with the sign of its family in the corner."""

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        look, face, rect = self.look, self.face, self.rect
        broken = look.broken.get(self.key)
        lost = face.lost > 0 or broken is not None
        kind = ("node", face.family, lost, self.hovered)
        look.cards.draw(painter, kind, self.boundingRect(), look.scale, self._paint_card)
        left = STRIPE + SIDE
        width = rect.width() - left - SIDE - SIGN
        middle = rect.height() / 2
        if look.scale >= DETAIL:
            text_line(painter, look, "title", look.text, left, middle - 8.5, width, face.title)
            color = look.danger if lost else look.muted
            text_line(painter, look, "small", color, left, middle + 9.5, width, broken or face.subtitle)
        else:
            text_line(painter, look, "title", look.text, left, middle, width, face.title)
        heat = look.heat.get(self.key)
        if heat is not None:
            paint_heat(painter, look, rect, heat, self.radius)
        self.paint_ring(painter)

    def _paint_card(self, painter: QPainter) -> None:
        """Everything but the texts and the selection."""
        look, rect, lost = self.look, self.rect, self.face.lost > 0 or self.key in self.look.broken
        self.paint_shadow(painter)
        painter.setPen(look.pen(look.danger, 1.4) if lost else self.outline(look.card_border))
        painter.setBrush(look.danger_soft if lost else look.node)
        painter.drawRoundedRect(rect, self.radius, self.radius)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.danger if lost else look.family(self.face.family))
        painter.drawPath(stripe_path(rect, self.radius, STRIPE))
        if lost:
            sign = QPointF(rect.width() - SIDE - 9.0, rect.height() / 2)
            warning_sign(painter, sign, 9.0, look.danger, look.danger_soft)
        elif look.scale >= DETAIL:
            painter.save()
            painter.translate(rect.width() - SIDE - GLYPH + 3.0, 8.0)
            painter.setPen(look.pen(look.family(self.face.family), 1.3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(glyph(self.face.family))
            painter.restore()


class TerminalItem(BoxItem):
    """An input or output of the network: a pill with its name and shape."""

    def __init__(self, key: str, face: Face, look: Look, rect: Rect) -> None:
        super().__init__(key, face, look, rect)
        self.radius = self.rect.height() / 2

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        look, face, rect = self.look, self.face, self.rect
        self.paint_shadow(painter)
        painter.setPen(self.outline(look.border_strong))
        painter.setBrush(look.hover)
        painter.drawRoundedRect(rect, self.radius, self.radius)
        middle = rect.height() / 2
        room = rect.width() - 2 * SIDE - _BETWEEN
        title, small = look.title_width(face.title), look.small_width(face.subtitle)
        small = min(small, max(room / 2, room - title))
        title = min(title, room - small)
        left = (rect.width() - title - small - _BETWEEN) / 2
        text_line(painter, look, "title", look.text, left, middle, title + 0.5, face.title)
        if look.scale >= DETAIL:
            after = left + title + _BETWEEN
            text_line(painter, look, "small", look.muted, after, middle, small + 0.5, face.subtitle)
        self.paint_ring(painter)


def warning_sign(painter: QPainter, centre: QPointF, radius: float, color: QColor, mark: QColor) -> None:
    """A triangle with an exclamation mark; told from the colour alone by nobody."""
    x, y = centre.x(), centre.y()
    triangle = QPainterPath()
    corners = QPolygonF(
        [QPointF(x, y - radius), QPointF(x + radius, y + radius * 0.75), QPointF(x - radius, y + radius * 0.75)]
    )
    triangle.addPolygon(corners)
    triangle.closeSubpath()
    pen = painter.pen()
    pen.setStyle(Qt.PenStyle.SolidLine)
    pen.setColor(color)
    pen.setWidthF(2.0)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(color)
    painter.drawPath(triangle)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mark)
    painter.drawRoundedRect(QRectF(x - 1.0, y - radius * 0.45, 2.0, radius * 0.68), 1.0, 1.0)
    painter.drawEllipse(QPointF(x, y + radius * 0.48), 1.2, 1.2)
