"""The status bar: model, size, what is unmapped, what runs, the verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QStatusBar, QToolButton, QWidget

from studio.document import Document
from studio.frameworks import framework_title
from studio.icons import icon
from studio.stages import stage_title
from studio.theme import Theme
from studio.translation import counted, tr
from studio.widgets.elided_label import ElidedLabel
from studio.widgets.parts import label, row, set_badge

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent

_VERBS = {"convert": "Converting", "verify": "Verifying", "weights": "Converting weights"}
_STEP_MS = 60  # steps that follow each other faster are not drawn one by one
_SHOW_MS = 8_000
_NAME, _NARROW = 300, 800  # pixels of the name; a bar that is narrower leaves the sizes out


class StatusBar(QStatusBar):
    """Follows the document; its signals say which mark was clicked."""

    broken_clicked = Signal()
    verdict_clicked = Signal()
    unmapped_clicked = Signal()
    cancel_clicked = Signal()

    def __init__(self, document: Document, theme: Theme) -> None:
        super().__init__()
        self._document = document
        self.setSizeGripEnabled(False)
        self._model = label("")
        self._size = label("")
        self._said = ElidedLabel()
        self._unmapped = _Clickable(self.unmapped_clicked, self.tr("Select the unmapped nodes"))
        self._broken = _Clickable(self.broken_clicked, self.tr("Show the problems"))
        self._verdict = _Clickable(self.verdict_clicked, self.tr("Show the verification"))
        self._work = label("")
        self._bar = QProgressBar()
        self._bar.setFixedWidth(120)
        self._bar.setTextVisible(False)
        self._cancel = QToolButton()
        self._cancel.setToolTip(self.tr("End what is running (Ctrl+.)"))
        self._cancel.setAccessibleName(self.tr("Cancel"))
        self._cancel.clicked.connect(self.cancel_clicked)
        left, right = QWidget(), QWidget()
        facts = (self._model, self._size, self._broken, self._unmapped, self._said)
        left.setLayout(row(*facts, gap=4, margins=(8, 3, 8, 3)))
        work = row(self._work, self._bar, self._cancel, self._verdict, gap=6, margins=(0, 3, 10, 3))
        right.setLayout(work)
        self.addWidget(left, 1)
        self.addPermanentWidget(right)
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(_SHOW_MS)
        self._forget.timeout.connect(lambda: self._said.setText(""))
        self._step = QTimer(self)
        self._step.setSingleShot(True)
        self._step.setInterval(_STEP_MS)
        self._step.timeout.connect(self._draw_step)
        for signal in (document.results_changed, document.jobs_changed):
            signal.connect(self._refresh)
        document.project_changed.connect(lambda before, after: self._refresh())
        self.set_theme(theme)
        # As high as it is while something runs: else all of the window would move at every edit, and be drawn anew.
        right.setMinimumHeight(work.sizeHint().height())
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        self._cancel.setIcon(icon("cancel", theme))

    def say(self, text: str) -> None:
        """One line that stays for some seconds."""
        self._said.setText(text)
        self._forget.start()

    @property
    def said(self) -> str:
        return self._said.text()

    @property
    def verdict(self) -> str:
        return self._verdict.text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What can be read elsewhere gives way to the verdict."""
        super().resizeEvent(event)
        self._size.setVisible(self.width() >= _NARROW)

    def _refresh(self) -> None:
        project, results = self._document.project, self._document.results
        picture = results.picture if results else None
        if project is None:
            self._model.setText("")
            self._size.setText("")
        else:
            source = framework_title(picture.source.framework) if picture else ""
            name = picture.source.model if picture else Path(project.source).name
            target = framework_title(project.target)
            self._model.setToolTip(name)
            name = self._model.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _NAME)
            self._model.setText(f"{name}   {source} → {target}" if source else f"{name}   → {target}")
            root = picture.module_by_path.get("") if picture else None
            nodes = counted(len(picture.nodes), "node") if picture else ""
            self._size.setText(self.tr("{0:,} parameters  ·  {1}").format(root.parameters, nodes) if root else "")
        lost = len(picture.unmapped) if picture else 0
        set_badge(self._unmapped, self.tr("{0} unmapped").format(lost) if lost else "", "danger")
        failure = self._document.failure
        broken = failure is not None and failure[0] == self._document.revision
        set_badge(self._broken, self.tr("not converted") if broken else "", "danger")
        self._work_now()
        report = self._document.report
        if self._document.unverified_why is not None:
            set_badge(self._verdict, self.tr("could not be verified"), "danger")
        elif report is None:
            set_badge(self._verdict, self.tr("not verified") if results else "", "plain")
        elif self._document.report_stale:
            set_badge(self._verdict, self.tr("verified before the last edit"), "warning")
        else:
            set_badge(
                self._verdict,
                self.tr("equal")
                if report.equal
                else self.tr("not equal")
                if report.compared
                else self.tr("not proven"),
                "success" if report.equal else "danger",
            )

    def _work_now(self) -> None:
        states = list(self._document.jobs.values())
        if states:
            if not self._step.isActive():
                self._step.start()  # while it begins there is nothing to see yet, and drawing would hold it up
            return
        for part in (self._work, self._bar, self._cancel):
            part.hide()

    def _draw_step(self) -> None:
        """Where the work is. A bar is drawn whenever its value is set, which is dear where steps are short."""
        states = list(self._document.jobs.values())
        if states:
            state = states[-1]
            said = [tr(_VERBS.get(state.kind, state.kind)), tr(stage_title(state.step))]
            self._work.setText(": ".join(filter(None, said)))
            if self._bar.maximum() != state.total:
                self._bar.setMaximum(state.total)
            if self._bar.value() != state.done:
                self._bar.setValue(state.done)
            for part in (self._work, self._bar, self._cancel):
                part.show()


class _Clickable(QLabel):
    """A badge that can be clicked, or reached with Tab and pressed with Enter; `tip` says what that does."""

    def __init__(self, signal: SignalInstance, tip: str) -> None:
        super().__init__()
        self._signal = signal
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._signal.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._signal.emit()
        else:
            super().keyPressEvent(event)
