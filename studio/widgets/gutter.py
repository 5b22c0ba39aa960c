"""The margin of a pane of program text: line numbers, arrows that fold, strips of changed lines, dots of problems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QCursor, QMouseEvent, QPainter, QPaintEvent, QTextBlock
from PySide6.QtWidgets import QToolTip, QWidget

from studio.theme import Theme

if TYPE_CHECKING:
    from studio.widgets.code_edit import CodeEdit

_FOLD = 12  # pixels of the margin for the arrows that fold


class Gutter(QWidget):
    """Draws what its editor shows. `fold_wanted(line)`: somebody clicked beside a line."""

    fold_wanted = Signal(int)

    def __init__(self, editor: CodeEdit, theme: Theme) -> None:
        super().__init__(editor)
        self._editor = editor
        self.theme = theme
        self.changed: frozenset[int] = frozenset()
        self.marks: Mapping[int, tuple[str, str]] = {}  # per line: name of a colour, text of the tip
        editor.blockCountChanged.connect(self.fit)
        editor.updateRequest.connect(self._scroll)

    @property
    def wanted_width(self) -> int:
        """Room for the numbers that there are, and for what stands beside them."""
        digits = max(3, len(str(self._editor.blockCount())))
        return 26 + _FOLD + self._editor.fontMetrics().horizontalAdvance("9") * digits

    def sizeHint(self) -> QSize:
        return QSize(self.wanted_width, 0)

    def fit(self) -> None:
        """Take the left of the editor, and let its text begin behind."""
        self._editor.setViewportMargins(self.wanted_width, 0, 0, 0)
        area = self._editor.contentsRect()
        self.setGeometry(QRect(area.left(), area.top(), self.wanted_width, area.height()))

    def _scroll(self, area: QRect, dy: int) -> None:
        if dy:
            self.scroll(0, dy)
        else:
            self.update(0, area.y(), self.width(), area.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        editor, wide = self._editor, self.wanted_width
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.theme.color("panel"))
        painter.setFont(editor.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = editor.textCursor().blockNumber()
        block = editor.firstVisibleBlock()
        top = round(editor.blockBoundingGeometry(block).translated(editor.contentOffset()).top())
        while block.isValid() and top <= event.rect().bottom():
            height = round(editor.blockBoundingRect(block).height())
            number = block.blockNumber() + 1
            if not block.isVisible():
                block = block.next()
                continue
            self._paint_fold(painter, block, top, height)
            painter.setPen(self.theme.color("muted" if number - 1 == here else "gutter_text"))
            painter.drawText(QRect(14, top, wide - 26 - _FOLD, height), Qt.AlignmentFlag.AlignRight, str(number))
            if number in self.changed:
                painter.fillRect(QRect(wide - 7, top, 3, height), self.theme.color("code_changed_mark"))
            if number in self.marks:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self.theme.color(self.marks[number][0]))
                painter.drawEllipse(QRect(5, top + height // 2 - 3, 7, 7))
            top += height
            block = block.next()
        painter.end()

    def _paint_fold(self, painter: QPainter, block: QTextBlock, top: int, height: int) -> None:
        """An arrow beside a line that begins a block: down where it is open, to the right where it is folded."""
        folding = self._editor.folding
        if not folding.can_fold(block):
            return
        x, y = self.wanted_width - 16.0, top + height / 2
        folded = folding.is_folded(block)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.color("accent" if folded else "gutter_text"))
        shut = [QPointF(x - 1.5, y - 3.5), QPointF(x + 2.5, y), QPointF(x - 1.5, y + 3.5)]
        opened = [QPointF(x - 3.5, y - 1.5), QPointF(x + 3.5, y - 1.5), QPointF(x, y + 2.5)]
        painter.drawPolygon(shut if folded else opened)

    def _line_at(self, y: int) -> int:
        return self._editor.cursorForPosition(QPoint(0, y)).blockNumber() + 1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.fold_wanted.emit(self._line_at(event.position().toPoint().y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            # The help event arrives as a plain QEvent in some PySide versions; the cursor tells the same place.
            place = QCursor.pos()
            line = self._line_at(self.mapFromGlobal(place).y())
            QToolTip.showText(place, self.marks.get(line, ("", ""))[1], self)
            return True
        return super().event(event)
