"""The written target text: what the selection became, which lines the last conversion changed, whether it is stale."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton, QWidget

from studio.document import Document
from studio.icons import icon
from studio.places import count_text
from studio.theme import Theme
from studio.widgets.code_edit import CodeEdit, Stretch
from studio.widgets.find_bar import FindBar
from studio.widgets.parts import badge, column, frame, label, row, set_badge


class TargetView(QWidget):
    """Read-only: the target follows from the source and the decisions."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.editor = CodeEdit(theme)
        self.editor.setReadOnly(True)
        self.editor.setAccessibleName("Target text")
        self.editor.setPlaceholderText("The converted program appears here.")
        self.find_bar = FindBar(self.editor, theme)
        self._name = label("", "muted")
        self._state = badge()
        self._changes = badge()
        self._copy = QToolButton()
        self._copy.setToolTip("Copy the whole text")
        self._copy.setAccessibleName("Copy the whole target text")
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._text()))
        head = frame("header")
        items = (label("TARGET", "section"), self._name, 1, self._changes, self._state, self._copy)
        head.setLayout(row(*items, margins=(12, 4, 8, 4)))
        head.setFixedHeight(36)
        self.setLayout(column(head, self.editor, self.find_bar, gap=0))
        self.editor.place_chosen.connect(document.select_target)
        document.project_changed.connect(lambda before, after: self._judge())
        document.results_changed.connect(self._refresh)
        document.jobs_changed.connect(self._judge)
        document.selection_changed.connect(self._follow)
        self.set_theme(theme)
        self._refresh()

    def set_theme(self, theme: Theme, pixels: int | None = None) -> None:
        self.editor.set_theme(theme, pixels)
        self.find_bar.set_theme(theme)
        self._copy.setIcon(icon("copy", theme))

    def open_find(self) -> None:
        """Open the bar that searches the target."""
        self.find_bar.open()

    def _text(self) -> str:
        return self._document.results.target_text if self._document.results else ""

    def _refresh(self) -> None:
        results = self._document.results
        self.editor.show_text(self._text())
        self.editor.set_changed_lines(self._document.changed_target_lines)
        self._name.setText(Path(results.target_path).name if results else "")
        changed = len(self._document.changed_target_lines)
        set_badge(self._changes, count_text(changed, "changed line") if changed else "", "success")
        self._copy.setVisible(bool(self._text()))
        self._judge()
        self._colour()

    def _judge(self) -> None:
        """Say whether the text goes with the source as it is now."""
        failure = self._document.failure
        if "convert" in self._document.jobs:
            set_badge(self._state, "converting …", "info")
        elif failure is not None and failure[0] == self._document.revision:
            set_badge(self._state, "not converted" if not self._document.results else "of an earlier source", "danger")
        elif self._document.stale:
            set_badge(self._state, "of an earlier source", "warning")
        else:
            set_badge(self._state, "", "plain")

    def _follow(self) -> None:
        self._colour()
        spans = self._document.selection.target
        if spans and self._document.selection.origin != "target":
            self.editor.reveal(spans[0].line, spans[0].column)

    def _colour(self) -> None:
        spans = self._document.selection.target
        self.editor.set_spans("hit", [Stretch(s.line, s.column, s.end_line, s.end_column) for s in spans])
