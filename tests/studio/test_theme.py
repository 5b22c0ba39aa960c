"""Two palettes with the same names, and texts that can be read on their grounds."""

from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QColor

from studio.app import make_application
from studio.bridge import graph_colors
from studio.icons import icon
from studio.resources import resource
from studio.theme import apply_theme, style_sheet, themes


def luminance(color: QColor) -> float:
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in color.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_both_palettes_name_the_same_colours() -> None:
    assert set(themes()["light"].colors) == set(themes()["dark"].colors)
    assert set(themes()["light"].families) == set(themes()["dark"].families)
    for theme in themes().values():
        assert all(re.fullmatch(r"#[0-9a-f]{6}", color) for color in (*theme.colors.values(), *theme.families.values()))
    assert (themes()["light"].dark, themes()["dark"].dark) == (False, True)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_texts_stand_out_from_their_grounds(name: str) -> None:
    """WCAG AA: 4.5 for text."""
    theme = themes()[name]
    pairs = [("text", "panel"), ("text", "window"), ("muted", "panel"), ("muted", "window"), ("accent_text", "accent")]
    pairs += [("quiet", "panel")]
    pairs += [(tone, f"{tone}_soft") for tone in ("danger", "warning", "success")] + [
        ("text", "code_hit"),
        ("text", "accent_soft"),
    ]
    pairs += [(color, "panel") for color in theme.colors if color.startswith("syntax_")]
    poor = {pair: contrast(theme.color(pair[0]), theme.color(pair[1])) for pair in pairs}
    assert {pair: value for pair, value in poor.items() if value < 4.5} == {}


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_style_sheet_and_the_palette_can_be_applied(qapp: object, name: str) -> None:
    app, theme = make_application(), themes()[name]
    sheet = style_sheet(theme)
    assert "$" not in sheet
    apply_theme(app, theme)
    assert app.palette().window().color() == theme.color("window")
    assert graph_colors(theme).accent == theme.colors["accent"]


def test_every_icon_is_drawn(qapp: object) -> None:
    for path in resource("icons").glob("*.svg"):
        image = icon(path.stem, themes()["light"]).pixmap(24).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())), (
            path.stem
        )
