"""Small panels over the canvas in the colours of the graph."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from studio.icons import pixmap
from studio.views.graph.colors import GraphColors

ICON = 16

STYLE = """
#overlay {{ background: {panel}; border: 1px solid {border}; border-radius: 8px; }}
#overlay QToolButton {{ border: none; border-radius: 5px; padding: 4px 6px; color: {muted}; background: transparent; }}
#overlay QToolButton:hover {{ background: {hover}; color: {text}; }}
#overlay QToolButton:pressed, #overlay QToolButton:checked {{ background: {accent_soft}; color: {accent}; }}
#overlay QToolButton:disabled {{ color: {faint}; }}
#overlay QToolButton:focus {{ border: 1px solid {accent}; padding: 3px 5px; }}
#overlay QLabel {{ color: {muted}; background: transparent; padding: 0 4px; }}
#overlay QLabel[alert="true"] {{ color: {danger}; }}
#overlay QLineEdit {{ border: none; background: transparent; color: {text}; padding: 4px;
    selection-background-color: {accent}; selection-color: {panel}; }}
"""


class Overlay(QFrame):
    """A row of small widgets. The names of icons are kept so that a theme can draw them again."""

    def __init__(self, parent: QWidget, colors: GraphColors, margins: int = 3) -> None:
        super().__init__(parent)
        self.setObjectName("overlay")
        self.colors = colors
        self._icons: dict[QToolButton, str] = {}
        # The canvas below must not zoom or pan when a panel is used.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(margins, margins, margins, margins)
        self.row.setSpacing(1)

    def button(self, name: str, tip: str, icon: str = "", text: str = "") -> QToolButton:
        """A flat button with an accessible name, not yet in the row."""
        made = QToolButton(self)
        made.setAutoRaise(True)
        made.setAccessibleName(name)
        made.setToolTip(tip)
        made.setIconSize(QSize(ICON, ICON))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if icon:
            self._icons[made] = icon
            made.setIcon(self._draw(icon))
        else:
            made.setText(text)
        return made

    def set_colors(self, colors: GraphColors) -> None:
        """Take over a theme."""
        self.colors = colors
        self.setStyleSheet(STYLE.format(**{name: getattr(colors, name) for name in COLORS}))
        for made, icon in self._icons.items():
            made.setIcon(self._draw(icon))
        self.update()

    def _draw(self, icon: str) -> QIcon:
        return _drawn(icon, self.colors.muted, self.colors.accent, self.colors.faint)


@cache
def _drawn(icon: str, usual: str, on: str, faint: str) -> QIcon:
    made = QIcon(pixmap(icon, usual, ICON))
    made.addPixmap(pixmap(icon, on, ICON), QIcon.Mode.Normal, QIcon.State.On)
    made.addPixmap(pixmap(icon, faint, ICON), QIcon.Mode.Disabled)
    return made


COLORS = ("panel", "border", "muted", "hover", "text", "accent_soft", "accent", "faint", "danger")
