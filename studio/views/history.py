"""The history: every edit by its name, and the way to any of them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.document import Document
from studio.widgets.parts import label

_STEP = Qt.ItemDataRole.UserRole


class HistoryView(QWidget):
    """One line per edit, the oldest first; Enter or a double click goes there. What was undone is greyed, and so is
    what was done before the project was saved: that is only told.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._shown: tuple[tuple[str, ...], int, tuple[str, ...] | None] = ((), -1, None)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("History of edits"))
        self.list.setUniformItemSizes(True)
        self.list.itemActivated.connect(lambda item: self._go(item.data(_STEP)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        self._hint = label(
            self.tr("Every edit gets a line here. Enter or a double click on a line goes back to it."),
            "muted",
            wrap=True,
        )
        self._hint.setContentsMargins(12, 6, 12, 10)
        layout.addWidget(self._hint)
        document.project_changed.connect(lambda before, after: self._refresh())
        self._refresh()

    def labels(self) -> list[str]:
        """The lines as they are shown."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    def _refresh(self) -> None:
        labels, at = self._document.steps()
        project = self._document.project
        shown = (labels, at, project.history if project is not None else None)
        if shown == self._shown:
            return
        self._shown = shown
        self._hint.setVisible(not labels)
        self.list.clear()
        if project is None:
            return
        for text in project.history:
            item = QListWidgetItem(text[:1].upper() + text[1:])
            item.setForeground(self.palette().placeholderText())
            item.setToolTip(self.tr("Done before it was saved: it cannot be undone any more"))
            self.list.addItem(item)
        for step, text in enumerate((self.tr("Opened"), *labels)):
            item = QListWidgetItem(text[:1].upper() + text[1:])
            item.setData(_STEP, step)
            if step > at:
                item.setForeground(self.palette().placeholderText())
                item.setToolTip(self.tr("Undone; go here to do it again"))
            elif step == at:
                font = item.font()
                font.setBold(True)
                item.setFont(font)
            self.list.addItem(item)
        self.list.setCurrentRow(len(project.history) + at)
        self.list.scrollToItem(self.list.item(len(project.history) + at))

    def _go(self, step: int | None) -> None:
        if step is not None:
            self._document.go_to_step(step)
