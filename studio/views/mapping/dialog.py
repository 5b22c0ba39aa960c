"""The mapping of one call: what it means, for which calls, whether it is remembered, and what comes out of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QStackedWidget,
    QTabBar,
    QWidget,
)

from codegen.mapping.checking import Checked
from pivot.slots import NotationError
from studio.catalogue import Catalogue
from studio.document import Document
from studio.mapping import Mapping
from studio.op_mime import op_of
from studio.picture import shape_text
from studio.places import place_text
from studio.theme import Theme
from studio.translation import counted
from studio.views.mapping.code import CodePage
from studio.views.mapping.one_op import OneOpPage
from studio.views.mapping.steps import StepsPage
from studio.widgets.parts import badge, column, frame, label, link, row, set_badge, set_style

ONE_OP, STEPS, CODE, PASS, STOP = range(5)
PROJECT_FILE, PROJECT_FOLDER, USER_FOLDER = range(3)
_DELAY_MS = 120


class MappingDialog(QDialog):
    """Stays above the window and leaves it usable, so that ops can be dragged into it."""

    def __init__(
        self, document: Document, mapping: Mapping, catalogue: Catalogue, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self.mapping = document, mapping
        self.checked = Checked("nothing is chosen yet")
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.setWindowTitle(self.tr("Map {0}").format(mapping.call.name))
        self.resize(720, min(640, self.screen().availableGeometry().height() - 40))
        self.one_op = OneOpPage(mapping, catalogue)
        self.steps = StepsPage(mapping)
        self.code = CodePage(mapping, theme)
        self.message = QLineEdit()
        self.message.setPlaceholderText(self.tr("{0} is not mapped").format(mapping.call.where.text))
        self.message.setAccessibleName(self.tr("What the error says"))
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("What the call means"))
        self.pages = QStackedWidget()
        for at, (title, page) in enumerate(
            (
                (self.tr("One Operation"), self.one_op),
                (self.tr("Several Steps"), self.steps),
                (self.tr("Own Code"), self.code),
                (self.tr("Pass Through"), self._text_page(self.tr("The first tensor passes as it is."))),
                (self.tr("Stop"), self._stop_page()),
            )
        ):
            self.tabs.addTab(title)
            self.tabs.setTabToolTip(at, f"Ctrl+{at + 1}")
            self.pages.addWidget(page)
            shortcut = QShortcut(QKeySequence(f"Ctrl+{at + 1}"), self)
            shortcut.activated.connect(lambda at=at: self.tabs.setCurrentIndex(at))
        self._result = self._result_card()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.accept_button = QPushButton(self.tr("Map"))
        self.accept_button.setDefault(True)
        set_style(self.accept_button, role="primary")
        self.buttons.addButton(self.accept_button, QDialogButtonBox.ButtonRole.AcceptRole)
        # Else Enter in a field would give up, once Tab went over that button.
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        parts = (*self._head(), self.tabs, self.pages, self._result, *self._scope(), self.buttons)
        self.setLayout(column(*parts, gap=10, margins=(18, 16, 18, 14)))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self.judge)
        self.tabs.currentChanged.connect(self._turned)
        for page in (self.one_op, self.steps, self.code):
            page.changed.connect(self._timer.start)
        self.message.textEdited.connect(lambda text: self._timer.start())
        self._take_up()
        document.project_changed.connect(self._project_changed)

    # -- what it is made of

    def _head(self) -> list[QWidget]:
        node, place = self.mapping.node, self.mapping.place
        title = label(self.mapping.call.where.text, "title", wrap=True, selectable=True)
        parts: list[QWidget] = [title]
        line = QWidget()
        items: list[QWidget | int] = []
        if place is not None:
            where = place
            items.append(
                link(
                    place_text(where.file, where.line),
                    lambda: self._document.go_to(where.file, where.line, where.column, "mapping"),
                    self.tr("Show the place in the source"),
                )
            )
        picture = self.mapping.picture
        items.append(label(f"{picture.shape_label(node.inputs)} → {picture.shape_label(node.outputs)}", "code"))
        items.append(1)
        line.setLayout(row(*items))
        parts.append(line)
        if node.unmapped is not None:
            parts.append(label(node.unmapped.why, "small", wrap=True, selectable=True))
        return parts

    def _text_page(self, text: str) -> QWidget:
        page = QWidget()
        said = self.tr("Arguments that are left out are named in the problems.")
        page.setLayout(column(label(text, wrap=True), label(said, "small", wrap=True), 1, gap=8))
        return page

    def _stop_page(self) -> QWidget:
        page = QWidget()
        text = self.tr("The target raises NotImplementedError where the call stands, and the node stays unmapped.")
        page.setLayout(column(label(text, wrap=True), label(self.tr("It says"), "small"), self.message, 1, gap=8))
        return page

    def _result_card(self) -> QWidget:
        card = frame("card")
        self.state = badge("", "plain")
        self.shape = label("", "code", wrap=True, selectable=True)
        self.line = label("", "code", wrap=True, selectable=True)
        self.line.setAccessibleName(self.tr("The target line"))
        self.why = label("", "small", wrap=True, tone="danger")
        self.why.setAccessibleName(self.tr("What does not fit"))
        self.note = label("", "small", wrap=True, tone="warning")
        head = row(self.state, self.shape)
        head.setStretch(1, 1)  # a label that breaks its lines takes no more room than it is given
        inside = column(head, self.line, self.why, self.note, gap=6, margins=(12, 10, 12, 10))
        card.setLayout(inside)
        return card

    def _scope(self) -> list[QWidget]:
        everywhere, here = self.mapping.all, self.mapping.here
        alone = self.tr("All like this (so far this one)")
        several = self.tr("All {0} like this ({1})").format(everywhere.nodes, counted(everywhere.places, "place"))
        self.everywhere = QRadioButton(several if everywhere.nodes > 1 else alone)
        self.only_here = QRadioButton(self.tr("Only at this place ({0})").format(counted(here.nodes, "node")))
        self.everywhere.setChecked(True)
        self.remember = QComboBox()
        self.remember.setAccessibleName(self.tr("Where it is remembered"))
        for text in (
            self.tr("in this project file"),
            self.tr("for this project: every file of its folder"),
            self.tr("for me: in every project"),
        ):
            self.remember.addItem(text)
        self.only_here.toggled.connect(lambda on: self._follow_scope())
        scopes, memory = QWidget(), QWidget()
        scopes.setLayout(row(self.everywhere, self.only_here, 1, gap=18))
        memory.setLayout(row(label(self.tr("Remember"), "small"), self.remember, 1, gap=8))
        return [scopes, memory]

    def _take_up(self) -> None:
        """Begin with what was decided before: its scope, and the text of a stop."""
        before = self.mapping.before
        if before is not None and before.where is not None:
            self.only_here.setChecked(True)
        if before is not None and before.kind == "stop":
            self.message.setText(before.message)
            self.tabs.setCurrentIndex(STOP)
        elif self.mapping.node.mapped_by_hand:
            self.one_op.choose(self.mapping.node.op)
        self.judge()

    # -- what a person does

    def choose(self, op: str) -> None:
        """Take an op: of one operation it becomes the op, of several steps the next one."""
        if self.tabs.currentIndex() == STEPS:
            self.steps.choose(op)
        else:
            self.tabs.setCurrentIndex(ONE_OP)
            self.one_op.choose(op)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if op_of(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        op = op_of(event.mimeData())
        if op is not None:
            event.acceptProposedAction()
            self.choose(op)

    def judge(self) -> None:
        """Say what the mapping gives, or why it does not work."""
        self._timer.stop()
        page, left_out = self.tabs.currentIndex(), list[str]()
        try:
            self._text = self._op_text(page)
        except NotationError as error:
            self._text, self.checked, wrong = "", Checked(error.why), True
        else:
            missing = self.tr("Choose an operation.") if page == ONE_OP else self.tr("Write a step.")
            self.checked = self.mapping.check(self._text) if self._text else Checked("" if page == STOP else missing)
            wrong = bool(self._text and self.checked.why)  # nothing is wrong before anything was chosen
        if page == ONE_OP:
            left_out = self.one_op.left_out()
        elif page == STEPS:
            self.steps.judge()
        self._tell(page, left_out, wrong)

    def accept(self) -> None:
        """Decide, if the mapping works; one undo step."""
        self.judge()
        if not self.accept_button.isEnabled():
            return
        only_here = self.only_here.isChecked()
        page = self.tabs.currentIndex()
        if page == STOP:
            decision = self.mapping.stop(self.message.text().strip(), only_here)
        else:
            said = {ONE_OP: self.one_op.said, STEPS: self.steps.said, CODE: self.code.said, PASS: "nothing"}[page]
            decision = self.mapping.decision(self._text, said, only_here, self._remembered())
        super().accept()
        self._document.decide(decision)

    def _remembered(self) -> str:
        if not self.remember.isEnabled():
            return ""
        return {PROJECT_FOLDER: "project", USER_FOLDER: "user"}.get(self.remember.currentIndex(), "")

    # -- following

    def _op_text(self, page: int) -> str:
        if page == ONE_OP:
            return self.one_op.op_text()
        if page == STEPS:
            return self.steps.op_text()
        if page == CODE:
            return self.code.op_text()
        return self.mapping.passing() if page == PASS else ""

    def _turned(self, page: int) -> None:
        if page == STEPS and not self.steps.lines:
            self.steps.set_texts([""])
            if self.one_op.op is not None:
                self.steps.choose(self.one_op.op.name)
        self.pages.setCurrentIndex(page)
        self._follow_scope()
        self.judge()

    def _follow_scope(self) -> None:
        self.remember.setEnabled(not self.only_here.isChecked() and self.tabs.currentIndex() != STOP)

    def _tell(self, page: int, left_out: list[str], wrong: bool) -> None:
        found = self.checked
        fits = not found.why
        said = self.tr("fits") if fits else self.tr("does not fit") if wrong else self.tr("not yet")
        set_badge(self.state, said, "success" if fits else "danger" if wrong else "plain")
        if page == STOP and fits:
            set_badge(self.state, self.tr("stops"), "warning")
        shapes = ", ".join(map(shape_text, found.shapes))
        taken = self.mapping.picture.shape_label(self.mapping.node.outputs)
        self.shape.setText(f"→ {shapes}" if shapes else "")
        self.line.setText(self._target_line(found.line))
        self.line.setVisible(bool(found.line))
        self.why.setText(found.why)
        set_style(self.why, tone="danger" if wrong else "")
        self.why.setVisible(bool(found.why))
        notes = [self.tr("left out: {0}").format(", ".join(left_out))] if left_out else []
        if shapes and self.mapping.node.unmapped is not None and shapes != taken:
            notes.append(self.tr("it was taken to give {0}; what follows is read again").format(taken))
        self.note.setText("; ".join(notes))
        self.note.setVisible(bool(notes))
        self.accept_button.setEnabled(fits)
        self.accept_button.setText(self.tr("Stop Here") if page == STOP else self.tr("Map"))
        set_style(self._result, tone="danger" if wrong else "")

    def _target_line(self, call: str) -> str:
        """The source line with the call in the target's words, where the call is the whole site."""
        site = self.mapping.node.site
        if not call or site is None or self.mapping.call.kind == "layer":
            return call
        text = self._document.text(site.file) or ""
        lines = text.splitlines()
        if site.line != site.end_line or not 0 < site.line <= len(lines):
            return call
        whole = lines[site.line - 1]
        return f"{whole[: site.column - 1]}{call}{whole[site.end_column - 1 :]}".strip()

    def _project_changed(self, before: object, after: object) -> None:
        if after is None:
            self.reject()
