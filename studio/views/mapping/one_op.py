"""The page that maps a call to one op: its arguments matched, each to be changed, and what the call does not give."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QPushButton, QScrollArea, QWidget

from codegen.mapping.matching import Draft, Row, choices, is_needed, unsaid
from pivot.op import Op
from pivot.slots import MISSING
from studio.catalogue import Catalogue
from studio.mapping import Mapping
from studio.picture import shape_text
from studio.translation import tr
from studio.views.mapping.completing import OpCompleter, titles_of
from studio.views.mapping.words import meaning_of, meaning_text, type_text
from studio.widgets.parts import badge, clear, column, label, row, set_style

_BY = {"name": "info", "position": "plain", "type": "warning", "hand": "success"}


class OneOpPage(QWidget):
    """`changed` is emitted when the mapping is another one; `draft` is None while no op is chosen."""

    changed = Signal()

    def __init__(self, mapping: Mapping, catalogue: Catalogue) -> None:
        super().__init__()
        self._mapping = mapping
        self.draft: Draft | None = None
        self.op: Op | None = None
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Operation: type its name, or drop one from the palette"))
        self.field.setAccessibleName(self.tr("Operation"))
        self.field.setClearButtonEnabled(True)
        self._titles = titles_of(catalogue)
        completer = OpCompleter(catalogue, self._titles, self)
        completer.activated.connect(self._typed)
        self.field.setCompleter(completer)
        self.field.textEdited.connect(self._typed)
        chips = row(label(self.tr("Nearest"), "small"), gap=6)
        lost = mapping.node.unmapped
        self.suggestions: list[QPushButton] = []
        for name in lost.suggestions[:3] if lost is not None else ():
            found = mapping.op(name)
            made = QPushButton(found.title if found is not None else name)
            made.setToolTip(found.law if found is not None and found.law else name)
            made.setAutoDefault(False)
            made.clicked.connect(partial(self.choose, name))
            self.suggestions.append(made)
            chips.addWidget(made)
        chips.addStretch(1)
        self._title = label("", "small", wrap=True)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 2)
        self.meanings: list[QComboBox] = []
        self.values: dict[str, QLineEdit] = {}
        inner = QWidget()
        inner.setProperty("role", "page")
        inner.setLayout(column(self._grid, 1, margins=(2, 4, 8, 4)))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the field that has the focus
        none = self.tr("No operation is close by name and arguments: choose one, compose several, or write own code.")
        self._none = label(none if lost is not None and not self.suggestions else "", "small", wrap=True)
        near = chips if self.suggestions else self._none
        parts = [self.field, near, self._title, area]
        self.setLayout(column(*parts, gap=8))
        self.setFocusProxy(self.field)
        self._show()

    def _empty(self) -> QWidget:
        return label(
            self.tr(
                "The arguments of the call appear here, each beside the parameter of the operation that it becomes."
            ),
            "muted",
            wrap=True,
        )

    def choose(self, name: str, typed: bool = False) -> None:
        """Take an op; its arguments are matched anew. What is being typed is not written over."""
        op = self._mapping.op(name)
        if op is None:
            return
        self.op = op
        if not typed:
            self.field.setText(self._titles.get(op.name, op.name))
        self.draft = self._mapping.draft(op)
        self._show()
        self.changed.emit()

    @property
    def said(self) -> str:
        """What the call is mapped to, for the history."""
        return self.op.name if self.op is not None else ""

    def op_text(self) -> str:
        """The op file of the mapping; "" while no op is chosen."""
        return self._mapping.one_op(self.draft) if self.draft is not None else ""

    def left_out(self) -> list[str]:
        """The arguments that say something and are not carried."""
        rows = (*self.draft.rows, *self.draft.applied) if self.draft is not None else ()
        return [_name(item) for item in rows if item.meaning == "_" and item.argument.value != "None"]

    def _typed(self, text: str) -> None:
        wanted = text.strip().casefold()
        name = next((name for name, title in self._titles.items() if title.casefold() == wanted), text.strip())
        if self._mapping.op(name) is not None:
            self.choose(name, typed=True)
            return
        if self.draft is not None:
            self.draft = self.op = None
            self._show()
            self.changed.emit()

    def _show(self) -> None:
        clear(self._grid)
        self.meanings.clear()
        self.values.clear()
        op, draft = self.op, self.draft
        self._none.setVisible(op is None and bool(self._none.text()))
        self._title.setText("" if op is None else op.law)
        self._title.setVisible(bool(self._title.text()))
        if op is None or draft is None:
            self._grid.addWidget(self._empty(), 0, 0, 1, 4)
            return
        for at, text in enumerate((self.tr("ARGUMENT"), self.tr("VALUE"), self.tr("MEANS"), self.tr("BY"))):
            self._grid.addWidget(label(text, "section"), 0, at)
        for applied, rows in ((False, draft.rows), (True, draft.applied)):
            for index, item in enumerate(rows):
                self._argument(op, item, index, applied)
        rest = unsaid(draft, op)
        if rest:
            self._grid.addWidget(
                label(self.tr("PARAMETERS THE CALL DOES NOT GIVE"), "section"), self._grid.rowCount(), 0, 1, 4
            )
        for name in rest:
            self._parameter(op, draft, name)
        # What is made anew would come behind everything else that Tab goes through.
        before: QWidget = self.suggestions[-1] if self.suggestions else self.field
        for part in (*self.meanings, *self.values.values()):
            QWidget.setTabOrder(before, part)
            before = part

    def _argument(self, op: Op, item: Row, index: int, applied: bool) -> None:
        at = self._grid.rowCount()
        argument = item.argument
        shown = ", ".join(shape_text(shape) for shape in argument.shapes) or argument.value or "?"
        box = QComboBox()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItems([meaning_text(one) for one in choices(op, self._mapping.call, self._mapping.source, argument)])
        box.setCurrentText(meaning_text(item.meaning))
        box.setAccessibleName(self.tr("Meaning of {0}").format(_name(item)))
        box.setToolTip(self.tr("An input or a parameter of the operation, as op files write it, or left out"))
        set_style(box, role="code")
        mark = badge(tr(item.by or "nothing"), _BY.get(item.by, "danger"))
        box.currentTextChanged.connect(partial(self._meant, index, applied, mark))
        self.meanings.append(box)
        self._grid.addWidget(label(_name(item), "code"), at, 0)
        self._grid.addWidget(label(shown, "code", wrap=True), at, 1)
        self._grid.addWidget(box, at, 2)
        self._grid.addWidget(mark, at, 3)

    def _parameter(self, op: Op, draft: Draft, name: str) -> None:
        at = self._grid.rowCount()
        spec = op.params[name]
        field = QLineEdit(dict(draft.constants).get(name, ""))
        default = self.tr("needed") if is_needed(op, name) else repr(None if spec.default is MISSING else spec.default)
        field.setPlaceholderText(default)
        field.setAccessibleName(self.tr("Parameter {0}").format(name))
        set_style(field, role="code", state="bad" if is_needed(op, name) and not field.text() else "")
        field.textEdited.connect(partial(self._given, name, field))
        self.values[name] = field
        self._grid.addWidget(label(name, "code"), at, 0)
        self._grid.addWidget(label(type_text(spec.type), "small"), at, 1)
        self._grid.addWidget(field, at, 2, 1, 2)

    def _meant(self, index: int, applied: bool, mark: QWidget, text: str) -> None:
        if self.draft is not None:
            self.draft = self.draft.with_row(index, meaning_of(text), applied)
            set_style(mark, badge="success")
            mark.setText(self.tr("hand"))  # type: ignore[attr-defined]
            self.changed.emit()

    def _given(self, name: str, field: QLineEdit, text: str) -> None:
        if self.draft is not None and self.op is not None:
            self.draft = self.draft.with_constant(name, text)
            set_style(field, state="bad" if is_needed(self.op, name) and not text.strip() else "")
            self.changed.emit()


def _name(item: Row) -> str:
    argument = item.argument
    return f"{argument.keyword}={argument.text}" if argument.keyword is not None else argument.text
