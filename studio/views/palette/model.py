"""Ops below their families, as a tree that can be dragged from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QMimeData, QModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from studio.catalogue import OpEntry
from studio.op_mime import MIME, op_data
from studio.translation import tr

NAME = Qt.ItemDataRole.UserRole
FAMILY = Qt.ItemDataRole.UserRole + 1
QUIET = Qt.ItemDataRole.UserRole + 2
WORDS = Qt.ItemDataRole.UserRole + 3


class OpModel(QStandardItemModel):
    """A row per family, below it a row per op. A row of an op knows its NAME, FAMILY and the WORDS it is found by."""

    def set_entries(self, entries: Iterable[OpEntry]) -> None:
        """Show other ops, given by family."""
        self.clear()
        families: dict[str, QStandardItem] = {}
        for entry in entries:
            if entry.family not in families:
                families[entry.family] = made = QStandardItem(tr(entry.family.capitalize()))
                made.setData(entry.family, FAMILY)
                made.setData("", WORDS)
                made.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self.appendRow(made)
            families[entry.family].appendRow(_row(entry))
        for name, item in families.items():
            item.setData(str(item.rowCount()), QUIET)
            item.setAccessibleText(self.tr("%n ops", "", item.rowCount()).replace("%n", str(item.rowCount())))
            item.setToolTip(name)

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """What a drag of one op carries; families cannot be dragged."""
        names = [str(index.data(NAME)) for index in indexes if index.data(NAME)]
        return op_data(names[0]) if names else QMimeData()

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction


class Narrowed(QSortFilterProxyModel):
    """The rows that hold all words that were typed; those whose name begins with them do not move, they are few."""

    def __init__(self) -> None:
        super().__init__()
        self.setRecursiveFilteringEnabled(True)
        self._words: tuple[str, ...] = ()

    def narrow(self, text: str) -> None:
        """Show what holds all the words."""
        self.beginFilterChange()
        self._words = tuple(text.casefold().split())
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, row: int, parent: QModelIndex) -> bool:  # type: ignore[override]
        words = str(self.sourceModel().index(row, 0, parent).data(WORDS) or "")
        return bool(words) and all(word in words for word in self._words) if self._words else True


def _row(entry: OpEntry) -> QStandardItem:
    made = QStandardItem(entry.title)
    made.setData(entry.name, NAME)
    made.setData(entry.family, FAMILY)
    made.setData(entry.name, QUIET)
    made.setData(entry.words, WORDS)
    origin = {"user": tr("yours"), "project": tr("of this project")}.get(entry.origin, "")
    lines = [entry.title, entry.signature, origin, tr("Drag it onto the graph, or press Enter to use it")]
    made.setToolTip("\n".join(filter(None, lines)))
    made.setData(f"{entry.title}, {entry.name}", Qt.ItemDataRole.AccessibleTextRole)
    made.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled)
    return made
