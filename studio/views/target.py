"""The written target text: what the selection became, which lines changed and were not accepted yet, staleness."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QStackedWidget, QToolButton, QWidget

from pivot import edits
from pivot.problems import Problem
from studio.document import Document
from studio.frameworks import WRITTEN, framework_title
from studio.icons import icon
from studio.picture import Span
from studio.results import Written
from studio.theme import Theme
from studio.translation import counted
from studio.widgets.code_edit import CodeEdit, Stretch
from studio.widgets.diff_edit import DiffEdit
from studio.widgets.elided_label import ElidedLabel
from studio.widgets.find_bar import FindBar
from studio.widgets.parts import badge, column, frame, label, row, set_badge, set_style


class TargetView(QWidget):
    """Read-only: the target follows from the source and the decisions."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._early: Written | None = None  # the text that is shown, where it is ahead of its results
        self.editor = CodeEdit(theme)
        self.editor.setReadOnly(True)
        self.editor.setAccessibleName(self.tr("Target text"))
        self.editor.setPlaceholderText(self.tr("The converted program appears here."))
        self.diff = DiffEdit(theme)
        self.diff.setAccessibleName(self.tr("Difference from the last export"))
        self.find_bar = FindBar(self.editor, theme)
        self.switch = QComboBox()
        self.switch.setAccessibleName(self.tr("Framework to write"))
        for target in WRITTEN:
            self.switch.addItem(framework_title(target), target)
        set_style(self.switch, role="quiet")
        self.switch.activated.connect(lambda at: self.write_in(str(self.switch.itemData(at))))
        self._name = ElidedLabel()
        set_style(self._name, role="muted")
        self._state = badge()
        self._changes = badge()
        self.accept = self._button("check", self.tr("Accept the changed lines"))
        self.accept.clicked.connect(document.accept_target)
        self.compare = self._button("report", self.tr("Difference from the last export"))
        self.compare.setCheckable(True)
        self.compare.toggled.connect(lambda on: self._refresh())
        self._copy = self._button("copy", self.tr("Copy the whole target text"))
        self._copy.clicked.connect(self.copy)
        head = frame("header")
        items = (label(self.tr("TARGET"), "section"), self.switch, self._name, self._changes, self.accept)
        head.setLayout(row(*items, self._state, self.compare, self._copy, margins=(12, 4, 8, 4)))
        head.setFixedHeight(36)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.editor)
        self._pages.addWidget(self.diff)
        self.setLayout(column(head, self._pages, self.find_bar, gap=0))
        self.editor.place_chosen.connect(document.select_target)
        self.editor.place_hovered.connect(document.hover_target)
        document.project_changed.connect(lambda before, after: self._follow_project())
        document.results_changed.connect(self._refresh)
        document.written_changed.connect(self._refresh)
        document.jobs_changed.connect(self._judge)
        document.selection_changed.connect(self._follow)
        self.set_theme(theme)
        self._refresh()

    def set_theme(self, theme: Theme, pixels: int | None = None) -> None:
        self.editor.set_theme(theme, pixels)
        self.diff.set_theme(theme, pixels)
        self.find_bar.set_theme(theme)
        for button in (self.accept, self.compare, self._copy):
            button.setIcon(icon(str(button.property("glyph")), theme))

    def open_find(self) -> None:
        """Open the bar that searches the target."""
        self.compare.setChecked(False)
        self.find_bar.open()

    def copy(self) -> None:
        """The whole target, for the clipboard."""
        QGuiApplication.clipboard().setText(self._text())

    def _button(self, glyph: str, tip: str) -> QToolButton:
        made = QToolButton()
        made.setToolTip(tip)
        made.setAccessibleName(tip)
        made.setProperty("glyph", glyph)
        return made

    def _shown(self) -> tuple[str, str, frozenset[int]]:
        """Path, text and changed lines of the target that is there: the newest, though its network be not drawn yet."""
        written, results = self._document.written, self._document.results
        if written is not None:
            return written.path, written.text, written.changed
        if results is None:
            return "", "", frozenset()
        return results.target_path, results.target_text, self._document.changed_target_lines

    def _text(self) -> str:
        return self._shown()[1]

    def _follow_project(self) -> None:
        """A text that was written for a program which is no longer the present one goes."""
        if self._early is not self._document.written:
            self._refresh()
        else:
            self._judge()

    def write_in(self, target: str) -> None:
        """Another framework is to be written: one undo step."""
        project = self._document.project
        if project is not None and target != project.target:
            self._document.edit(f"write {framework_title(target)}", edits.set_target(project, target))

    def _refresh(self) -> None:
        self._early = self._document.written
        path, text, lines = self._shown()
        self.editor.show_text(text)
        self.editor.setPlaceholderText(self._in_its_place())
        self.editor.set_changed_lines(lines)
        self._name.setText(Path(path).name)
        changed = len(lines)
        set_badge(self._changes, counted(changed, "changed line") if changed else "", "success")
        self.accept.setVisible(bool(changed) and self._early is None)
        self._copy.setVisible(bool(text))
        self.compare.setVisible(bool(text))
        if self.compare.isChecked() and path:
            self.diff.show_difference(self._document.targets.difference(path, text))
        self._pages.setCurrentIndex(1 if self.compare.isChecked() and text else 0)
        self._judge()
        self._colour()

    def _hindering(self) -> list[Problem]:
        """Why a document that was read has no text. What is unmapped does not hinder: it is written, and raises."""
        if self._document.results is None or self._text():
            return []
        errors = [p for p in self._document.problems if p.severity == "error"]
        return [p for p in errors if p.code != "unmapped"] or errors

    def _in_its_place(self) -> str:
        """What stands in the place of the text."""
        hindering = self._hindering()
        if not hindering:
            return self.tr("The converted program appears here.")
        one, more = hindering[0], len(hindering) - 1
        where = f"{Path(one.file).name}:{one.line}: " if one.line else ""
        lines = [self.tr("Not written."), "", f"{where}{one.why}", one.remedy]
        return "\n".join(lines + (["", f"+ {counted(more, 'more problem')}"] if more else []))

    def _judge(self) -> None:
        """Say whether the text goes with the source as it is now."""
        failure, project = self._document.failure, self._document.project
        if project is not None:
            self.switch.setCurrentIndex(max(0, self.switch.findData(project.target)))
        self.switch.setVisible(project is not None)
        results, working = self._document.results, "convert" in self._document.jobs
        proving = results is not None and results.pending and not self._document.stale
        if proving or self._document.written is not None:
            # What is shown is what will be delivered if reading it back gives the same network.
            said = self.tr("being proved …") if working else self.tr("not proved")
            set_badge(self._state, said, "info" if working else "warning")
        elif working:
            set_badge(self._state, self.tr("converting …"), "info")
        elif failure is not None and failure[0] == self._document.revision:
            nothing = not self._document.results
            set_badge(self._state, self.tr("not converted") if nothing else self.tr("of an earlier source"), "danger")
        elif self._document.stale:
            set_badge(self._state, self.tr("of an earlier source"), "warning")
        elif self._hindering():
            set_badge(self._state, self.tr("not written"), "danger")
        else:
            set_badge(self._state, "", "plain")

    def _follow(self) -> None:
        self._colour()
        spans = self._spans()
        if spans and self._document.selection.origin != "target":
            self.editor.reveal(spans[0].line, spans[0].column)

    def _spans(self) -> tuple[Span, ...]:
        """What the selection became; of a text that is just written, nothing is known yet."""
        return self._document.selection.target if self._document.written is None else ()

    def _colour(self) -> None:
        spans = self._spans()
        self.editor.set_spans("hit", [Stretch(s.line, s.column, s.end_line, s.end_column) for s in spans])
