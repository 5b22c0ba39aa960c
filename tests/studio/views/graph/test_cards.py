"""Empty cards."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from studio.views.graph.cards import Cards

BOUNDS = QRectF(-6, -6, 52, 32)


def paint(cards: Cards, look: str, scale: float, ratio: float = 1.0, color: str = "#ff0000") -> tuple[QImage, int]:
    """A card drawn at (20, 10); the image and how often the card was painted for it."""
    image = QImage(round(200 * ratio), round(120 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("white"))
    calls = []

    def card(painter: QPainter) -> None:
        calls.append(1)
        painter.fillRect(QRectF(0, 0, 40, 20), QColor(color))

    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.translate(20, 10)
    cards.draw(painter, look, BOUNDS, scale, card)
    painter.end()
    return image, len(calls)


def extent(image: QImage) -> tuple[int, int, int, int]:
    red = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y) == QColor("#ff0000")
    ]
    return min(x for x, _ in red), min(y for _, y in red), max(x for x, _ in red) + 1, max(y for _, y in red) + 1


def test_a_card_is_painted_once_and_copied(qapp):
    cards = Cards()
    first, painted = paint(cards, "conv", 1.0)
    second, again = paint(cards, "conv", 1.0)
    assert (painted, again) == (1, 0)
    assert first == second
    assert extent(first) == (20, 10, 60, 30)


def test_another_look_another_zoom_and_another_theme_are_painted_anew(qapp):
    cards = Cards()
    paint(cards, "conv", 1.0)
    assert paint(cards, "relu", 1.0)[1] == 1
    zoomed, painted = paint(cards, "conv", 2.0)
    assert painted == 1
    assert extent(zoomed) == (40, 20, 120, 60)
    cards.forget()
    assert paint(cards, "conv", 2.0)[1] == 1


def test_a_card_is_sharp_on_a_fine_screen(qapp):
    image, _ = paint(Cards(), "conv", 1.0, ratio=2.0)
    assert extent(image) == (40, 20, 120, 60)
