"""The page that maps a call to several ops: one line per step, each with the shape it gives."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from codegen.mapping.texts import named_tensors, named_values
from pivot.op import Op
from pivot.slots import MISSING
from studio.mapping import Mapping
from studio.picture import shape_text
from studio.widgets.parts import clear, column, label, row, set_style, tab_before


class StepsPage(QWidget):
    """`changed` is emitted when the steps are others. The last step gives the result."""

    changed = Signal()

    def __init__(self, mapping: Mapping) -> None:
        super().__init__()
        self._mapping = mapping
        self.lines: list[QLineEdit] = []
        self._shapes: list[QLabel] = []
        known = [
            f"{item.name}: {', '.join(map(shape_text, item.argument.shapes))}" for item in named_tensors(mapping.call)
        ]
        known += [f"{item.name} = {item.argument.value}" for item in named_values(mapping.call)]
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(2, 1)
        self._grid.setVerticalSpacing(6)
        self.more = QPushButton(self.tr("Add Step"))
        self.more.setAutoDefault(False)
        self.more.clicked.connect(lambda: self.add())
        self.setLayout(
            column(
                label(
                    self.tr("Steps over other operations, as in op files; the last one gives the result."), wrap=True
                ),
                label("   ".join(known), "code", wrap=True),
                self._grid,
                row(self.more, label(self.tr("or drop an operation here"), "small"), 1),
                1,
                gap=8,
            )
        )

    def add(self, text: str = "") -> None:
        """One more step at the end, or in the last line while that is empty."""
        texts = self.texts()
        if texts and not texts[-1].strip():
            texts[-1] = text
        else:
            texts.append(text)
        self.set_texts(texts)
        self.lines[-1].setFocus()
        self.changed.emit()

    def choose(self, name: str) -> None:
        """One more step: an op on what the step before gives, with the parameters that it needs."""
        op = self._mapping.op(name)
        if op is not None:
            self.add(self._step(op))

    def texts(self) -> list[str]:
        return [line.text() for line in self.lines]

    def set_texts(self, texts: list[str]) -> None:
        """Show other steps."""
        clear(self._grid)
        self.lines, self._shapes = [], []
        before = tab_before(self.more)
        for at, text in enumerate(texts):
            line, shape, less = QLineEdit(text), label("", "code"), QToolButton()
            line.setAccessibleName(self.tr("Step {0}").format(at + 1))
            line.setPlaceholderText("a = square(x)")
            set_style(line, role="code")
            line.textEdited.connect(lambda text: self.changed.emit())
            less.setText("×")
            less.setAccessibleName(self.tr("Remove step {0}").format(at + 1))
            less.clicked.connect(partial(self._remove, at))
            self.lines.append(line)
            self._shapes.append(shape)
            for place, part in enumerate((label(str(at + 1), "small"), line, shape, less)):
                self._grid.addWidget(part, at, place)
            if self.more.window() is before.window():  # Tab goes through the steps in their order
                QWidget.setTabOrder(before, line)
                QWidget.setTabOrder(line, less)
                before = less

    @property
    def said(self) -> str:
        """What the call is mapped to, for the history."""
        ops = [text.rpartition("=")[2].partition("(")[0].strip() for text in self.texts() if "(" in text]
        return f"{len(ops)} step" if len(ops) == 1 else f"{len(ops)} steps"

    def op_text(self) -> str:
        """The op file of the steps; "" while there are none."""
        texts = [text for text in self.texts() if text.strip()]
        return self._mapping.steps(texts) if texts else ""

    def judge(self) -> None:
        """Say beside each step what it gives, or that it does not work."""
        texts = self.texts()
        for at, shape in enumerate(self._shapes):
            upto = [text for text in texts[: at + 1] if text.strip()]
            if not texts[at].strip():
                shape.setText("")
                continue
            found = self._mapping.check(self._mapping.steps(upto))
            shape.setText("" if found.why and not found.shapes else ", ".join(map(shape_text, found.shapes)))
            set_style(self.lines[at], state="bad" if found.why else "")
            self.lines[at].setToolTip(found.why)

    def _step(self, op: Op) -> str:
        tensors = [item.name for item in named_tensors(self._mapping.call)]
        given = [text.partition("=")[0].strip() for text in self.texts() if "=" in text]
        last = [*(given or tensors[:1])][-1:] or ["x"]
        wanted = [spec for spec in op.inputs.values() if not spec.optional]
        operands = (last + [name for name in [*tensors, *given] if name not in last])[: max(1, len(wanted))]
        inside = [f"[{', '.join(operands)}]"] if wanted and wanted[0].many else operands
        needed = [f"{name}=" for name, spec in op.params.items() if spec.default is MISSING and not spec.type.optional]
        name = next((letter for letter in "abcdefghijk" if letter not in (*given, *tensors)), "r")
        return f"{name} = {op.name}({', '.join([*inside, *needed])})"

    def _remove(self, at: int) -> None:
        texts = self.texts()
        del texts[at]
        self.set_texts(texts or [""])
        self.changed.emit()
