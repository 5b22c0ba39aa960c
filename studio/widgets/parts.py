"""Labels, badges, buttons and layouts in the style of the window: a role is a property that the style sheet reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

L = TypeVar("L", bound=QBoxLayout)


def label(text: str = "", role: str = "", *, wrap: bool = False, selectable: bool = False, tone: str = "") -> QLabel:
    """Plain text, never rich: what a source file says must not become markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    set_style(made, role=role, tone=tone)
    return made


def badge(text: str = "", kind: str = "plain") -> QLabel:
    """A small rounded mark; kind is plain, info, success, warning or danger."""
    made = label(text)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    set_badge(made, text, kind)
    return made


def set_badge(made: QLabel, text: str, kind: str) -> None:
    """Change text and kind; an empty text hides the badge."""
    made.setText(text)
    if made.parent() is not None or not text:
        # To show a widget without a parent would open a window of its own for a moment, which takes the focus.
        made.setVisible(bool(text))
    set_style(made, badge=kind)


def set_style(widget: QWidget, **properties: str) -> None:
    """Set style properties and let the style sheet look again."""
    for name, value in properties.items():
        if (widget.property(name) or "") != value:
            widget.setProperty(name, value)
            widget.style().unpolish(widget)
            widget.style().polish(widget)


class _Link(QToolButton):
    """As wide as its text, so that it stands in line with what is above and below; a button is wider by two blanks."""

    def sizeHint(self) -> QSize:
        usual = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 4, usual.height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


def link(text: str, act: Callable[[], None], tip: str = "", *, quiet: bool = False) -> QToolButton:
    """Text that does something when it is clicked; a quiet one shows its colour under the pointer only."""
    made = _Link()
    made.setText(text)
    made.setToolTip(tip)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.clicked.connect(lambda: act())
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    set_style(made, role="quiet" if quiet else "link")
    return made


def frame(role: str, tone: str = "") -> QFrame:
    """A frame that the style sheet draws: card, header, line, drop, palette."""
    made = QFrame()
    set_style(made, role=role, tone=tone)
    return made


def row(
    *items: QWidget | QLayout | int, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Side by side; an int is a stretch of that factor."""
    return _fill(QHBoxLayout(), items, gap, margins)


def column(
    *items: QWidget | QLayout | int, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """One below the other; an int is a stretch of that factor."""
    return _fill(QVBoxLayout(), items, gap, margins)


def heading(grid: QGridLayout, title: str) -> None:
    """A title over the next rows of a grid of two columns, with a line under it."""
    made = label(title.upper(), "section")
    made.setContentsMargins(0, 12 if grid.count() else 0, 0, 0)
    grid.addWidget(made, grid.rowCount(), 0)
    grid.addWidget(frame("line"), grid.rowCount(), 0, 1, 2)


def tab_before(widget: QWidget) -> QWidget:
    """Where the focus comes from when Tab leads to a widget."""
    found: QWidget | None = widget.previousInFocusChain()
    while found is not None and found is not widget and not found.focusPolicy() & Qt.FocusPolicy.TabFocus:
        found = found.previousInFocusChain()
    return found or widget


def give_focus_back(before: QWidget | None) -> None:
    """To who had it, unless that is gone: a page may have been made anew meanwhile."""
    if before is not None and isValid(before):
        before.setFocus()


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete the widgets later, when no event handler of theirs runs any more."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            clear(inner)
            inner.deleteLater()


def _fill(layout: L, items: tuple[QWidget | QLayout | int, ...], gap: int, margins: tuple[int, ...]) -> L:
    layout.setSpacing(gap)
    layout.setContentsMargins(*margins)
    for item in items:
        if isinstance(item, int):
            layout.addStretch(item)
        elif isinstance(item, QWidget):
            layout.addWidget(item)
        else:
            layout.addLayout(item)
    return layout
