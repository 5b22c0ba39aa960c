"""Colours, type and style of the window. The only file that gives a widget a colour; the values are in theme.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from string import Template
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette

from studio.resources import resource

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


@dataclass(frozen=True, slots=True)
class Theme:
    """One palette with the type sizes in pixels; `colors` and `families` are `#rrggbb` texts by name."""

    name: str
    colors: Mapping[str, str]
    families: Mapping[str, str]
    metrics: Mapping[str, int]
    fonts: Mapping[str, tuple[str, ...]]

    def color(self, name: str) -> QColor:
        """One colour; raises KeyError for a name that theme.toml does not have."""
        return QColor(self.colors[name])

    def family(self, family: str) -> QColor:
        """The hue of a family of ops."""
        return QColor(self.families.get(family, self.families["other"]))

    def sized(self, pixels: int) -> Theme:
        """The same theme with texts of another size; small ones stay as much smaller as they are."""
        small = pixels + self.metrics["small_px"] - self.metrics["font_px"]
        return replace(self, metrics=MappingProxyType({**self.metrics, "font_px": pixels, "small_px": small}))

    def with_code_font(self, family: str) -> Theme:
        """The same theme with program text in another font; "" leaves it."""
        fonts = {**self.fonts, "code": (family, *self.fonts["code"])} if family else self.fonts
        return replace(self, fonts=MappingProxyType({**fonts}))

    @property
    def dark(self) -> bool:
        return self.color("panel").lightness() < 128

    def ui_font(self) -> QFont:
        """The font of the interface."""
        return _font(self.fonts["ui"], self.metrics["font_px"], QFont.StyleHint.SansSerif)

    def code_font(self, size: int | None = None) -> QFont:
        """The font of program text, `size` in pixels."""
        font = _font(self.fonts["code"], size or self.metrics["code_px"], QFont.StyleHint.Monospace)
        font.setFixedPitch(True)
        return font


@cache
def themes() -> Mapping[str, Theme]:
    """The palettes of theme.toml by name."""
    with resource("theme.toml").open("rb") as file:
        table = tomllib.load(file)
    metrics = MappingProxyType({name: int(value) for name, value in table.pop("metrics").items()})
    fonts = MappingProxyType({name: tuple(value) for name, value in table.pop("fonts").items()})
    return MappingProxyType(
        {
            name: Theme(
                name,
                MappingProxyType({key: value for key, value in entry.items() if isinstance(value, str)}),
                MappingProxyType(entry["families"]),
                metrics,
                fonts,
            )
            for name, entry in table.items()
        }
    )


def system_theme(app: QApplication) -> str:
    """The palette that goes with the system's setting."""
    from PySide6.QtCore import Qt

    return "dark" if app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the application style, palette, font and style sheet of one theme, unless it has them."""
    sheet = style_sheet(theme)
    if app.property("theme") == theme.name and app.styleSheet() == sheet:
        return  # every widget there is would be polished anew
    app.setProperty("theme", theme.name)
    app.setStyle("Fusion")
    app.setFont(theme.ui_font())
    app.setPalette(_palette(theme))
    app.setStyleSheet(sheet)


def style_sheet(theme: Theme) -> str:
    """The style sheet with the theme's values filled in; raises KeyError for a name that is not in theme.toml."""
    values: dict[str, str] = {**theme.colors, **{name: f"{value}px" for name, value in theme.metrics.items()}}
    values["code_family"] = theme.code_font().family()
    values["icons"] = (resource("icons") / theme.name).as_posix()
    return Template(resource("theme.qss").read_text("utf-8")).substitute(values)


@cache
def _family(names: tuple[str, ...]) -> str | None:
    known = set(QFontDatabase.families())
    return next((name for name in names if name in known), None)


def _font(names: tuple[str, ...], pixels: int, hint: QFont.StyleHint) -> QFont:
    font = QFont(_family(names) or "")
    font.setStyleHint(hint)
    font.setPixelSize(pixels)
    return font


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for place, name in (
        (role.Window, "window"),
        (role.WindowText, "text"),
        (role.Base, "panel"),
        (role.AlternateBase, "sunken"),
        (role.Text, "text"),
        (role.PlaceholderText, "quiet"),
        (role.Button, "raised"),
        (role.ButtonText, "text"),
        (role.BrightText, "danger"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "accent_text"),
        (role.ToolTipBase, "raised"),
        (role.ToolTipText, "text"),
        (role.Link, "accent"),
        (role.LinkVisited, "accent"),
        (role.Light, "raised"),
        (role.Midlight, "hover"),
        (role.Mid, "border_strong"),
        (role.Dark, "border_strong"),
        (role.Shadow, "shadow"),
        (role.Accent, "accent"),
    ):
        palette.setColor(place, theme.color(name))
    for place in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, place, theme.color("faint"))
    return palette
