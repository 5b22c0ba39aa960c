"""A group: closed a card that can be opened, open a frame with a title around what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from studio.layout.compose import Rect
from studio.views.graph.box_item import DETAIL, BoxItem, badge, text_line
from studio.views.graph.face import Face
from studio.views.graph.heat_strip import paint_heat
from studio.views.graph.look import CHEVRON, HEADER, SIDE, STACK, Look, badges_of

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget


class GroupItem(BoxItem):
    """`depth` counts the open groups around; frames of neighbouring depths have different fills."""

    radius = 10.0

    def __init__(self, key: str, face: Face, look: Look, rect: Rect, opened: bool, depth: int) -> None:
        super().__init__(key, face, look, rect)
        self.opened = opened
        self.keep_painted(not opened)
        self.depth = depth

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self.opened:
            self._paint_frame(painter)
        else:
            self._paint_card(painter)
            heat = self.look.heat.get(self.key)
            if heat is not None:
                paint_heat(painter, self.look, self.rect, heat, self.radius)
        self.paint_ring(painter)

    def _paint_frame(self, painter: QPainter) -> None:
        look, rect = self.look, self.rect
        painter.setPen(self.outline(look.lost_frame if self.face.lost else look.border_strong))
        painter.setBrush(look.group_fills[self.depth % 2])
        painter.drawRoundedRect(rect, self.radius, self.radius)
        header = QPainterPath()
        header.addRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), self.radius - 0.5, self.radius - 0.5)
        painter.save()
        painter.setClipRect(QRectF(0.0, 0.0, rect.width(), HEADER), Qt.ClipOperation.IntersectClip)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.hover)
        painter.drawPath(header)
        painter.restore()
        painter.setPen(look.pen(look.border, 1.0))
        painter.drawLine(QPointF(0.5, HEADER), QPointF(rect.width() - 0.5, HEADER))
        self._paint_chevron(painter, SIDE + 5.0, HEADER / 2)
        self._paint_title(painter, HEADER / 2)

    def _paint_card(self, painter: QPainter) -> None:
        look, rect = self.look, self.rect
        if self.face.count > 1:
            rect = rect.adjusted(0.0, 0.0, 0.0, -2 * STACK)
            painter.setPen(look.pen(look.card_border, 1.0))
            for step in (2, 1):
                painter.setBrush(look.group_fills[step % 2])
                behind = rect.adjusted(step * STACK, step * STACK, -step * STACK, step * STACK)
                painter.drawRoundedRect(behind, self.radius, self.radius)
        else:
            self.paint_shadow(painter)
        painter.setPen(look.pen(look.danger, 1.4) if self.face.lost else self.outline(look.border_strong))
        painter.setBrush(look.node)
        painter.drawRoundedRect(rect, self.radius, self.radius)
        middle = rect.height() / 2
        detailed = look.scale >= DETAIL
        self._paint_chevron(painter, SIDE + 5.0, middle - 9.0 if detailed else middle)
        self._paint_title(painter, middle - 9.0 if detailed else middle)
        if detailed:
            left = SIDE + CHEVRON
            width = rect.width() - left - SIDE
            below = middle + 11.0
            text_line(painter, look, "small", look.muted, left, below, width, self.face.subtitle)

    def _paint_title(self, painter: QPainter, middle: float) -> None:
        look, face = self.look, self.face
        badges = badges_of(face)
        taken = sum(look.badge_width(text) + 6.0 for text in badges)
        left = SIDE + CHEVRON
        room = self.rect.width() - left - SIDE - taken
        text_line(painter, look, "title", look.text, left, middle, room, face.title)
        at = left + min(room, look.title_width(face.title)) + 8.0
        for text in badges:
            red = text.endswith("unmapped")
            fill, color = (look.danger, look.node) if red else (look.accent_soft, look.accent)
            at += badge(painter, look, at, middle, text, fill, color) + 6.0

    def _paint_chevron(self, painter: QPainter, x: float, y: float) -> None:
        painter.setPen(self.look.pen(self.look.accent if self.hovered else self.look.muted, 1.8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.opened:
            points = [QPointF(x - 4.0, y - 2.0), QPointF(x, y + 2.0), QPointF(x + 4.0, y - 2.0)]
        else:
            points = [QPointF(x - 2.0, y - 4.0), QPointF(x + 2.0, y), QPointF(x - 2.0, y + 4.0)]
        painter.drawPolyline(QPolygonF(points))
