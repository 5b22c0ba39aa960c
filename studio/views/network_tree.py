"""The modules of the network as a tree: class, output shape, parameters; a field narrows it down."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from studio.document import Document
from studio.picture import Module, Picture, shape_text
from studio.places import short_number, short_shape
from studio.theme import Theme
from studio.translation import tr
from studio.widgets.hint import Hint
from studio.widgets.parts import column, frame, row

Index = QModelIndex | QPersistentModelIndex
_COLUMNS = ("Module", "Output", "Weights")
_USUAL = {1: "N×512×·×·", 2: "Weights 1"}  # what mostly stands in them
_NAME = 6  # lines high: the room that names need
_LEAST = 4  # letters of a class name that still tell something
_DOT = 16  # pixels for the red dot behind a name
_MOST = 300  # rows that are shown as selected; who selects more looks at the graph
_CLASS = Qt.ItemDataRole.UserRole
_PATH = Qt.ItemDataRole.UserRole + 1
_RED = Qt.ItemDataRole.UserRole + 2
_SEARCH = Qt.ItemDataRole.UserRole + 3


@dataclass(slots=True, eq=False)
class _Row:
    module: Module
    parent: _Row | None
    at: int
    shape: str
    whole: str  # the shape with all its sizes
    unmapped: int
    below: list[_Row] = field(default_factory=list)


class ModuleModel(QAbstractItemModel):
    """The rows of one picture; the picture is replaced as a whole."""

    def __init__(self) -> None:
        super().__init__()
        self._root: _Row | None = None
        self._rows: dict[str, _Row] = {}

    def set_picture(self, picture: Picture | None) -> None:
        self.beginResetModel()
        self._rows, self._root = {}, None
        if picture is not None:
            self._fill(picture)
        self.endResetModel()

    def path_index(self, path: str) -> QModelIndex:
        """The first cell of a module's row; invalid where there is none."""
        row_ = self._rows.get(path)
        return self.createIndex(row_.at, 0, row_) if row_ is not None else QModelIndex()

    def index(self, row_: int, at: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        above = self._row(parent)
        below = above.below if above is not None else [self._root] if self._root is not None else []
        return self.createIndex(row_, at, below[row_]) if 0 <= row_ < len(below) else QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        row_ = self._row(index)
        above = row_.parent if row_ is not None else None
        return self.createIndex(above.at, 0, above) if above is not None else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if parent.column() > 0:
            return 0
        row_ = self._row(parent)
        return len(row_.below) if row_ is not None else int(self._root is not None)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(_COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> object:
        row_ = self._row(index)
        if row_ is None:
            return None
        module = row_.module
        match role:
            case Qt.ItemDataRole.DisplayRole:
                cells = (
                    module.name or module.class_name,
                    row_.shape,
                    short_number(module.parameters) if module.parameters else "",
                )
                return cells[index.column()]
            case Qt.ItemDataRole.ToolTipRole:
                said = [f"{module.path or module.class_name} · {module.class_name}"]
                if row_.shape:
                    said.append(tr("gives {0}").format(row_.whole))
                said.append(tr("{0} parameters").format(f"{module.parameters:,}"))
                if row_.unmapped:
                    said.append(tr("{0} unmapped").format(row_.unmapped))
                return "\n".join(said)
            case Qt.ItemDataRole.TextAlignmentRole if index.column() == 2:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            case _ if role == _CLASS:
                return module.class_name if module.name and index.column() == 0 else ""
            case _ if role == _PATH:
                return module.path
            case _ if role == _RED:
                return row_.unmapped
            case _ if role == _SEARCH:
                return f"{module.path} {module.class_name}"
        return None

    def _row(self, index: Index) -> _Row | None:
        found = index.internalPointer() if index.isValid() else None
        return found if isinstance(found, _Row) else None

    def _fill(self, picture: Picture) -> None:
        shapes, lost = _shapes(picture), _lost(picture)
        for module in picture.modules:
            row_ = _Row(module, None, 0, *shapes.get(module.path, ("", "")), lost.get(module.path, 0))
            self._rows[module.path] = row_
            if module.parent is None:
                self._root = row_
        for row_ in self._rows.values():
            above = self._rows.get(row_.module.parent) if row_.module.parent is not None else None
            if above is not None:
                row_.parent, row_.at = above, len(above.below)
                above.below.append(row_)


def _shapes(picture: Picture) -> dict[str, tuple[str, str]]:
    """Per module the shape of what its last node gives, short and whole; of several uses the last."""
    shapes: dict[str, tuple[str, str]] = {}
    for node in picture.nodes:
        known = [picture.values[value].shape for value in node.outputs if value in picture.values]
        text = ", ".join(dict.fromkeys(map(short_shape, known))), ", ".join(dict.fromkeys(map(shape_text, known)))
        path: str | None = node.instance if node.instance in picture.module_by_path else node.module
        while path is not None:
            shapes[path] = text
            path = picture.module_by_path[path].parent
    return shapes


def _lost(picture: Picture) -> dict[str, int]:
    lost: dict[str, int] = {}
    for node in picture.unmapped:
        path: str | None = node.module
        while path is not None:
            lost[path] = lost.get(path, 0) + 1
            path = picture.module_by_path[path].parent
    return lost


def class_shown(name: str, metrics: QFontMetrics, width: int) -> str:
    """A class name in the room that is left: a stump of a word says nothing, so then the tip says it."""
    if metrics.horizontalAdvance(name) <= width:
        return name
    cut = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width)
    return cut if 2 * len(cut) > len(name) and len(cut) > _LEAST else ""


class _Cell(QStyledItemDelegate):
    """Name, then the class in a quieter colour, and a red dot where something inside is unmapped."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), 26)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.column() == 1:
            option.palette.setColor(option.palette.ColorRole.Text, self.theme.color("muted"))
        elif index.column() == 0 and index.data(_RED):
            option.text = self._before_dot(option.text, option)

    def _before_dot(self, name: str, option: QStyleOptionViewItem) -> str:
        """As much of a name as leaves room for the dot behind it."""
        room = option.rect.width() - 8 - _DOT
        return option.fontMetrics.elidedText(name, Qt.TextElideMode.ElideRight, room)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if index.column() != 0:
            return
        name = str(index.data())
        area: QRect = option.rect.adjusted(4, 0, -4, 0)
        if index.data(_RED):
            name = self._before_dot(name, option)
        used = option.fontMetrics.horizontalAdvance(name) + 14
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(_RED):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.color("danger"))
            painter.drawEllipse(area.left() + used - 4, area.center().y() - 2, 6, 6)
            used += 12
        painter.setPen(self.theme.color("quiet"))
        rest = area.adjusted(used, 0, 0, 0)
        text = class_shown(str(index.data(_CLASS)), option.fontMetrics, rest.width())
        painter.drawText(rest, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()


class NetworkTree(QWidget):
    """Selecting rows selects modules; what is selected elsewhere is shown here."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._following = False
        self.model = ModuleModel()
        self._filtered = QSortFilterProxyModel(self)
        self._filtered.setSourceModel(self.model)
        self._filtered.setRecursiveFilteringEnabled(True)
        self._filtered.setFilterRole(_SEARCH)
        self._filtered.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._cell = _Cell(theme)
        self.tree = QTreeView()
        self.tree.setAccessibleName(self.tr("Modules of the network"))
        self.tree.setModel(self._filtered)
        self.tree.setItemDelegate(self._cell)
        self.tree.setIndentation(16)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setMinimumSectionSize(48)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for at in (1, 2):
            self.tree.header().setSectionResizeMode(at, QHeaderView.ResizeMode.Interactive)
        self._fit_columns()
        self._hint = Hint(self.tree)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Filter modules"))
        self.field.setAccessibleName(self.tr("Filter modules"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._narrow)
        head = frame("header")
        head.setLayout(row(self.field, margins=(8, 7, 8, 7)))
        self.setLayout(column(head, self.tree, gap=0))
        self.tree.selectionModel().selectionChanged.connect(lambda *_: self._chosen())
        document.results_changed.connect(self._refresh)
        document.selection_changed.connect(self._follow)
        self._picture: Picture | None = None
        self._tell()
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        self._cell.theme = theme
        self.tree.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_columns()

    def _fit_columns(self) -> None:
        """As wide as what mostly stands there, in the font that there is."""
        metrics = self.fontMetrics()
        for at, text in _USUAL.items():
            self.tree.header().resizeSection(at, metrics.horizontalAdvance(text) + 20)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Names come first: where they would have no room, the shapes give way, then the sizes."""
        header, room = self.tree.header(), self.width()
        for at in (2, 1):
            wide = self.fontMetrics().horizontalAdvance(_USUAL[at]) + 20
            self.tree.setColumnHidden(at, room - wide < _NAME * self.fontMetrics().height())
            room -= 0 if header.isSectionHidden(at) else wide

    def _refresh(self) -> None:
        picture = self._document.results.picture if self._document.results else None
        if picture is self._picture:
            return
        open_before = self._open_paths() if self._picture is not None and picture is not None else None
        self._picture = picture
        self._following = True
        self.model.set_picture(picture)
        self._following = False
        self._tell()
        if open_before is None:
            self.tree.expandToDepth(0)
        for path in open_before or ():
            self.tree.expand(self._filtered.mapFromSource(self.model.path_index(path)))
        self._follow()

    def _open_paths(self) -> list[str]:
        found: list[str] = []
        waiting = [self._filtered.index(0, 0)]
        while waiting:
            index = waiting.pop()
            if index.isValid() and self.tree.isExpanded(index):
                found.append(str(index.data(_PATH)))
                waiting += [self._filtered.index(at, 0, index) for at in range(self._filtered.rowCount(index))]
        return found

    def _narrow(self, text: str) -> None:
        self._filtered.setFilterFixedString(text.strip())
        if text.strip():
            self.tree.expandAll()
        self._tell()

    def _tell(self) -> None:
        """Why there is nothing to be seen."""
        nothing = self.tr("The modules of the network appear here.") if self._picture is None else ""
        none = self.tr("No module is called so.") if self.field.text().strip() and not self._filtered.rowCount() else ""
        self._hint.say(nothing or none)

    def _chosen(self) -> None:
        if not self._following:
            paths = [str(index.data(_PATH)) for index in self.tree.selectionModel().selectedRows()]
            self._document.select((), tuple(paths), "tree")

    def _follow(self) -> None:
        chosen = self._document.selection
        if chosen.origin == "tree" or self._picture is None:
            return
        paths = list(chosen.modules)
        for name in chosen.nodes:
            node = self._picture.node_by_id.get(name)
            if node is not None:
                made = self._picture.module_by_path.get(node.instance or "")
                paths.append(made.path if made is not None and node.instance else node.module)
        selection = QItemSelection()
        first: QModelIndex | None = None
        for path in list(dict.fromkeys(paths))[:_MOST]:
            index = self._filtered.mapFromSource(self.model.path_index(path))
            if index.isValid():
                selection.select(index, index)
                first = first or index
        self._following = True
        flags = QItemSelectionModel.SelectionFlag
        self.tree.selectionModel().select(selection, flags.ClearAndSelect | flags.Rows)
        self._following = False
        if first is not None:
            self.tree.scrollTo(first)
