"""Find in a code pane: a bar below it, hits coloured, Enter goes to the next one, Escape closes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QToolButton

from studio.icons import icon
from studio.theme import Theme
from studio.widgets.code_edit import CodeEdit, Stretch
from studio.widgets.parts import label, row, set_style

_MOST = 2_000


class FindBar(QFrame):
    """Searches one pane; hidden until `open`."""

    def __init__(self, editor: CodeEdit, theme: Theme) -> None:
        super().__init__()
        set_style(self, role="findbar")
        self._editor = editor
        self._hits: list[Stretch] = []
        self._at = -1
        self._field = QLineEdit()
        self._field.setPlaceholderText(self.tr("Find in this file"))
        self._field.setAccessibleName(self.tr("Find text"))
        self._field.setClearButtonEnabled(True)
        self._field.textChanged.connect(self._search)
        self._field.installEventFilter(self)
        self._count = label("", "small")
        self._buttons = {name: QToolButton() for name in ("previous", "next", "cross")}
        for name, tip, act in (
            ("previous", self.tr("Previous hit (Shift+Enter)"), lambda: self._step(-1)),
            ("next", self.tr("Next hit (Enter)"), lambda: self._step(1)),
            ("cross", self.tr("Close (Escape)"), self.shut),
        ):
            self._buttons[name].setToolTip(tip)
            self._buttons[name].setAccessibleName(tip)
            self._buttons[name].clicked.connect(act)
        self.setLayout(row(self._field, self._count, *self._buttons.values(), gap=4, margins=(8, 5, 8, 5)))
        self.set_theme(theme)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        for name, button in self._buttons.items():
            button.setIcon(icon(name, theme))

    def open(self) -> None:
        """Show the bar; the selected word is looked for."""
        self.show()
        chosen = self._editor.textCursor().selectedText()
        if chosen and "\u2029" not in chosen:
            self._field.setText(chosen)
        self._field.setFocus()
        self._field.selectAll()
        self._search()

    def shut(self) -> None:
        self.hide()
        self._editor.set_spans("find", ())
        self._editor.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.shut()
                return True
        return super().eventFilter(watched, event)

    def _search(self) -> None:
        wanted = self._field.text().casefold()
        self._hits, self._at = [], -1
        for number, line in enumerate(self._editor.toPlainText().split("\n") if wanted else [], 1):
            folded = line.casefold()
            start = folded.find(wanted)
            while start >= 0 and len(self._hits) < _MOST:
                self._hits.append(Stretch(number, start + 1, number, start + 1 + len(wanted)))
                start = folded.find(wanted, start + len(wanted))
        self._editor.set_spans("find", self._hits)
        set_style(self._field, state="bad" if wanted and not self._hits else "")
        self._step(1)

    def _step(self, by: int) -> None:
        if not self._hits:
            self._count.setText(self.tr("no hit") if self._field.text() else "")
            return
        self._at = (self._at + by) % len(self._hits)
        hit = self._hits[self._at]
        self._editor.reveal(hit.line, hit.column)
        self._count.setText(self.tr("{0} of {1}").format(self._at + 1, len(self._hits)))
