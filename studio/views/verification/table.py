"""The table of the verification: one line per compared node and output, the error also drawn on a scale of decades."""

from __future__ import annotations

import math

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from studio.catalogue import op_title
from studio.document import Document
from studio.picture import Span
from studio.places import place_text
from studio.report import Comparison, Report, part_of, within
from studio.theme import Theme
from studio.translation import tr
from studio.widgets.parts import label

Index = QModelIndex | QPersistentModelIndex
_COLUMNS = ("Operation", "Path", "float64", "", "float32", "Source", "Target")
_PATH, _BAR, _SINGLE, _SOURCE, _TARGET = 1, 3, 4, 5, 6
_NARROW = 640  # pixels; a narrower table leaves out the lines, which a selected row shows in the code
_SORT = Qt.ItemDataRole.UserRole


class ComparisonModel(QAbstractTableModel):
    """Nodes in the order of the network, outputs at the end."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.rows: tuple[Comparison, ...] = ()
        self._ops: tuple[str, ...] = ()
        self.gate = 1e-12
        self.one_file = (True, True)  # whether all lines are of one source, and of one target

    def set_report(self, report: Report | None) -> None:
        rows = report.rows if report is not None else ()
        if rows != self.rows:
            self.beginResetModel()
            self._ops = tuple(tr("Output") if row.is_output else op_title(row.op) for row in rows)
            self.rows, self.gate = rows, report.gate if report is not None else 1e-12
            places = ([row.source for row in rows], [row.target for row in rows])
            one, other = (len({place.file for place in side if place is not None}) <= 1 for side in places)
            self.one_file = (one, other)
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(_COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> object:
        item = self.rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (
                    self._ops[index.row()],
                    item.path if item.path != item.id else "",
                    _error(item.error),
                    "",
                    _error(item.single),
                    _line(item.source, self.one_file[0]),
                    _line(item.target, self.one_file[1]),
                )[index.column()]
            case Qt.ItemDataRole.ForegroundRole:
                if index.column() == 2 and within(item.error, self.gate) is False:
                    return self.theme.color("danger")
                return self.theme.color("muted") if index.column() in (4, 5, 6) else None
            case _ if role == _SORT:
                return self._sort_key(item, index.row(), index.column())
            case Qt.ItemDataRole.ToolTipRole:
                said = [f"{self._ops[index.row()]} {item.path}"]
                if item.error is not None:
                    said.append(tr("relative error {0}").format(_error(item.error)))
                if item.maximum is not None:
                    said.append(tr("largest value {0:.3g}").format(item.maximum))
                if item.single is not None:
                    said.append(tr("{0} in float32").format(_error(item.single)))
                places = [place_text(place.file, place.line) for place in (item.source, item.target) if place]
                return "\n".join((*said, " → ".join(places)))
        return None

    def _sort_key(self, item: Comparison, row: int, at: int) -> str | float | int:
        """By error where the column shows one, by name, or in the order of the network."""
        match at:
            case 0 | 1:
                return (self._ops[row], item.path)[at]
            case 2 | 3:
                return _rank(item.error)
            case 4:
                return _rank(item.single)
            case 5 if item.source is not None:
                return f"{item.source.file}:{item.source.line:06d}"
            case 6 if item.target is not None:
                return f"{item.target.file}:{item.target.line:06d}"
        return row


def _line(place: Span | None, one_file: bool) -> str:
    """The line, with its file where there are several."""
    if place is None:
        return ""
    return tr("line {0}").format(place.line) if one_file else place_text(place.file, place.line)


class _ErrorBar(QStyledItemDelegate):
    """The error from 1e-18 to 1 on a logarithmic scale, with the gate as a tick."""

    def __init__(self, model: ComparisonModel) -> None:
        super().__init__()
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        row = index.model().mapToSource(index).row()  # type: ignore[attr-defined]
        item = self._model.rows[row]
        area = QRectF(option.rect).adjusted(6, 0, -10, 0)
        theme = self._model.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(area.left(), area.center().y() - 2.5, area.width(), 5)
        painter.setBrush(theme.color("hover"))
        painter.drawRoundedRect(track, 2.5, 2.5)
        part = part_of(item.error)
        if part is not None:
            painter.setBrush(theme.color("success" if within(item.error, self._model.gate) else "danger"))
            painter.drawRoundedRect(QRectF(track.left(), track.top(), max(5.0, track.width() * part), 5), 2.5, 2.5)
        gate = track.left() + track.width() * (part_of(self._model.gate) or 0.0)
        painter.setBrush(theme.color("faint"))
        painter.drawRect(QRectF(gate, track.top() - 3, 1, 11))
        painter.restore()


class ComparisonTable(QStackedWidget):
    """Choosing a line selects the node everywhere; a click on a title sorts, a third one shows the network's order.

    `row_chosen` carries the number of the line in the report.
    """

    row_chosen = Signal(int)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._following = False
        self.model = ComparisonModel(theme)
        self.table = QTableView()
        self.table.setAccessibleName(self.tr("Errors of nodes and outputs"))
        self.sorted = QSortFilterProxyModel(self)
        self.sorted.setSourceModel(self.model)
        self.sorted.setSortRole(_SORT)
        self.table.setModel(self.sorted)
        self.table.setSortingEnabled(True)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._bar = _ErrorBar(self.model)
        self.table.setItemDelegateForColumn(_BAR, self._bar)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        self.sorted.sort(-1)
        header.setResizeContentsPrecision(80)
        for at in range(len(_COLUMNS)):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_PATH, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(_BAR, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(_BAR, 120)
        header.sectionResized.connect(lambda section, before, now: self._fit(section))
        self.table.viewport().installEventFilter(self)
        self._empty = label(self.tr("The errors of every node appear here."), "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addWidget(self._empty)
        self.addWidget(self.table)
        self.table.selectionModel().currentRowChanged.connect(lambda index, _: self._chosen(index))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In a small window the errors are what has to be seen."""
        if event.type() == QEvent.Type.Resize and watched is self.table.viewport():
            narrow = self.table.viewport().width() < _NARROW
            for column in (_SOURCE, _TARGET):
                self.table.setColumnHidden(column, narrow)
            self.table.horizontalHeader().resizeSection(_BAR, 60 if narrow else 120)
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self, section: int = -1) -> None:
        """The path takes what the others leave; a column that Qt stretches stays too wide where nothing is left."""
        if section != _PATH:
            header = self.table.horizontalHeader()
            left = self.table.viewport().width() - header.length() + header.sectionSize(_PATH)
            header.resizeSection(_PATH, max(header.minimumSectionSize(), left))

    def set_theme(self, theme: Theme) -> None:
        self.model.theme = theme
        self.table.viewport().update()

    def set_report(self, report: Report | None) -> None:
        """Show the lines of a report, or that there is none."""
        self.model.set_report(report)
        # Mostly only outputs are run in float32: those say it in their tip, and a column of blanks says nothing.
        nodes = [item for item in self.model.rows if not item.is_output]
        self.table.setColumnHidden(_SINGLE, all(item.single is None for item in nodes))
        self.setCurrentIndex(1 if self.model.rows else 0)

    def go_to(self, row: int) -> None:
        """Choose a line of the report, as if by hand."""
        self.table.setCurrentIndex(self.sorted.mapFromSource(self.model.index(row, 0)))

    def follow(self, nodes: tuple[str, ...]) -> int:
        """Mark the line of a node that was selected elsewhere; its number, or -1."""
        row = next((at for at, item in enumerate(self.model.rows) if item.id in nodes and not item.is_output), -1)
        self._following = True
        if row >= 0:
            self.go_to(row)
        else:
            self.table.clearSelection()
        self._following = False
        return row

    def _chosen(self, index: Index) -> None:
        if not index.isValid() or self._following:
            return
        row = self.sorted.mapToSource(index).row()
        item = self.model.rows[row]
        self.row_chosen.emit(row)
        if item.id and not item.is_output:
            self._document.select((item.id,), (), "verification")
        elif item.source is not None:
            self._document.go_to(item.source.file, item.source.line, item.source.column, "verification")


def _error(error: float | None) -> str:
    return "" if error is None else "0" if error == 0 else f"{error:.1e}"


def _rank(error: float | None) -> float:
    """NaN and infinity stand behind every number, what was not measured before all."""
    if error is None:
        return -1.0
    return math.inf if math.isnan(error) else error
