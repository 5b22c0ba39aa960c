"""The whole network in a corner: groups, what is unmapped in red, and what is seen now."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from studio.layout.compose import Drawing, Rect
from studio.layout.tree import Tree
from studio.views.graph.face import Faces
from studio.views.graph.look import Look

LONG, SHORT = 200, 88  # pixels: a network far longer than wide is squeezed along
BORDER = 8.0
MARK = 3.0  # least size of a red mark
ALL_BOXES = 1500  # boxes up to which single nodes are drawn


class Minimap(QWidget):
    """`wanted` carries the point of the drawing to look at."""

    wanted = Signal(QPointF)

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self.look = look
        self._drawing: Drawing | None = None
        self._faces: Faces | None = None
        self._tree: Tree | None = None
        self._picture: QPixmap | None = None
        self._seen = QRectF()
        self.setAccessibleName(self.tr("Map of the network"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_drawing(self, drawing: Drawing | None, faces: Faces | None, tree: Tree | None) -> None:
        """Draw another network."""
        self._drawing, self._faces, self._tree, self._picture = drawing, faces, tree, None
        if drawing is not None:
            self.setFixedSize(self._fitting(drawing.bounds))
        self.setVisible(drawing is not None)
        self.update()

    def show_seen(self, area: Rect) -> None:
        """Tell what the canvas shows."""
        self._seen = QRectF(area.x, area.y, area.width, area.height)
        self.update()

    def repaint_all(self) -> None:
        """The theme changed."""
        self._picture = None
        self.update()

    def _fitting(self, bounds: Rect) -> QSize:
        ratio = max(bounds.width, 1.0) / max(bounds.height, 1.0)
        if ratio > 1:
            return QSize(LONG, round(max(SHORT, LONG / ratio)))
        return QSize(round(max(SHORT, LONG * ratio)), LONG)

    def _scales(self) -> tuple[float, float]:
        """Across and down: the same where the network allows it."""
        assert self._drawing is not None
        bounds = self._drawing.bounds
        x = (self.width() - 2 * BORDER) / max(bounds.width, 1.0)
        y = (self.height() - 2 * BORDER) / max(bounds.height, 1.0)
        # Squeezed at most sixfold: beyond that boxes would look like lines.
        return min(x, 6 * y), min(y, 6 * x)

    def _origin(self) -> QPointF:
        assert self._drawing is not None
        x, y = self._scales()
        bounds = self._drawing.bounds
        return QPointF((self.width() - bounds.width * x) / 2, (self.height() - bounds.height * y) / 2)

    def _map(self, rect: QRectF) -> QRectF:
        x, y = self._scales()
        origin = self._origin()
        return QRectF(origin.x() + rect.x() * x, origin.y() + rect.y() * y, rect.width() * x, rect.height() * y)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = self.look
        painter.setPen(look.pen(look.border, 1.0))
        painter.setBrush(look.panel)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8.0, 8.0)
        if self._drawing is None:
            return
        if self._picture is None:
            self._picture = self._paint_picture()
        painter.drawPixmap(0, 0, self._picture)
        inside = QRectF(self.rect()).adjusted(3.0, 3.0, -3.0, -3.0)
        seen = self._map(self._seen)
        grow_x, grow_y = max(0.0, 8.0 - seen.width()) / 2, max(0.0, 8.0 - seen.height()) / 2
        seen = seen.adjusted(-grow_x, -grow_y, grow_x, grow_y).intersected(inside)
        fill = look.accent
        soft = fill.toRgb()
        soft.setAlpha(28)
        painter.setBrush(soft)
        painter.setPen(look.pen(fill, 1.4))
        painter.drawRoundedRect(seen, 3.0, 3.0)
        painter.end()

    def _paint_picture(self) -> QPixmap:
        assert self._drawing is not None
        assert self._faces is not None
        assert self._tree is not None
        ratio = self.devicePixelRatioF()
        made = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        made.setDevicePixelRatio(ratio)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        look, drawing = self.look, self._drawing
        opened = set(drawing.opened)
        every = len(drawing.boxes) <= ALL_BOXES
        (across, down), origin = self._scales(), self._origin()
        left, top = origin.x(), origin.y()
        lost = []
        for item, box in drawing.boxes.items():
            face = self._faces.of(item)
            if face.lost and item not in opened:
                lost.append(item)
            if face.kind != "group" and not every:
                continue
            place = QRectF(left + box.x * across, top + box.y * down, box.width * across, box.height * down)
            if item in opened:
                painter.setPen(look.pen(look.border_strong, 0.8))
                painter.setBrush(look.group_fills[len(self._tree.ancestors(item)) % 2])
                painter.drawRect(place)
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                if face.kind == "group":
                    painter.setBrush(look.faint)
                else:
                    painter.setBrush(look.family_soft(face.family) if face.kind == "node" else look.border_strong)
                painter.drawRect(place if place.height() > 1 else place.adjusted(0, 0, 0, 1 - place.height()))
        if not every:
            painter.setPen(look.pen(look.border_strong, 1.0))
            painter.setBrush(look.hover)
            if not opened:
                painter.drawRect(self._map(QRectF(0.0, 0.0, drawing.bounds.width, drawing.bounds.height)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.danger)
        for item in lost:
            box = drawing.boxes[item]
            place = self._map(QRectF(box.x, box.y, box.width, box.height))
            wide, high = max(place.width(), MARK), max(place.height(), MARK)
            painter.drawRect(QRectF(place.center().x() - wide / 2, place.center().y() - high / 2, wide, high))
        painter.end()
        return made

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._ask(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(event)

    def _ask(self, event: QMouseEvent) -> None:
        if self._drawing is not None:
            x, y = self._scales()
            by = event.position() - self._origin()
            self.wanted.emit(QPointF(by.x() / x, by.y() / y))
