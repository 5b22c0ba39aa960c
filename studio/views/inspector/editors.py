"""One parameter and its control: what was written in the source, checked before it is written there again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from pivot.edits import check_literal
from pivot.problems import Refusal
from studio.document import Document
from studio.literals import with_literal
from studio.picture import Param
from studio.widgets.parts import label, set_style

_PAUSE_MS = 40  # behind a key, before what is typed is taken for the new value


class ParamEditor(QWidget):
    """Edits one parameter of one or more nodes. Enter or leaving writes it, Escape does not.

    `write` puts another value into the program, in the scope that is chosen, and raises Refusal; without it only
    literals can be written over. `expect` is told of the same while it is being typed.
    """

    def __init__(
        self,
        document: Document,
        params: Sequence[Param],
        write: Callable[[str], None] | None = None,
        expect: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__()
        self._write = write or (lambda text: document.write_literal(self._params, text))
        self._expect = expect or (lambda text: document.expect(with_literal(document, self._params, text)[0]))
        self._anywhere = write is not None
        self._document = document
        self._params = tuple(params)
        self._written = ""
        self._box: QCheckBox | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._typed)
        self._said = label("", "small", wrap=True, tone="danger")
        self._said.hide()
        self._plain = label("", "code", wrap=True, selectable=True)
        self.field = QLineEdit()
        set_style(self.field, role="code")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        first = self._params[0]
        if first.type == "bool":
            self._box = QCheckBox()
            self._box.setAccessibleName(first.name)
            self._box.clicked.connect(lambda on: self.commit(str(on)))
            layout.addWidget(self._box)
        else:
            self.field.setAccessibleName(first.name)
            self.field.editingFinished.connect(lambda: self.commit(self.field.text()))
            self.field.textEdited.connect(self._check)
            self.field.installEventFilter(self)
            layout.addWidget(self.field)
        layout.addWidget(self._plain)
        layout.addWidget(self._said)
        self.refresh(params)

    @property
    def editable(self) -> bool:
        """Whether it can be written: over the literal of every node in the source, or at their calls."""
        return self._anywhere or all(param.span is not None for param in self._params)

    def refresh(self, params: Sequence[Param]) -> None:
        """Show the present literal; what a person is typing just now stays."""
        self._params = tuple(params)
        literals = {self._document.literal(p.span) or p.text if p.span else p.value for p in params}
        one = next(iter(literals)) if len(literals) == 1 else ""
        values = ", ".join(dict.fromkeys(param.value for param in params))
        typing = self.field.hasFocus() and self.field.text() != self._written
        self._written = one
        self._plain.setText(one or self.tr("differs"))
        self._plain.setVisible(not self.editable)
        if self._box is not None:
            self._box.setTristate(not one)
            self._box.setChecked(one == "True")
            self._box.setText(one or self.tr("differs"))
            self._box.setVisible(self.editable)
        elif not typing:
            self.field.setText(one)
            self.field.setCursorPosition(0)
            self._tell("")
        self.field.setPlaceholderText("" if one else self.tr("differs"))
        self.field.setVisible(self.editable and self._box is None)
        where = "" if self.editable else self.tr("\nnot written as a literal in the source, so it is changed there")
        self.setToolTip(
            self.tr("{0}: {1}\nvalue {2}{3}").format(self._params[0].name, self._params[0].type, values, where)
        )

    def commit(self, text: str) -> None:
        """Write the literal, or say why not."""
        text = text.strip()
        self._pause.stop()
        if not self.editable or text == self._written:
            self._document.expect(None)
            self._tell("")
            return
        try:
            self._write(text)
        except Refusal as refusal:
            self._tell(f"{refusal.problem.why}: {refusal.problem.remedy}")
            return
        self._written = text
        self._tell("")
        if self._box is not None:
            self._box.setText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down change a number by one; Escape takes the typing back."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.field.setText(self._written)
                self._typed()
                self._tell("")
                return True
            step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()), 0)
            if step and self.editable and self.field.text().strip().lstrip("-").isdigit():
                self.field.setText(str(int(self.field.text()) + step))
                self._check(self.field.text())
                return True
        return super().eventFilter(watched, event)

    def _check(self, text: str) -> None:
        try:
            check_literal(self._params[0].type, text)
        except Refusal as refusal:
            self._tell(f"{refusal.problem.why}: {refusal.problem.remedy}")
        else:
            self._tell("")
        self._pause.start()

    def _typed(self) -> None:
        """What stands in the field now is what will be written, most likely."""
        text = self.field.text().strip()
        try:
            if not self.editable or text == self._written or self._document.project is None:
                self._document.expect(None)
            else:
                self._expect(text)
        except Refusal:  # said when it is written
            self._document.expect(None)

    def _tell(self, said: str) -> None:
        self._said.setText(said)
        self._said.setVisible(bool(said))
        set_style(self.field, state="bad" if said else "")
