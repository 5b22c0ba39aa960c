"""Fonts, sizes and colours as the painters need them; one value that all items of a view share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen

from studio.views.graph.cards import Cards
from studio.views.graph.colors import LIGHT, GraphColors
from studio.views.graph.face import Face
from studio.views.graph.heat import Heat

NODE_HEIGHT = 46.0
GROUP_HEIGHT = 52.0
TERMINAL_HEIGHT = 30.0
HEADER = 34.0
STRIPE = 5.0
SIGN = 22.0  # room for the sign of a family, or the warning
SIDE = 12.0  # between the edge of a card and its text
CHEVRON = 20.0
BADGE_HEIGHT = 18.0
STACK = 4.0  # how far the cards behind a fold stick out
LEAST, MOST = 128.0, 264.0

Size = Literal["title", "small", "badge"]
SIZES: dict[Size, tuple[int, QFont.Weight]] = {
    "title": (13, QFont.Weight.DemiBold),
    "small": (11, QFont.Weight.Normal),
    "badge": (11, QFont.Weight.DemiBold),
}


def mix(one: QColor, other: QColor, part: float) -> QColor:
    """`part` of the other colour in the one."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * part,
        one.greenF() + (other.greenF() - one.greenF()) * part,
        one.blueF() + (other.blueF() - one.blueF()) * part,
    )


class Fonts:
    """The three sizes of text with their metrics. Sizes are pixels of the drawing, so that text grows with it."""

    def __init__(self, base: QFont) -> None:
        self._fonts: dict[Size, QFont] = {}
        self.metrics: dict[Size, QFontMetricsF] = {}
        self._drops: dict[Size, float] = {}
        for size, (pixels, weight) in SIZES.items():
            font = QFont(base)
            font.setPixelSize(pixels)
            font.setWeight(weight)
            font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
            metrics = QFontMetricsF(font)
            self._fonts[size], self.metrics[size] = font, metrics
            self._drops[size] = (metrics.ascent() - metrics.descent()) / 2

    def font(self, size: Size) -> QFont:
        return self._fonts[size]

    def drop(self, size: Size) -> float:
        """How far below the middle of a line its base line is."""
        return self._drops[size]


class Look:
    """What painting needs beside the face of an item. `scale` is the zoom at which the view paints now."""

    def __init__(self, base: QFont, colors: GraphColors = LIGHT) -> None:
        self.fonts = Fonts(base)
        self.family_name = base.family()
        self.scale = 1.0
        self.heat: Mapping[str, Heat] = {}
        self.broken: Mapping[str, str] = {}  # per node, why it can no longer be computed
        self.cards = Cards()
        self._widths: dict[tuple[str, Size], float] = {}
        self._fitted: dict[tuple[str, Size, float], str] = {}
        self._pens: dict[tuple[int, float, Qt.PenStyle], QPen] = {}
        self.set_colors(colors)

    def set_font(self, base: QFont) -> None:
        """Write in another font; what was measured has to be measured again."""
        self.fonts, self.family_name = Fonts(base), base.family()
        self._widths.clear()
        self._fitted.clear()

    def set_colors(self, colors: GraphColors) -> None:
        """Take over a theme."""
        self.colors = colors
        self.canvas = QColor(colors.canvas)
        self.node, self.group, self.panel = QColor(colors.node), QColor(colors.group), QColor(colors.panel)
        self.border, self.border_strong = QColor(colors.border), QColor(colors.border_strong)
        self.hover = QColor(colors.hover)
        self.text, self.muted, self.faint = QColor(colors.text), QColor(colors.muted), QColor(colors.faint)
        self.edge = QColor(colors.edge)
        self.accent, self.accent_soft = QColor(colors.accent), QColor(colors.accent_soft)
        self.danger, self.danger_soft = QColor(colors.danger), QColor(colors.danger_soft)
        self.success, self.warning = QColor(colors.success), QColor(colors.warning)
        self.shadow = QColor(colors.shadow)
        self.shadow.setAlpha(26 if self.canvas.lightness() > 128 else 90)
        self.lost_frame = mix(self.border_strong, self.danger, 0.5)
        self.card_border = mix(self.border_strong, self.border, 0.4)
        self.group_fills = [mix(self.group, self.canvas, 0.55 if depth % 2 else 0.0) for depth in range(2)]
        self.cards.forget()
        self._pens.clear()
        self._families: dict[str, QColor] = {}
        self._soft: dict[str, QColor] = {}

    def family(self, name: str) -> QColor:
        """The hue of a family."""
        if name not in self._families:
            self._families[name] = QColor(self.colors.family(name))
        return self._families[name]

    def family_soft(self, name: str) -> QColor:
        """The hue of a family as the fill of a box that is too small for text."""
        if name not in self._soft:
            self._soft[name] = mix(self.node, self.family(name), 0.55)
        return self._soft[name]

    def pen(self, color: QColor, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A round pen."""
        key = (color.rgba(), width, style)
        if key not in self._pens:
            self._pens[key] = QPen(QBrush(color), width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        return self._pens[key]

    def width(self, text: str, size: Size) -> float:
        """The width of a text."""
        key = (text, size)
        if key not in self._widths:
            self._widths[key] = self.fonts.metrics[size].horizontalAdvance(text)
        return self._widths[key]

    def title_width(self, text: str) -> float:
        return self.width(text, "title")

    def small_width(self, text: str) -> float:
        return self.width(text, "small")

    def badge_width(self, text: str) -> float:
        """The width of a badge around a text."""
        return self.width(text, "badge") + 14.0

    def fitted(self, text: str, size: Size, width: float) -> str:
        """A text, cut off with an ellipsis where it is wider than this."""
        if self.width(text, size) <= width + 0.5:
            return text
        key = (text, size, width)
        if key not in self._fitted:
            self._fitted[key] = self.fonts.metrics[size].elidedText(text, Qt.TextElideMode.ElideRight, width)
        return self._fitted[key]

    def size(self, face: Face) -> tuple[float, float]:
        """How large the closed card of an item is."""
        title, small = self.title_width(face.title), self.small_width(face.subtitle)
        if face.kind == "node":
            return _even(max(title, small) + STRIPE + 2 * SIDE + SIGN), NODE_HEIGHT
        if face.kind == "group":
            badges = sum(self.badge_width(text) + 6.0 for text in badges_of(face))
            width = max(title + badges, small) + 2 * SIDE + CHEVRON
            return _even(width, most=420.0), GROUP_HEIGHT + (2 * STACK if face.count > 1 else 0.0)
        return _even(title + small + 2 * 16.0 + 10.0, most=420.0), TERMINAL_HEIGHT


def badges_of(face: Face) -> list[str]:
    """The texts of the badges in the title of a group: how many times, how many unmapped."""
    found = [f"×{face.count}"] if face.count > 1 else []
    return [*found, f"{face.lost} unmapped"] if face.lost else found


def _even(width: float, most: float = MOST) -> float:
    """Between the limits and a multiple of 8, so that centres of neighbours fall on whole pixels."""
    return max(LEAST, min(most, 8.0 * -(-width // 8.0)))
