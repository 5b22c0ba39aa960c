"""Completes what is typed to an op: found by any of its names in any framework, shown by its title."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCompleter

from studio.catalogue import Catalogue

_WORDS = Qt.ItemDataRole.UserRole


def titles_of(catalogue: Catalogue) -> Mapping[str, str]:
    """The title of each op by name; where several have the same, the name stands behind it."""
    count = Counter(entry.title.casefold() for entry in catalogue.entries)
    return {
        entry.name: entry.title if count[entry.title.casefold()] == 1 else f"{entry.title} ({entry.name})"
        for entry in catalogue.entries
    }


class OpCompleter(QCompleter):
    """Matches anywhere in the words of an op and completes to its title."""

    def __init__(self, catalogue: Catalogue, titles: Mapping[str, str], parent: QObject) -> None:
        super().__init__(parent)
        model = QStandardItemModel(self)
        for entry in catalogue.entries:
            item = QStandardItem(titles[entry.name])
            item.setData(f"{entry.title} {entry.words}", _WORDS)
            item.setToolTip(entry.signature)
            model.appendRow(item)
        self.setModel(model)
        self.setCompletionRole(_WORDS)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchContains)

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        return str(index.data(Qt.ItemDataRole.DisplayRole) or "")
