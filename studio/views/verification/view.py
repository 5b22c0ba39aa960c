"""The proof: verdict, three steps, error per node and output, and the first place where both sides part."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from studio.catalogue import op_title
from studio.document import Document
from studio.excerpt import source_line, target_line
from studio.icons import pixmap
from studio.places import place_text
from studio.report import Report, StepResult
from studio.stages import proof_step, stage_title
from studio.theme import Theme
from studio.translation import tr
from studio.views.verification.plot import ErrorPlot
from studio.views.verification.table import ComparisonTable
from studio.widgets.parts import clear, column, frame, label, link, row, set_style

_STEPS = (
    StepResult("static", "Same program", None, "the target text is read back and compared"),
    StepResult("build", "Builds", None, "the target model builds with free sizes"),
    StepResult("numbers", "Same numbers", None, "both sides run on the same weights and inputs"),
)


class VerificationView(QWidget):
    """Asks for runs through its signals; shows what the document holds."""

    verify_requested = Signal()
    cancel_requested = Signal()
    report_requested = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._mark = QLabel()
        self._verdict = label("", "title")
        self._detail = label("", "small", wrap=True)
        self._run = QPushButton(self.tr("Verify"))
        self._run.clicked.connect(lambda: self._asked())
        self._open = QPushButton(self.tr("Open report"))
        self._open.clicked.connect(self.report_requested)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of the verification"))
        self._card = frame("card")
        head = row(self._mark, column(self._verdict, self._detail, gap=1), gap=10)
        head.setStretch(1, 1)
        buttons = row(self._run, self._open, 1, gap=8)
        self._card.setLayout(column(head, self._bar, buttons, gap=10, margins=(14, 12, 14, 12)))
        self._steps = QVBoxLayout()
        self._steps.setSpacing(6)
        self._first = QVBoxLayout()
        side = QWidget()
        set_style(side, role="side")
        side.setLayout(column(self._card, self._steps, self._first, 1, gap=10, margins=(12, 12, 12, 12)))
        side.setFixedWidth(370)
        area = QScrollArea()
        area.setWidget(side)
        area.setFixedWidth(384)
        area.setAccessibleName(self.tr("Verdict and steps"))
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidgetResizable(True)
        self.table = ComparisonTable(document, theme)
        self.plot = ErrorPlot(theme)
        self.plot.chosen.connect(self.table.go_to)
        self.table.row_chosen.connect(self.plot.select)
        self._stale = label("", "small", tone="warning")
        self._stale.setContentsMargins(12, 4, 12, 4)
        numbers = QSplitter(Qt.Orientation.Vertical)
        above = QWidget()
        above.setLayout(column(self._stale, self.plot, gap=0))
        numbers.addWidget(above)
        numbers.addWidget(self.table)
        numbers.setStretchFactor(1, 1)
        numbers.setChildrenCollapsible(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area)
        layout.addWidget(numbers, 1)
        self._shown: tuple[object, ...] | None = None
        document.results_changed.connect(self._refresh)
        document.project_changed.connect(lambda before, after: self._refresh())
        document.jobs_changed.connect(self._refresh)
        document.selection_changed.connect(self._follow)
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.table.set_theme(theme)
        self.plot.set_theme(theme)
        self._refresh()

    @property
    def running(self) -> bool:
        return "verify" in self._document.jobs

    @property
    def verdict(self) -> str:
        """What stands in large letters."""
        return self._verdict.text()

    def _asked(self) -> None:
        (self.cancel_requested if self.running else self.verify_requested).emit()

    def _refresh(self) -> None:
        report, state = self._document.report, self._document.jobs.get("verify")
        stale = self._document.report_stale
        failed = self._document.unverified_why
        shown = (report, state, stale, failed, self._document.project is None, self._theme)
        if self._shown is not None and all(a is b or a == b for a, b in zip(shown, self._shown, strict=True)):
            return  # most of what happens to a document is none of its business
        self._shown = shown
        self._bar.setVisible(state is not None)
        self._run.setText(
            self.tr("Cancel")
            if state is not None
            else self.tr("Verify again")
            if report is not None
            else self.tr("Verify")
        )
        self._run.setEnabled(self._document.project is not None)
        set_style(self._run, role="primary" if state is None and (report is None or stale) else "")
        self._open.setVisible(report is not None)
        tone, mark, color = "", "verify", "muted"
        if state is not None:
            self._verdict.setText(self.tr("Verifying …"))
            said = tr(stage_title(state.step)) or self.tr("Starting the workers")
            counted = self.tr("{0}, {1} of {2}").format(said, state.done, state.total)
            self._detail.setText(counted if state.total else f"{said} …")
            self._bar.setRange(0, state.total)
            self._bar.setValue(state.done)
        elif failed is not None:
            self._verdict.setText(self.tr("Could not be verified"))
            place = f"{failed.file}: " if failed.file else ""
            remedy = f". {failed.remedy[:1].upper()}{failed.remedy[1:]}" if failed.remedy else ""
            self._detail.setText(f"{place}{failed.why}{remedy}.")
            tone, mark, color = "danger", "error", "danger"
        elif report is None:
            self._verdict.setText(self.tr("Not verified yet"))
            self._detail.setText(
                self.tr("Runs source and target in separate processes, in float64, on the same weights and inputs.")
            )
        elif stale:
            self._verdict.setText(self.tr("Verified an earlier source"))
            self._detail.setText(
                self.tr("That one was equal; verify again for this one.")
                if report.equal
                else self.tr("That one was not equal; verify again for this one.")
            )
            tone, mark, color = "warning", "warning", "warning"
        elif report.equal:
            self._verdict.setText(self.tr("Equal"))
            self._detail.setText(_numbers(report))
            tone, color = "success", "success"
        else:
            self._verdict.setText(self.tr("Not equal") if report.compared else self.tr("Not proven equal"))
            self._detail.setText(report.why or _numbers(report))
            tone, mark, color = "danger", "error", "danger"
        self._mark.setPixmap(pixmap(mark, self._theme.colors[color], 30))
        set_style(self._card, tone=tone)
        if state is not None:
            self._show_steps(_STEPS, proof_step(state.step))
        else:
            self._show_steps(report.steps if report is not None and failed is None else _STEPS)
        self._show_first(report)
        self.table.set_report(report)
        self.plot.set_report(report, stale)
        self.plot.setVisible(report is not None and bool(report.rows))
        self._stale.setText(self.tr("These numbers are of an earlier source.") if stale and report is not None else "")
        self._stale.setVisible(bool(self._stale.text()))

    def _follow(self) -> None:
        """One selection: the line and the point of a node that is selected elsewhere are marked."""
        chosen = self._document.selection
        if chosen.origin != "verification" and self._document.report is not None:
            self.plot.select(self.table.follow(chosen.nodes))

    def _show_steps(self, steps: tuple[StepResult, ...], running: int | None = None) -> None:
        """The three steps; of a run that goes on, those before `running` are behind it."""
        clear(self._steps)
        for number, step in enumerate(steps):
            ok = step.ok if running is None or number >= running else True
            name, color = {True: ("check", "success"), False: ("cross", "danger"), None: ("arrow", "faint")}[ok]
            said = {True: self.tr("passed"), False: self.tr("failed"), None: self.tr("not run")}[ok]
            if number == running:
                color, said = "accent", self.tr("running")
            mark = QLabel()
            mark.setPixmap(pixmap(name, self._theme.colors[color], 18))
            mark.setAccessibleName(said)
            text = label(said_of(step), "small", wrap=True)
            title = label(f"{number + 1}  {tr(step.title)}")
            line = row(mark, column(title, text, gap=1), gap=10)
            line.setStretch(1, 1)
            line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
            holder = QWidget()
            holder.setLayout(line)
            line.setContentsMargins(6, 2, 6, 2)
            self._steps.addWidget(holder)

    def _show_first(self, report: Report | None) -> None:
        clear(self._first)
        first = report.first_difference if report is not None else None
        if first is None:
            return
        card = frame("card", "danger")
        said = f"{first.path} · {op_title(first.op)}" if first.path else op_title(first.op)
        error = self.tr("relative error {0:.1e}").format(first.error) if first.error is not None else ""
        inside = column(
            label(self.tr("First difference"), "", tone="danger"),
            label(said, "code", wrap=True),
            gap=4,
            margins=(14, 10, 14, 10),
        )
        for text in (report.first_text if report else "", error):
            if text:
                inside.addWidget(label(text, "small", wrap=True))
        for side, lines in (
            (self.tr("source"), source_line(self._document, first.source)),
            (self.tr("target"), target_line(self._document, first.target)),
        ):
            for line in lines:
                inside.addWidget(label(f"{side} {line.number}: {line.text}", "code", wrap=True, selectable=True))
        links = row(gap=4)
        if first.source is not None:
            source = first.source
            links.addWidget(
                link(
                    self.tr("source {0}").format(place_text(source.file, source.line)),
                    lambda: self._document.go_to(source.file, source.line, source.column, "verification"),
                )
            )
        if first.target is not None:
            target = first.target
            links.addWidget(
                link(
                    self.tr("target {0}").format(place_text(target.file, target.line)),
                    lambda: self._document.select_target(target.line, target.column),
                )
            )
        links.addStretch(1)
        inside.addLayout(links)
        card.setLayout(inside)
        self._first.addWidget(card)


def said_of(step: StepResult) -> str:
    """The line about a step, with its numbers."""
    return tr(step.detail).format(*step.given)


def _numbers(report: Report) -> str:
    parts = []
    if report.worst is not None:
        text = tr("largest relative error {0:.1e} in float64, gate {1:.0e}")
        parts.append(text.format(report.worst, report.gate))
    if report.worst_single is not None and not math.isnan(report.worst_single):
        parts.append(tr("{0:.1e} in float32").format(report.worst_single))
    if report.seconds:
        parts.append(f"{report.seconds:.1f} s")
    return " · ".join(parts) or tr("no numbers were compared")
