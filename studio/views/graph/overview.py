"""The network from afar: all boxes and wires in a few calls, so that ten thousand of them pan smoothly.

Below `LIMIT` a box is too small for its text. One call per item in Python is then what costs, not the pixels, so the
boxes are drawn as rectangles per colour and the wires as plain lines, in tiles that are skipped when out of sight.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen

from studio.layout.compose import Drawing
from studio.layout.pause import collection_paused
from studio.layout.tree import Tree
from studio.views.graph.face import Faces
from studio.views.graph.look import HEADER, Look

LIMIT = 0.35
TILE = 2000.0  # width and height of a tile in pixels at 100 %
TITLE_PX = 12
TITLES = 80  # at most so many titles are written
TITLE_ROOM = 10.0  # pixels on the screen that the title of a frame needs
BESIDE = 220.0  # pixels on the screen for a title beside a frame


@dataclass(slots=True)
class _Tile:
    """What begins in one tile, and how far it reaches: left, top, right, bottom."""

    reach: list[float] = field(default_factory=lambda: [1e18, 1e18, -1e18, -1e18])
    lines: QPainterPath = field(default_factory=QPainterPath)
    rects: dict[str, list[QRectF]] = field(default_factory=lambda: defaultdict(list))

    def grow(self, left: float, top: float, right: float, bottom: float) -> None:
        reach = self.reach
        reach[0] = min(reach[0], left)
        reach[1] = min(reach[1], top)
        reach[2] = max(reach[2], right)
        reach[3] = max(reach[3], bottom)

    def meets(self, area: QRectF) -> bool:
        left, top, right, bottom = self.reach
        beside = right < area.left() or left > area.right()
        return not (beside or bottom < area.top() or top > area.bottom())


class Overview:
    """The primitives of one drawing, made when it is first painted. Colours are looked up when painting."""

    def __init__(self, drawing: Drawing, faces: Faces, tree: Tree) -> None:
        self.drawing = drawing
        self._faces = faces
        self._tree = tree
        self._frames: list[tuple[QRectF, int, bool]] = []
        self._titles: list[tuple[QRectF, str, int | None]] = []
        self._lost: list[QRectF] = []
        self._tiles: dict[tuple[int, int], _Tile] | None = None

    def _make(self) -> dict[tuple[int, int], _Tile]:
        tiles: dict[tuple[int, int], _Tile] = defaultdict(_Tile)
        levels = self.drawing.visible.levels
        for item, box in self.drawing.boxes.items():
            rect = QRectF(box.x, box.y, box.width, box.height)
            face = self._faces.of(item)
            if item in levels:
                depth = len(self._tree.ancestors(item)) - 1
                self._frames.append((rect, depth, face.lost > 0))
                self._titles.append((rect, face.title, depth))
                continue
            if face.kind == "group":
                self._titles.append((rect, face.title, None))
            if face.lost:
                self._lost.append(rect)
            else:
                tile = tiles[int(box.x // TILE), int(box.y // TILE)]
                tile.rects[face.family if face.kind == "node" else f"/{face.kind}"].append(rect)
                tile.grow(box.x, box.y, box.right, box.bottom)
        seen: set[tuple[tuple[float, float], tuple[float, float]]] = set()
        for drawn in self.drawing.wires:
            for piece in zip(drawn.points, drawn.points[1:], strict=False):
                if piece not in seen:
                    seen.add(piece)
                    (x0, y0), (x1, y1) = piece
                    tile = tiles[int(min(x0, x1) // TILE), int(min(y0, y1) // TILE)]
                    tile.lines.moveTo(x0, y0)
                    tile.lines.lineTo(x1, y1)
                    tile.grow(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        return tiles

    def paint(
        self, painter: QPainter, look: Look, area: QRectF, marked: Iterable[str], focused: frozenset[str] | None = None
    ) -> None:
        """Draw what lies in `area` of the drawing; the painter is set to the coordinates of the drawing."""
        if self._tiles is None:
            with collection_paused():
                self._tiles = self._make()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for rect, depth, lost in self._frames:
            if rect.intersects(area):
                painter.setPen(_thin(look.lost_frame if lost else look.border_strong))
                painter.setBrush(look.group_fills[depth % 2])
                painter.drawRect(rect)
        near = [tile for tile in self._tiles.values() if tile.meets(area)]
        painter.setPen(_thin(look.edge))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for tile in near:
            painter.drawPath(tile.lines)
        for tile in near:
            for family, rects in tile.rects.items():
                if family.startswith("/"):
                    painter.setPen(_thin(look.border_strong))
                    painter.setBrush(look.node if family == "/group" else look.hover)
                else:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(look.family_soft(family))
                painter.drawRects(rects)
        self._paint_lost(painter, look, area)
        if focused is not None:
            self._paint_focus(painter, look, area, focused)
        self._paint_marked(painter, look, marked)
        self._paint_titles(painter, look, area)

    def _paint_lost(self, painter: QPainter, look: Look, area: QRectF) -> None:
        """Unmapped nodes never vanish: they stay at least four pixels wide and high on the screen."""
        least = 4.0 / look.scale
        shown = [_at_least(rect, least) for rect in self._lost if rect.intersects(area)]
        if shown:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.danger)
            painter.drawRects(shown)

    def _paint_focus(self, painter: QPainter, look: Look, area: QRectF, focused: frozenset[str]) -> None:
        """A veil over everything, and what stands out once more above it."""
        veil = QColor(look.canvas)
        veil.setAlphaF(0.75)
        painter.fillRect(area, veil)
        painter.setPen(_thin(look.border_strong))
        for item in focused:
            box = self.drawing.boxes.get(item)
            if box is None or item in self.drawing.visible.levels:
                continue
            face = self._faces.of(item)
            group = look.danger if face.lost else look.node
            painter.setBrush(look.family_soft(face.family) if face.kind == "node" and not face.lost else group)
            painter.drawRect(QRectF(box.x, box.y, box.width, box.height))

    def _paint_marked(self, painter: QPainter, look: Look, marked: Iterable[str]) -> None:
        off = 3.0 / look.scale
        painter.setPen(look.pen(look.accent, 2.5 / look.scale))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for item in marked:
            box = self.drawing.boxes.get(item)
            if box is not None:
                painter.drawRect(QRectF(box.x - off, box.y - off, box.width + 2 * off, box.height + 2 * off))

    def _paint_titles(self, painter: QPainter, look: Look, area: QRectF) -> None:
        """The names of groups at a size that can be read, where the group is large enough on the screen."""
        painter.save()
        to_screen = painter.transform()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        font = look.fonts.font("title")
        font_shown = painter.font()
        font_shown.setFamily(font.family())
        font_shown.setPixelSize(TITLE_PX)
        font_shown.setWeight(font.weight())
        painter.setFont(font_shown)
        painter.setPen(look.text)
        metrics = painter.fontMetrics()
        left = TITLES
        inside = HEADER * look.scale >= TITLE_ROOM
        horizontal = self.drawing.horizontal
        for rect, title, depth in self._titles:
            place = to_screen.mapRect(rect)
            if left == 0 or not rect.adjusted(-BESIDE / look.scale, 0.0, 0.0, 0.0).intersects(area):
                continue
            if depth is None or inside:
                if place.width() < 30.0 or place.height() < 14.0:
                    continue
                text = _fitting(title, metrics, place.width() - 12.0)
                if not text:
                    continue
                if depth is None:
                    painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)
                else:
                    painter.drawText(QPointF(place.x() + 6.0, place.y() + TITLE_PX), text)
            elif depth == 0 and not horizontal and place.height() >= 20.0:
                # No room in the title any more: beside the outermost frames there is.
                text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, int(BESIDE))
                width = metrics.horizontalAdvance(text)
                painter.drawText(QPointF(place.x() - 10.0 - width, place.y() + TITLE_PX), text)
            elif depth == 0 and horizontal and place.width() >= 50.0:
                text = metrics.elidedText(title, Qt.TextElideMode.ElideRight, int(place.width()))
                painter.drawText(QPointF(place.x(), place.y() - 6.0), text)
            else:
                continue
            left -= 1
        painter.restore()


def _thin(color: QColor) -> QPen:
    """One pixel wide at any zoom."""
    pen = QPen(color, 1.0)
    pen.setCosmetic(True)
    return pen


def _fitting(title: str, metrics: QFontMetrics, width: float) -> str:
    """A title, its path alone where there is no room for the class, nothing where there is not even for that."""
    path = title.partition(" · ")[0]
    return next((text for text in (title, path) if metrics.horizontalAdvance(text) <= width), "")


def _at_least(rect: QRectF, least: float) -> QRectF:
    grow_x, grow_y = max(0.0, least - rect.width()) / 2, max(0.0, least - rect.height()) / 2
    return rect.adjusted(-grow_x, -grow_y, grow_x, grow_y)
