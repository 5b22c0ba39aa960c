"""The page that maps a call to own target code: one function of the call's tensors, checked and never run here."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from codegen.mapping.texts import input_letters
from pivot.slots import NotationError
from studio.mapping import Mapping
from studio.theme import Theme
from studio.widgets.code_edit import CodeEdit
from studio.widgets.parts import column, label, row, set_style

_NAMES = {"keras": "ops, layers, keras", "torch": "torch, nn, F"}


class CodePage(QWidget):
    """`changed` is emitted when code or declarations are others."""

    changed = Signal()

    def __init__(self, mapping: Mapping, theme: Theme) -> None:
        super().__init__()
        self._mapping = mapping
        letters = input_letters(mapping.call)
        declared = ", ".join(f"{name}: {axes or '()'}" for name, axes in letters)
        self.editor = CodeEdit(theme)
        self.editor.setAccessibleName(self.tr("Own target code"))
        self.editor.setMinimumHeight(110)
        self.editor.show_text(mapping.code_template())
        self.same = QCheckBox(self.tr("any shape; the result is like the first input"))
        self.same.setChecked(True)
        self.output = QLineEdit(letters[0][1] if letters else "")
        self.output.setAccessibleName(self.tr("Axes of the result"))
        self.output.setToolTip(self.tr("Letters of the inputs, sizes and arithmetic: A C, A B//2 10"))
        self.output.setEnabled(False)
        set_style(self.output, role="code")
        names = _NAMES.get(mapping.target, mapping.target)
        self.setLayout(
            column(
                label(
                    self.tr("One function of the tensors, in the words of the target ({0}).").format(names), wrap=True
                ),
                self.editor,
                row(label(self.tr("inputs"), "small"), label(declared, "code"), 1, gap=8),
                row(label(self.tr("result"), "small"), self.same, self.output, gap=8),
                label(self.tr("It is checked for syntax here and run in the verification only."), "small", wrap=True),
                gap=8,
            )
        )
        self.editor.textChanged.connect(self.changed)
        self.same.toggled.connect(lambda on: self.output.setEnabled(not on))
        self.same.toggled.connect(lambda on: self.changed.emit())
        self.output.textEdited.connect(lambda text: self.changed.emit())
        self.setFocusProxy(self.editor)

    @property
    def said(self) -> str:
        """What the call is mapped to, for the history."""
        try:
            return f"{self._mapping.code_name(self.editor.toPlainText())}()"
        except NotationError:
            return "own code"

    def op_text(self) -> str:
        """The op file of the code. Raises NotationError."""
        return self._mapping.code(self.editor.toPlainText(), "" if self.same.isChecked() else self.output.text())
