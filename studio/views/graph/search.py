"""The bar to search with: what is found is counted, walked through, and shown on the canvas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from studio.views.graph.colors import GraphColors
from studio.views.graph.find import Hit
from studio.views.graph.overlay import Overlay

WIDTH, LEAST = 230, 60  # pixels of the line


class SearchBar(Overlay):
    """`found` carries the hit to show (a `Hit`); `closed` is sent when the bar is put away."""

    found = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget, colors: GraphColors) -> None:
        super().__init__(parent, colors)
        self._find: Callable[[str], tuple[Hit, ...]] = lambda query: ()
        self.hits: tuple[Hit, ...] = ()
        self.at = -1
        self.setAccessibleName(self.tr("Search in the network"))
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(self.tr("Name, op, class, shape or attribute"))
        self.line.setAccessibleName(self.tr("Search for"))
        self.line.setFixedWidth(WIDTH)
        self.line.setClearButtonEnabled(False)
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.count = QLabel(self)
        self.count.setAccessibleName(self.tr("Number of hits"))
        self.count.setMinimumWidth(64)
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        before = self.button(self.tr("Previous"), self.tr("Previous (Shift+Enter)"), "previous")
        after = self.button(self.tr("Next"), self.tr("Next (Enter)"), "next")
        close = self.button(self.tr("Close search"), self.tr("Close (Esc)"), "cross")
        before.clicked.connect(lambda: self.step(-1))
        after.clicked.connect(lambda: self.step(1))
        close.clicked.connect(self.put_away)
        for widget in (self.line, self.count, before, after, close):
            self.row.addWidget(widget)
        self.hide()

    def search_with(self, find: Callable[[str], tuple[Hit, ...]]) -> None:
        """Search another network; a query that stands in the bar is asked again, without moving the canvas."""
        self._find = find
        self.hits = find(self.line.text())
        self.at = -1
        self._tell()

    def set_room(self, width: int) -> None:
        """In a narrow view the line gets shorter, and the number of hits gives way."""
        self.count.setVisible(width >= WIDTH + self.count.minimumWidth())
        rest = self.sizeHint().width() - self.line.width()
        self.line.setFixedWidth(max(LEAST, min(WIDTH, width - rest)))
        self.adjustSize()

    def open(self) -> None:
        """Show the bar and write into it."""
        self.show()
        self.raise_()
        self.line.setFocus()
        self.line.selectAll()

    def put_away(self) -> None:
        """Hide the bar; the query stays for the next time."""
        self.hide()
        self.closed.emit()

    def step(self, by: int) -> None:
        """Go to the next or previous hit, round the ends."""
        if self.hits:
            self.at = (self.at + by) % len(self.hits) if self.at >= 0 or by > 0 else len(self.hits) - 1
            self._tell()
            self.found.emit(self.hits[self.at])

    def _search(self, query: str) -> None:
        self.hits = self._find(query)
        self.at = -1
        if self.hits:
            self.step(1)
        else:
            self._tell()

    def _tell(self) -> None:
        empty = not self.line.text().strip()
        if empty:
            text = ""
        elif not self.hits:
            text = self.tr("none")
        else:
            text = f"{self.at + 1} / {len(self.hits)}" if self.at >= 0 else str(len(self.hits))
        self.count.setText(text)
        alert = "true" if not empty and not self.hits else "false"
        if self.count.property("alert") != alert:
            self.count.setProperty("alert", alert)
            self.count.style().unpolish(self.count)
            self.count.style().polish(self.count)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self.step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.put_away()
                return True
        return super().eventFilter(watched, event)
