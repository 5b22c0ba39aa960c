"""The colours of the graph, filled by the theme of the window; the defaults let the view stand alone. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_LIGHT_FAMILIES = {
    "convolution": "#3c6fe0",
    "linear": "#7a4fd6",
    "normalization": "#0f8a83",
    "activation": "#cc6a15",
    "pooling": "#2b8ac9",
    "attention": "#b2459b",
    "recurrent": "#8b6a12",
    "embedding": "#5b5bd6",
    "shape": "#68748a",
    "arithmetic": "#4d7c3a",
    "reduction": "#4d7c3a",
    "regularization": "#8e7b52",
    "comparison": "#4d7c3a",
    "indexing": "#68748a",
    "math": "#4d7c3a",
    "padding": "#68748a",
    "resize": "#2b8ac9",
}
_DARK_FAMILIES = {
    "convolution": "#7ea6ff",
    "linear": "#b294f5",
    "normalization": "#57c8bf",
    "activation": "#f0a35c",
    "pooling": "#6cb9ee",
    "attention": "#e58ed0",
    "recurrent": "#d3b25a",
    "embedding": "#9b9bf7",
    "shape": "#98a3b6",
    "arithmetic": "#94c27e",
    "reduction": "#94c27e",
    "regularization": "#c7b488",
    "comparison": "#94c27e",
    "indexing": "#98a3b6",
    "math": "#94c27e",
    "padding": "#98a3b6",
    "resize": "#6cb9ee",
}


@dataclass(frozen=True, slots=True)
class GraphColors:
    """Colours as `#rrggbb`. `families` are the hues of the ops; a family that is not named takes `other`."""

    canvas: str = "#f7f8fb"
    node: str = "#ffffff"
    group: str = "#f0f2f8"
    panel: str = "#ffffff"
    border: str = "#dde1e9"
    border_strong: str = "#c3c9d4"
    hover: str = "#eceef3"
    text: str = "#1b1f27"
    muted: str = "#667085"
    faint: str = "#98a1b2"
    edge: str = "#a2abbb"
    accent: str = "#4056e0"
    accent_soft: str = "#e9ecfe"
    danger: str = "#c9302c"
    danger_soft: str = "#fdecea"
    shadow: str = "#141b2e"
    success: str = "#18794e"
    warning: str = "#a85b00"
    other: str = "#68748a"
    families: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(_LIGHT_FAMILIES))

    def family(self, name: str) -> str:
        """The hue of a family of ops."""
        return self.families.get(name, self.other)


LIGHT = GraphColors()
DARK = GraphColors(
    canvas="#16181e",
    node="#22262f",
    group="#1c2028",
    panel="#1b1e25",
    border="#323844",
    border_strong="#454d5c",
    hover="#2a2f39",
    text="#e4e7ed",
    muted="#98a1b0",
    faint="#6c7585",
    edge="#616b7c",
    accent="#8394ff",
    accent_soft="#272d4a",
    danger="#f4776f",
    danger_soft="#3b2124",
    shadow="#000000",
    success="#5cc98f",
    warning="#e5a550",
    other="#98a3b6",
    families=MappingProxyType(_DARK_FAMILIES),
)
