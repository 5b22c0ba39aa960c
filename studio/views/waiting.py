"""The middle of the window while there is no network yet: what is being done, or why there is none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from studio.document import Document
from studio.icons import pixmap
from studio.places import place_text
from studio.problems import field_of
from studio.stages import stage_title
from studio.theme import Theme
from studio.translation import tr
from studio.widgets.parts import label, row, set_style

_ASKED = {"model": "Set the model", "inputs": "Set the inputs", "set": "Set names"}  # the button of each field


class WaitingView(QWidget):
    """`retry_requested` asks for another conversion, `field_wanted` for the field of the inspector that is missing."""

    retry_requested = Signal()
    field_wanted = Signal(str)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._mark = QLabel()
        self._title = label("", "title", wrap=True)
        self._text = label("", "muted", wrap=True, selectable=True)
        self._remedy = label("", "", wrap=True, selectable=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(260)
        self._place = QPushButton(self.tr("Show the place"))
        self._place.clicked.connect(self._go)
        self.field = QPushButton()
        self.field.clicked.connect(self._ask_field)
        set_style(self.field, role="primary")
        self._retry = QPushButton(self.tr("Try again"))
        self._retry.clicked.connect(self.retry_requested)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addStretch(2)
        for part in (self._mark, self._title, self._text, self._remedy):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            part.setMaximumWidth(560)
            layout.addLayout(row(1, part, 1))
            layout.itemAt(layout.count() - 1).layout().setStretch(1, 8)  # type: ignore[union-attr]
        layout.addLayout(row(1, self._bar, 1))
        layout.addLayout(row(1, self.field, self._place, self._retry, 1))
        layout.addStretch(3)
        self._drawn = ("", "")  # the mark that is there, and its colour
        document.results_changed.connect(self._refresh)
        document.jobs_changed.connect(self._refresh)
        document.project_changed.connect(lambda before, after: self._refresh())
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._refresh()

    def _refresh(self) -> None:
        project, state = self._document.project, self._document.jobs.get("convert")
        name = Path(project.source).name if project else ""
        failed = self._document.failure if state is None else None
        problems = failed[1] if failed is not None else ()
        self._bar.setVisible(state is not None)
        self._remedy.setVisible(bool(problems))
        self._place.setVisible(bool(problems) and problems[0].line > 0)
        wanted = field_of(problems[0]) if problems else ""
        self.field.setVisible(bool(wanted))
        self._retry.setVisible(state is None and not wanted)  # what is set there is tried at once
        self.field.setText(tr(_ASKED.get(wanted, "Set what is missing")))
        mark = ("error", "danger") if problems else ("project", "accent")
        drawn = (mark[0], self._theme.colors[mark[1]])
        if drawn != self._drawn:
            self._drawn = drawn
            self._mark.setPixmap(pixmap(*drawn, 40))
        if state is not None:
            self._title.setText(self.tr("Opening {0}").format(name))
            self._text.setText(tr(stage_title(state.step)) or self.tr("Starting"))
            self._bar.setRange(0, state.total)
            self._bar.setValue(state.done)
        elif problems:
            first = problems[0]
            self._title.setText(self.tr("{0} cannot be converted").format(name))
            place = f"{place_text(first.file, first.line)}  ·  " if first.line else ""
            self._text.setText(f"{place}{first.why}")
            self._remedy.setText(first.remedy[:1].upper() + first.remedy[1:])
        else:
            self._title.setText(name)
            self._text.setText(self.tr("Nothing was converted yet."))

    def _ask_field(self) -> None:
        if self._document.failure is not None:
            self.field_wanted.emit(field_of(self._document.failure[1][0]))

    def _go(self) -> None:
        if self._document.failure is not None:
            first = self._document.failure[1][0]
            self._document.go_to(first.file, first.line, max(1, first.column))
