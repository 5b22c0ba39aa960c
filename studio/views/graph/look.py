"""Fonts, sizes and colours as the painters need them; one value that all items of a view share."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPen

from studio.views.graph.colors import LIGHT, GraphColors
from studio.views.graph.face import Face

NODE_HEIGHT = 46.0
GROUP_HEIGHT = 52.0
TERMINAL_HEIGHT = 30.0
HEADER = 34.0
STRIPE = 5.0
SIDE = 12.0  # between the edge of a card and its text
CHEVRON = 20.0
BADGE_HEIGHT = 18.0
STACK = 4.0  # how far the cards behind a fold stick out
LEAST, MOST = 128.0, 264.0


def mix(one: QColor, other: QColor, part: float) -> QColor:
    """`part` of the other colour in the one."""
    return QColor.fromRgbF(
        one.redF() + (other.redF() - one.redF()) * part,
        one.greenF() + (other.greenF() - one.greenF()) * part,
        one.blueF() + (other.blueF() - one.blueF()) * part,
    )


@dataclass(frozen=True, slots=True)
class Fonts:
    """The three sizes of text with their metrics."""

    title: QFont
    small: QFont
    badge: QFont
    title_metrics: QFontMetricsF
    small_metrics: QFontMetricsF
    badge_metrics: QFontMetricsF


def make_fonts(base: QFont) -> Fonts:
    """Sizes are pixels of the drawing at 100 %, so that they grow with it."""

    def sized(pixels: int, weight: QFont.Weight) -> QFont:
        font = QFont(base)
        font.setPixelSize(pixels)
        font.setWeight(weight)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    title, small = sized(13, QFont.Weight.DemiBold), sized(11, QFont.Weight.Normal)
    badge = sized(11, QFont.Weight.DemiBold)
    return Fonts(title, small, badge, QFontMetricsF(title), QFontMetricsF(small), QFontMetricsF(badge))


class Look:
    """What painting needs beside the face of an item. `scale` is the zoom at which the view paints now."""

    def __init__(self, base: QFont, colors: GraphColors = LIGHT) -> None:
        self.fonts = make_fonts(base)
        self.scale = 1.0
        self._widths: dict[tuple[str, int], float] = {}
        self.set_colors(colors)

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
        self.shadow = QColor(colors.shadow)
        self.shadow.setAlpha(26 if self.canvas.lightness() > 128 else 90)
        self.lost_frame = mix(self.border_strong, self.danger, 0.5)
        self.card_border = mix(self.border_strong, self.border, 0.4)
        self.group_fills = [mix(self.group, self.canvas, 0.55 if depth % 2 else 0.0) for depth in range(2)]
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
        return QPen(QBrush(color), width, style, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)

    def title_width(self, text: str) -> float:
        return self._width(text, 0, self.fonts.title_metrics)

    def small_width(self, text: str) -> float:
        return self._width(text, 1, self.fonts.small_metrics)

    def badge_width(self, text: str) -> float:
        """The width of a badge around a text."""
        return self._width(text, 2, self.fonts.badge_metrics) + 14.0

    def _width(self, text: str, kind: int, metrics: QFontMetricsF) -> float:
        key = (text, kind)
        if key not in self._widths:
            self._widths[key] = metrics.horizontalAdvance(text)
        return self._widths[key]

    def size(self, face: Face) -> tuple[float, float]:
        """How large the closed card of an item is."""
        title, small = self.title_width(face.title), self.small_width(face.subtitle)
        if face.kind == "node":
            room = STRIPE + 2 * SIDE + (22.0 if face.lost else 0.0)
            return _even(max(title, small) + room), NODE_HEIGHT
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
