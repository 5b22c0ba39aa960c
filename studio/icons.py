"""The icons: line drawings in one colour of the theme, rendered sharp at the screen's resolution."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.resources import resource
from studio.theme import Theme

_SIZES = (16, 18, 32)


def icon(name: str, theme: Theme, color: str = "muted") -> QIcon:
    """The icon of one file below resources/icons, drawn in a named colour, faint while it is disabled."""
    return _made(name, theme.colors[color], theme.colors["faint"])


@cache
def _made(name: str, color: str, faint: str) -> QIcon:
    made, drawing, pale = QIcon(), _read(name, color), _read(name, faint)
    for size in _SIZES:
        made.addPixmap(_drawn(drawing, size))
    for size in _SIZES[:2]:
        made.addPixmap(_drawn(pale, size), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, color: str, size: int, ratio: float = 2.0) -> QPixmap:
    """One drawing, `size` logical pixels wide, `color` as `#rrggbb`."""
    return _drawn(_read(name, color), size, ratio)


def _read(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_text(name).replace("currentColor", color).encode()))


def _drawn(drawing: QSvgRenderer, size: int, ratio: float = 2.0) -> QPixmap:
    drawn = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    drawing.render(painter, QRectF(0, 0, size * ratio, size * ratio))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


@cache
def app_icon() -> QIcon:
    """The mark of the application."""
    made, drawing = QIcon(), _read("app", "#ffffff")
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(_drawn(drawing, size, 1.0))
    return made


@cache
def _text(name: str) -> str:
    return resource(f"icons/{name}.svg").read_text("utf-8")
