"""The building blocks of the inspector's pages: sections, rows of name and value, links to places."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from studio.document import Document
from studio.picture import Span
from studio.places import place_text
from studio.widgets.code_label import CodeLabel
from studio.widgets.parts import frame, label, link, row

_NAMES = 84  # pixels: the names of all sections end at one line
_WIDEST = 130  # a name of the program may be wider, and then takes several lines
_EDITOR, _LINK = 28, 24


class Page(QWidget):
    """A column of sections; it scrolls inside the inspector."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.setProperty("role", "page")
        self.document = document
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 14, 16, 18)
        self.column.setSpacing(6)

    def refresh(self, same_picture: bool) -> bool:
        """Show a new project or new results in place; False where the page must be made again."""
        return False

    def head(self, title: str, below: str, *badges: QLabel) -> None:
        """The name of what is selected, with its path in small letters."""
        self.column.addWidget(narrow(CodeLabel(title, "title")))
        if below:
            self.column.addWidget(narrow(CodeLabel(below)))
        if badges:
            self.column.addLayout(row(*badges, 1, gap=6, margins=(0, 4, 0, 2)))

    def section(self, title: str) -> QGridLayout:
        """A titled grid of three columns: name, value, remark."""
        self.column.addSpacing(10)
        self.column.addWidget(label(title.upper(), "section"))
        self.column.addWidget(frame("line"))
        grid = QGridLayout()
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, _NAMES)
        self.column.addLayout(grid)
        return grid

    def end(self) -> None:
        """Keep the sections at the top."""
        self.column.addStretch(1)

    def place(self, span: Span, text: str = "") -> QWidget:
        """A link that shows a place of the source."""

        def go() -> None:
            self.document.go_to(span.file, span.line, span.column, "inspector")

        return link(
            text or place_text(span.file, span.line),
            go,
            self.tr("Show {0}, line {1}").format(span.file, span.line),
            quiet=True,
        )


def narrow(made: QLabel) -> QLabel:
    """A label whose longest word does not make the panel wider."""
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return made


def add(
    grid: QGridLayout, name: str, value: QWidget | str, remark: QWidget | str | None = None, *, code: bool = True
) -> None:
    """One row; texts become labels, the name stands at the top where the value takes several lines."""
    at = grid.rowCount()
    named = CodeLabel(name, "muted")
    named.setMaximumWidth(_WIDEST)
    editor = not isinstance(value, str | QLabel | QToolButton)
    named.setMinimumHeight(_EDITOR if editor else _LINK if isinstance(value, QToolButton) else 0)
    grid.addWidget(named, at, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    shown = value if not isinstance(value, str) else CodeLabel(value) if code else label(value, wrap=True)
    if not isinstance(shown, QToolButton):
        # A name that is longer than the panel is wide must not push what is beside it out of sight.
        wide = QSizePolicy.Policy.Ignored if isinstance(shown, QLabel) else QSizePolicy.Policy.Expanding
        shown.setSizePolicy(wide, QSizePolicy.Policy.Preferred)
    if isinstance(shown, QLabel):
        shown.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    grid.addWidget(shown, at, 1, 1, 1 if remark is not None else 2)
    if remark is not None:
        said = label(remark, "small") if isinstance(remark, str) else remark
        said.setMinimumHeight(_EDITOR if editor else 0)
        grid.addWidget(said, at, 2, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
