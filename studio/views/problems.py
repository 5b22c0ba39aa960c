"""What reading, converting and checking said: one line per problem; a double click goes to the place."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication, QIcon, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStackedLayout, QTableView, QVBoxLayout, QWidget

from pivot.problems import Problem
from studio.document import Document
from studio.icons import icon
from studio.places import place_text
from studio.theme import Theme
from studio.widgets.parts import label

Index = QModelIndex | QPersistentModelIndex
_COLUMNS = ("", "What", "What to do", "Place", "Code")
_ICONS = {"error": ("error", "danger"), "warning": ("warning", "warning"), "info": ("info", "info")}


class ProblemModel(QAbstractTableModel):
    """The problems in order of weight."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.problems: tuple[Problem, ...] = ()
        self._icons: dict[str, QIcon] = {}
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._icons = {severity: icon(name, theme, color) for severity, (name, color) in _ICONS.items()}
        if self.problems:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.problems) - 1, 0))

    def set_problems(self, problems: tuple[Problem, ...]) -> None:
        self.beginResetModel()
        self.problems = problems
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.problems)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> object:
        problem = self.problems[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                place = place_text(problem.file, problem.line) if problem.file else ""
                return ("", problem.why, problem.remedy, place, problem.code)[index.column()]
            case Qt.ItemDataRole.DecorationRole if index.column() == 0:
                return self._icons[problem.severity]
            case Qt.ItemDataRole.ToolTipRole:
                return str(problem)
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == 0:
                return problem.severity
        return None


class _Table(QTableView):
    """Enter goes to the place, Ctrl+C copies the line."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.activated.emit(index)
        elif event.matches(QKeySequence.StandardKey.Copy) and index.isValid():
            QGuiApplication.clipboard().setText(str(index.data(Qt.ItemDataRole.ToolTipRole)))
        else:
            super().keyPressEvent(event)


class ProblemsView(QWidget):
    """`place_opened` is emitted when a person went to a place, so that the window can show the source."""

    place_opened = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.model = ProblemModel(theme)
        self.table = _Table()
        self.table.setAccessibleName("Problems")
        self.table.setModel(self.model)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(28)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        for at, mode in enumerate(("Fixed", "Stretch", "Stretch", "ResizeToContents", "ResizeToContents")):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode[mode])
        self.table.setColumnWidth(0, 34)
        self.table.doubleClicked.connect(self._open)
        self.table.activated.connect(self._open)
        self._empty = QWidget()
        self._text = label("", "muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        middle = QVBoxLayout(self._empty)
        middle.addWidget(self._text)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.table)
        document.results_changed.connect(self._refresh)
        document.project_changed.connect(self._refresh)
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        self.model.set_theme(theme)

    def _refresh(self, *_: object) -> None:
        problems = self._document.problems
        if problems != self.model.problems:
            self.model.set_problems(problems)
        self._stack.setCurrentIndex(1 if problems else 0)
        nothing = self._document.results is None
        self._text.setText(
            "Nothing was converted yet." if nothing else "No problems. Everything in the file was read and mapped."
        )

    def _open(self, index: Index) -> None:
        problem = self.model.problems[index.row()]
        if problem.line and problem.file:
            self._document.go_to(problem.file, problem.line, max(1, problem.column))
            self.place_opened.emit()
