"""A field and a list: type some letters of a command, Enter runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.theme import Theme
from studio.widgets.hint import Hint
from studio.widgets.parts import give_focus_back, set_style

_MOST = 60
_KEYS = Qt.ItemDataRole.UserRole
_ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One command of the palette; `words` are further names that it is found by, in small letters."""

    title: str
    group: str
    keys: str
    enabled: bool
    run: Callable[[], object]
    words: str = ""


def score(wanted: str, text: str) -> int | None:
    """How well a command fits what was typed, higher is better; None if its letters do not occur in order.

    The text itself beats a beginning of a word, that beats the middle of one, and scattered letters come last.
    """
    wanted, text = " ".join(wanted.casefold().split()), text.casefold()
    found = text.find(wanted)
    if found >= 0:
        begins = found == 0 or not text[found - 1].isalnum()
        return (2_000 if begins else 1_000) - found
    total, at = 0, -1
    for letter in wanted.replace(" ", ""):
        found = text.find(letter, at + 1)
        if found < 0:
            return None
        total -= found - at - 1
        at = found
    return total


def _rated(wanted: str, entry: Entry) -> int | None:
    found = score(wanted, f"{entry.title} {entry.group}")
    typed = " ".join(wanted.casefold().split())
    return max(found or 0, 500) if typed and typed in entry.words else found


class CommandPalette(QFrame):
    """Lies over its parent; it closes when a command was run, on Escape, or when something else gets the focus."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._parent = parent
        set_style(self, role="palette")
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(36)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(0, 0, 0, 90))
        self.setGraphicsEffect(shadow)
        self._focus_before: QWidget | None = None
        self.hide()
        self._entries: Sequence[Entry] = ()
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Type a command"))
        self.field.setAccessibleName(self.tr("Command"))
        self.field.textChanged.connect(self._narrow)
        self.field.installEventFilter(self)
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.clicked.connect(lambda index: self._run(index.row()))
        self._model = QStandardItemModel(self)
        self.list.setModel(self._model)
        self._hint = Hint(self.list)
        self._delegate = _Line(theme)
        self.list.setItemDelegate(self._delegate)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 6)
        layout.setSpacing(0)
        layout.addWidget(self.field)
        layout.addWidget(self.list)

    def set_theme(self, theme: Theme) -> None:
        self._delegate.theme = theme

    def open(self, entries: Sequence[Entry], asked: str = "") -> None:
        """Show the commands over the upper middle of the parent; `asked` says what is to be typed."""
        self._entries = entries
        self.field.setPlaceholderText(asked or self.tr("Type a command"))
        self.field.setAccessibleName(asked or self.tr("Command"))
        self.field.clear()
        self._narrow("")
        parent = self._parent
        width = min(620, parent.width() - 40)
        self.resize(width, min(430, parent.height() - 80))
        self.move((parent.width() - width) // 2, 70)
        self._focus_before = parent.window().focusWidget()
        self.show()
        self.raise_()
        self.field.setFocus()

    def shut(self) -> None:
        """Close, and give the focus back."""
        before, self._focus_before = self._focus_before, None
        self.hide()
        give_focus_back(before)

    def shown(self) -> list[str]:
        """The titles in the list, best first."""
        return [str(self._model.item(at).text()) for at in range(self._model.rowCount())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self._focus_before = None
            self.hide()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.shut()
                return True
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}.get(
                Qt.Key(event.key()), 0
            )
            if step:
                at = min(max(self.list.currentIndex().row() + step, 0), self._model.rowCount() - 1)
                self.list.setCurrentIndex(self._model.index(at, 0))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentIndex().row())
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, text: str) -> None:
        rated = [(_rated(text, entry), at, entry) for at, entry in enumerate(self._entries)]
        # What cannot be run now is listed last: it tells where a command is, and that it exists.
        found = sorted(
            ((not entry.enabled, -points, at, entry) for points, at, entry in rated if points is not None),
            key=lambda item: item[:3],
        )
        self._model.clear()
        for _, _, at, entry in found[:_MOST]:
            item = QStandardItem(f"{entry.group}: {entry.title}")
            item.setData(entry.keys, _KEYS)
            item.setData(at, _ROW)
            item.setEnabled(entry.enabled)
            item.setEditable(False)
            self._model.appendRow(item)
        self.list.setCurrentIndex(self._model.index(0, 0))
        self._hint.say("" if found else self.tr("Nothing is called so."))

    def _run(self, row: int) -> None:
        item = self._model.item(row)
        if item is not None and item.isEnabled():
            entry = self._entries[int(item.data(_ROW))]
            self.shut()
            entry.run()


class _Line(QStyledItemDelegate):
    """The command at the left, its keys at the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, 30)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        keys = str(index.data(_KEYS) or "")
        if keys:
            area: QRect = option.rect.adjusted(0, 0, -12, 0)
            painter.save()
            painter.setPen(self.theme.color("muted"))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, keys)
            painter.restore()
