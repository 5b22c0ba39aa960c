"""The palette of ops: search, drag one onto the graph, or Enter to use it on what is selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from pivot.problems import Refusal
from studio.catalogue import Catalogue
from studio.glyphs import GLYPH, glyph
from studio.theme import Theme
from studio.views.palette.model import FAMILY, NAME, QUIET, Narrowed, OpModel
from studio.widgets.hint import Hint
from studio.widgets.parts import column, frame, label, row

Index = QModelIndex | QPersistentModelIndex
_STEPS = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


class PaletteView(QWidget):
    """`chosen(name)` is emitted when Enter is pressed on an op or it is double clicked."""

    chosen = Signal(str)

    def __init__(self, catalogue: Catalogue, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._filled = False
        self.model = OpModel()
        self.narrowed = Narrowed()
        self.narrowed.setSourceModel(self.model)
        self._line = _Line(theme)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Search operations"))
        self.field.setAccessibleName(self.tr("Search operations"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._narrow)
        self.field.installEventFilter(self)
        self.tree = QTreeView()
        self.tree.setAccessibleName(self.tr("Operations by family"))
        self.tree.setModel(self.narrowed)
        self.tree.setItemDelegate(self._line)
        self.tree.setHeaderHidden(True)
        self.tree.setIndentation(14)
        self.tree.setUniformRowHeights(True)
        self.tree.setDragEnabled(True)
        self.tree.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.doubleClicked.connect(self._take)
        self.tree.installEventFilter(self)
        self._hint = Hint(self.tree)
        self._said = label("", "small", wrap=True, tone="danger")
        self._said.setContentsMargins(10, 4, 10, 4)
        self._said.hide()
        head = frame("header")
        head.setLayout(row(self.field, margins=(8, 7, 8, 7)))
        self.setLayout(column(head, self._said, self.tree, gap=0))
        self.setFocusProxy(self.field)

    def set_theme(self, theme: Theme) -> None:
        self._line.theme = theme
        self.tree.viewport().update()

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """Show other ops: the folders they are read from changed."""
        self._catalogue, self._filled = catalogue, False
        if self.isVisible():
            self.fill()

    def fill(self) -> None:
        """Read the op files, unless that was done; a file that cannot be read is said here and in the problems."""
        if self._filled:
            return
        self._filled = True
        try:
            self.model.set_entries(self._catalogue.entries)
        except Refusal as refusal:
            self._said.setText(str(refusal.problem))
            self._said.show()
            return
        self._said.hide()
        self._narrow(self.field.text())

    def names(self) -> Sequence[str]:
        """The ops that are listed now, from the top."""
        model = self.narrowed
        families = [model.index(at, 0) for at in range(model.rowCount())]
        return [str(model.index(at, 0, one).data(NAME)) for one in families for at in range(model.rowCount(one))]

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Reading the files takes a while: the window is painted first.
        QTimer.singleShot(0, self, self.fill)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the field the arrows go through the list; in both Enter takes the op that is marked."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self.tree.currentIndex())
            return True
        if watched is self.field and event.key() in _STEPS:
            self.tree.event(event)
            if not self.tree.currentIndex().data(NAME):
                self.tree.event(event)  # a family is nothing to take: go on to the op behind it
            return True
        return super().eventFilter(watched, event)

    def _take(self, index: QModelIndex) -> None:
        name = index.data(NAME) if index.isValid() else None
        if name:
            self.chosen.emit(str(name))
        elif index.isValid():
            self.tree.setExpanded(index, not self.tree.isExpanded(index))

    def _narrow(self, text: str) -> None:
        self.narrowed.narrow(text)
        none = self._filled and not self.narrowed.rowCount()
        self._hint.say(self.tr("No operation is called so, in any framework.") if none else "")
        if not text.strip():
            return
        self.tree.expandAll()
        first = self._best(text.casefold().strip())
        if first.isValid():
            self.tree.setCurrentIndex(first)

    def _best(self, text: str) -> QModelIndex:
        """The op whose name or title begins with what was typed, else the first that is listed."""
        model = self.narrowed
        listed = [
            model.index(at, 0, model.index(family, 0))
            for family in range(model.rowCount())
            for at in range(model.rowCount(model.index(family, 0)))
        ]
        ranked = sorted(listed, key=lambda index: _distance(text, str(index.data(NAME)), str(index.data())))
        return ranked[0] if ranked else QModelIndex()


def _distance(text: str, name: str, title: str) -> tuple[int, int]:
    name, title = name.casefold(), title.casefold()
    if text in (name, title):
        return 0, 0
    if name.startswith(text) or title.startswith(text):
        return 1, len(name)
    return (2 if text in name or text in title else 3), len(name)


class _Line(QStyledItemDelegate):
    """The sign or hue of the family, the title, and in a quieter colour the name by which op files know it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), 26)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        text, quiet = str(index.data() or ""), str(index.data(QUIET) or "")
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        area: QRect = option.rect.adjusted(6, 0, -8, 0)
        is_op = bool(index.data(NAME))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        family = str(index.data(FAMILY))
        if is_op:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.family(family))
            painter.drawEllipse(QRect(area.left() + 3, area.center().y() - 2, 6, 6))
        else:
            # The sign that the nodes of this family have in the graph: several families share a hue.
            painter.setPen(QPen(self.theme.family(family), 1.5))
            painter.drawPath(glyph(family).translated(area.left(), area.center().y() - GLYPH / 2 + 1))
        font = option.font
        font.setBold(not is_op)
        painter.setFont(font)
        painter.setPen(self.theme.color("text"))
        metrics = painter.fontMetrics()
        rest = area.adjusted(22, 0, 0, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(rest, flags, metrics.elidedText(text, Qt.TextElideMode.ElideRight, rest.width()))
        used = metrics.horizontalAdvance(text) + 14
        if rest.width() - used > 30 and quiet.casefold() != text.casefold():
            font.setBold(False)
            painter.setFont(font)
            painter.setPen(self.theme.color("quiet"))
            left = rest.adjusted(used, 0, 0, 0)
            painter.drawText(
                left,
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                painter.fontMetrics().elidedText(quiet, Qt.TextElideMode.ElideRight, left.width()),
            )
        painter.restore()
