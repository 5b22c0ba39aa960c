"""The source text: shows what is selected, selects what is clicked, and can be edited."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QWidget

from studio.built_in import is_built_in
from studio.document import Document
from studio.picture import Span
from studio.theme import Theme
from studio.translation import counted
from studio.widgets.code_edit import CodeEdit, Stretch
from studio.widgets.find_bar import FindBar
from studio.widgets.parts import badge, column, frame, label, row, set_badge, set_style

_PAUSE_MS = 1_200
_TONES = {"error": "danger", "warning": "warning", "info": "info"}


class SourceView(QWidget):
    """One file of the source at a time; a box chooses when there are several."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._file = ""
        self.editor = CodeEdit(theme)
        self.editor.setAccessibleName(self.tr("Source text"))
        self.find_bar = FindBar(self.editor, theme)
        self._files = QComboBox()
        self._files.setAccessibleName(self.tr("Source file"))
        self._files.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        set_style(self._files, role="quiet")
        self._state = badge()
        head = frame("header")
        head.setLayout(row(label(self.tr("SOURCE"), "section"), self._files, 1, self._state, margins=(12, 4, 12, 4)))
        head.setFixedHeight(36)
        self.setLayout(column(head, self.editor, self.find_bar, gap=0))
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(document.seal)
        self.editor.place_chosen.connect(self._chosen)
        self.editor.place_hovered.connect(lambda line, at: document.hover_source(self._file, line, at))
        self.editor.edited.connect(self._typed)
        self._files.activated.connect(lambda index: self._show(str(self._files.itemData(index))))
        document.project_changed.connect(self._refresh)
        document.results_changed.connect(self._refresh)
        document.selection_changed.connect(self._follow)
        self._refresh()

    def set_theme(self, theme: Theme, pixels: int | None = None) -> None:
        self.editor.set_theme(theme, pixels)
        self.find_bar.set_theme(theme)

    def open_find(self) -> None:
        """Open the bar that searches this file."""
        self.find_bar.open()

    @property
    def file(self) -> str:
        """The file that is shown."""
        return self._file

    def _refresh(self, *_: object) -> None:
        files = self._document.files()
        shown = [str(self._files.itemData(index)) for index in range(self._files.count())]
        if list(files) != shown:
            self._files.clear()
            for path in files:
                own = Path(path).name
                self._files.addItem(self.tr("{0} (built in)").format(own) if is_built_in(path) else own, path)
                self._files.setItemData(self._files.count() - 1, path, 3)
        self._show(self._file if self._file in files else files[0] if files else "")

    def _show(self, path: str) -> None:
        self._file = path
        self._files.setCurrentIndex(max(0, self._files.findData(path)))
        text = self._document.text(path) if path else None
        # Qt turns this separator into a line end, so such a text could not be put back as it was.
        own = not is_built_in(path)
        self.editor.setReadOnly(text is None or "\u2029" in text or not own)
        self.editor.show_text(text or "")
        marks: dict[int, tuple[str, str]] = {}
        for problem in reversed(self._document.problems):
            if problem.line and self._document.local(problem.file) == path:
                marks[problem.line] = (_TONES[problem.severity], f"{problem.why}\n{problem.remedy}")
        self.editor.set_marks(marks)
        project = self._document.project
        edited = project is not None and path in project.texts
        kind, said = ("info", self.tr("edited")) if edited else ("plain", "")
        if path and text is None:
            kind, said = "danger", self.tr("cannot be read")
        if not own:
            kind, said = "plain", self.tr("read only")
        set_badge(self._state, said, kind)
        self._state.setToolTip(
            self.tr("The edited text is kept in the project; the file on disk is as it was.")
            if edited
            else self.tr("How Pivot Studio spells out a layer of the library; it is no part of your program.")
            if not own
            else ""
        )
        self._colour()

    def _follow(self) -> None:
        chosen = self._document.selection
        here = [*chosen.source, *([chosen.place] if chosen.place else [])]
        files = [self._document.local(span.file) for span in here]
        if files and self._file not in files and files[0] in self._document.files():
            self._show(files[0])
        self._colour()
        if chosen.origin == "source":
            return
        spans = self._spans()
        if chosen.place is not None and self._document.local(chosen.place.file) == self._file:
            self.editor.reveal(chosen.place.line, chosen.place.column)
        elif spans:
            self.editor.reveal(spans[0].line, spans[0].column)

    def _colour(self) -> None:
        self.editor.set_spans("hit", self._spans())
        spans = self._document.selection.source
        self.setAccessibleDescription(self.tr("{0} selected").format(counted(len(spans), "place")) if spans else "")

    def _spans(self) -> list[Stretch]:
        mine = [span for span in self._document.selection.source if self._document.local(span.file) == self._file]
        now = [self._document.now(span) for span in mine]
        place = self._document.selection.place
        if not mine and place is not None and self._document.local(place.file) == self._file:
            now = [Span(place.file, place.line, 1, place.line, 10_000)]
        return [Stretch(span.line, span.column, span.end_line, span.end_column) for span in now if span is not None]

    def _chosen(self, line: int, at: int) -> None:
        if self._file:
            self._document.select_source(self._file, line, at)

    def _typed(self, place: Stretch, text: str) -> None:
        self._document.type_text(self._file, place, text)
        self._pause.start()
