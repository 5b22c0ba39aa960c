"""What reading, converting and checking said: grouped, filtered, each with the way to its place and to its remedy."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QIcon, QKeyEvent, QKeySequence, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QTreeView,
    QWidget,
)

from pivot.problems import Problem
from studio.document import Document
from studio.icons import icon
from studio.picture import Node
from studio.places import place_text
from studio.problems import field_of
from studio.theme import Theme
from studio.translation import counted
from studio.widgets.parts import column, frame, label, row

Index = QModelIndex | QPersistentModelIndex
SEVERITIES = ("error", "warning", "info")
NO_GROUPS, BY_KIND, BY_FILE, BY_CODE = range(4)
_ICONS = {"error": ("error", "danger"), "warning": ("warning", "warning"), "info": ("info", "info")}
_COLUMNS = ("What", "What to do", "Place", "Code", "Fix")
_PROBLEM = Qt.ItemDataRole.UserRole
_FIX = 4


class ProblemModel(QStandardItemModel):
    """Rows of problems, below their groups where they are grouped."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._icons: dict[str, QIcon] = {}
        self.theme = theme
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self._icons = {severity: icon(name, theme, color) for severity, (name, color) in _ICONS.items()}
        for item in self.items():
            found = item.data(_PROBLEM)
            if isinstance(found, Problem):
                item.setIcon(self._icons[found.severity])
                fix = self.itemFromIndex(item.index().siblingAtColumn(_FIX))
                fix.setForeground(theme.color("accent"))

    @property
    def problems(self) -> list[Problem]:
        """What is listed, from the top."""
        found = [item.data(_PROBLEM) for item in self.items()]
        return [problem for problem in found if isinstance(problem, Problem)]

    def show(self, problems: Iterable[Problem], grouping: int, fixable: Iterable[Problem]) -> None:
        """List other problems. `fixable` are those of which a mapping is the remedy."""
        self.clear()
        self.setHorizontalHeaderLabels([self.tr(text) for text in _COLUMNS])
        fixes = set(fixable)
        groups: dict[str, list[Problem]] = {}
        for problem in problems:
            groups.setdefault(_group(problem, grouping), []).append(problem)
        for name, listed in groups.items():
            above = self.invisibleRootItem()
            if grouping != NO_GROUPS:
                above = QStandardItem(f"{name}  ({len(listed)})")
                above.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                blanks = [QStandardItem() for _ in _COLUMNS[1:]]
                self.appendRow([above, *blanks])
            for problem in listed:
                above.appendRow(self._row(problem, problem in fixes))

    def _row(self, problem: Problem, fixable: bool) -> list[QStandardItem]:
        place = place_text(problem.file, problem.line) if problem.file else ""
        fix = self.tr("Map …") if fixable else self.tr("Set …") if field_of(problem) else ""
        texts = (problem.why, problem.remedy, place, problem.code, fix)
        made = [QStandardItem(text) for text in texts]
        made[0].setIcon(self._icons[problem.severity])
        made[0].setData(problem, _PROBLEM)
        made[0].setAccessibleText(f"{problem.severity}: {problem.why}")
        for item in made:
            item.setToolTip(str(problem))
            item.setEditable(False)
        made[_FIX].setForeground(self.theme.color("accent"))
        return made

    def items(self) -> Iterable[QStandardItem]:
        for at in range(self.rowCount()):
            top = self.item(at)
            if top is not None:
                yield top
                yield from (top.child(below) for below in range(top.rowCount()))


class _Tree(QTreeView):
    """Enter goes to the place, Ctrl+Enter to the remedy, Ctrl+C copies the line."""

    fix_wanted = Signal(QModelIndex)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            wanted = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            (self.fix_wanted if wanted else self.activated).emit(index)
        elif event.matches(QKeySequence.StandardKey.Copy) and index.isValid():
            QGuiApplication.clipboard().setText(str(index.data(Qt.ItemDataRole.ToolTipRole) or index.data()))
        else:
            super().keyPressEvent(event)


class ProblemsView(QWidget):
    """`place_opened` is emitted when a person went to a place, so that the window can show the source; `field_wanted`
    when a field of the inspector is the remedy.
    """

    place_opened = Signal()
    field_wanted = Signal(str)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._shown: tuple[object, ...] = ()
        self.model = ProblemModel(theme)
        self.table = self._make_tree()
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Filter problems"))
        self.field.setAccessibleName(self.tr("Filter problems"))
        self.field.setClearButtonEnabled(True)
        self.field.setMaximumWidth(260)
        self.field.textChanged.connect(lambda text: self._refresh())
        self.kinds = {severity: self._toggle(severity) for severity in SEVERITIES}
        self.grouping = QComboBox()
        self.grouping.setAccessibleName(self.tr("Group problems"))
        self.grouping.addItems([self.tr(text) for text in ("No Groups", "By Kind", "By File", "By Code")])
        self.grouping.currentIndexChanged.connect(lambda at: self._refresh())
        self.fix = QPushButton(self.tr("Map …"))
        self.fix.setToolTip(self.tr("Do what helps: say what a call means, or what the file leaves open (Ctrl+Enter)"))
        self.fix.setEnabled(False)
        self.fix.clicked.connect(lambda: self._fix(self.table.currentIndex()))
        head = frame("header")
        head.setLayout(row(self.field, *self.kinds.values(), self.grouping, 1, self.fix, margins=(8, 5, 8, 5)))
        self._text = label("", "muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        listed = QWidget()
        # A row has room for the beginning of a sentence: all of the chosen one stands below.
        self.detail = label("", "small", wrap=True, selectable=True)
        self.detail.setAccessibleName(self.tr("The chosen problem"))
        self.detail.setContentsMargins(12, 6, 12, 8)
        self.detail.hide()
        listed.setLayout(column(head, self.table, self.detail, gap=0))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._text)
        self._stack.addWidget(listed)
        self.setLayout(column(self._stack, gap=0))
        document.results_changed.connect(self._refresh)
        document.project_changed.connect(self._refresh)
        document.selection_changed.connect(self._follow)
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        self.model.set_theme(theme)

    def _make_tree(self) -> _Tree:
        made = _Tree()
        made.setAccessibleName(self.tr("Problems"))
        made.setModel(self.model)
        made.setUniformRowHeights(True)
        made.setAllColumnsShowFocus(True)
        made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        made.doubleClicked.connect(self._open)
        made.activated.connect(self._open)
        made.fix_wanted.connect(self._fix)
        made.clicked.connect(lambda index: self._fix(index) if index.column() == _FIX else None)
        made.selectionModel().currentChanged.connect(lambda index, _: self._judge(index))
        return made

    def _toggle(self, severity: str) -> QToolButton:
        made = QToolButton()
        made.setCheckable(True)
        made.setChecked(True)
        made.setAccessibleName(self.tr("Show {0}").format(severity))
        made.toggled.connect(lambda on: self._refresh())
        return made

    def _refresh(self, *_: object) -> None:
        problems = self._document.problems
        words = self.field.text().casefold().split()
        kept = tuple(
            problem
            for problem in problems
            if self.kinds[problem.severity].isChecked() and all(word in str(problem).casefold() for word in words)
        )
        fixable = [problem for problem in kept if self._node(problem) is not None]
        shown = (kept, tuple(fixable), self.grouping.currentIndex())
        if shown != self._shown:
            self._shown = shown
            self.model.show(kept, self.grouping.currentIndex(), fixable)
            self.table.setRootIsDecorated(self.grouping.currentIndex() != NO_GROUPS)
            self.table.expandAll()
            self._arrange()
            self._judge(self.table.currentIndex())
        for severity, button in self.kinds.items():
            count = sum(problem.severity == severity for problem in problems)
            button.setText(counted(count, severity, severity if severity == "info" else ""))
            button.setEnabled(bool(count))
        self._stack.setCurrentIndex(1 if problems else 0)
        nothing = self._document.results is None
        self._text.setText(
            self.tr("Nothing was converted yet.")
            if nothing
            else self.tr("No problems. Everything in the file was read and mapped.")
        )

    def _arrange(self) -> None:
        header = self.table.header()
        header.setStretchLastSection(False)
        for at, mode in enumerate(("Stretch", "Stretch", "ResizeToContents", "ResizeToContents", "ResizeToContents")):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode[mode])

    def _follow(self) -> None:
        """The selection is one thing: the problem of the node that is selected elsewhere is marked here."""
        chosen, results = self._document.selection, self._document.results
        picture = results.picture if results is not None else None
        if chosen.origin == "problems" or picture is None or len(chosen.nodes) != 1:
            return
        node = picture.node_by_id.get(chosen.nodes[0])
        for item in self.model.items() if node is not None and node.site is not None else ():
            problem = item.data(_PROBLEM)
            if isinstance(problem, Problem) and node is not None and node.site is not None and _is_at(problem, node):
                self.table.setCurrentIndex(item.index())
                return

    def _problem(self, index: Index) -> Problem | None:
        found = index.sibling(index.row(), 0).data(_PROBLEM) if index.isValid() else None
        return found if isinstance(found, Problem) else None

    def _node(self, problem: Problem) -> Node | None:
        """The node whose call a problem asks to map."""
        picture = self._document.results.picture if self._document.results else None
        if picture is None or problem.code not in ("unmapped", "waits", "stopped", "unwritten"):
            return None
        found = [node for node in picture.unmapped if _is_at(problem, node)]
        return next((node for node in found if node.call is not None or (node.unmapped and node.unmapped.waits)), None)

    def _judge(self, index: QModelIndex) -> None:
        problem = self._problem(index)
        mapped = problem is not None and self._node(problem) is not None
        wanted = field_of(problem) if problem is not None else ""
        self.fix.setEnabled(mapped or bool(wanted))
        self.fix.setText(self.tr("Set …") if wanted and not mapped else self.tr("Map …"))
        remedy = problem.remedy[:1].upper() + problem.remedy[1:] if problem is not None else ""
        self.detail.setText(f"{problem.why}\n{remedy}" if problem is not None else "")
        self.detail.setVisible(problem is not None)

    def _open(self, index: Index) -> None:
        problem = self._problem(index)
        if problem is not None and problem.line and problem.file:
            self._document.go_to(problem.file, problem.line, max(1, problem.column))
            self.place_opened.emit()

    def _fix(self, index: Index) -> None:
        problem = self._problem(index)
        node = self._node(problem) if problem is not None else None
        if node is not None:
            self._document.select((node.id,), (), "problems")
            self._document.ask_mapping(node.id)
        elif problem is not None and field_of(problem):
            self.field_wanted.emit(field_of(problem))


def _is_at(problem: Problem, node: Node) -> bool:
    """Is a problem about the place of a node? The files may be named from different folders."""
    site = node.site
    if site is None or problem.line != site.line or (problem.column and problem.column != site.column):
        return False
    mine, other = problem.file.replace("\\", "/"), site.file.replace("\\", "/")
    return mine.endswith(other) or other.endswith(mine)


def _group(problem: Problem, grouping: int) -> str:
    if grouping == BY_KIND:
        return {"error": "Errors", "warning": "Warnings", "info": "Remarks"}[problem.severity]
    if grouping == BY_FILE:
        return place_text(problem.file, 0)
    return problem.code if grouping == BY_CODE else ""
