"""A pane of program text: line numbers, marks, highlighting, coloured spans; lines and columns count from 1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from studio.theme import Theme
from studio.widgets.folding import Folding
from studio.widgets.gutter import Gutter
from studio.widgets.highlight import PythonHighlighter

_SPLICE = 20_000  # characters up to which a change is put into the text that is shown
_AROUND = 120  # lines above and below the view that are coloured as well


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of shown text, columns in characters, end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class CodeEdit(QPlainTextEdit):
    """`place_chosen(line, column)`: a person put the cursor there. `edited(Stretch, str)`: old stretch, new text.

    `place_hovered(line, column)`: the pointer came to another line; line 0 when it left.
    """

    place_chosen = Signal(int, int)
    edited = Signal(object, str)
    place_hovered = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown = ""
        self._quiet = False
        self._hovered = 0
        self._painted = (0, 0)
        self._spans: dict[str, tuple[Stretch, ...]] = {}
        self.folding = Folding(self)
        self.gutter = Gutter(self, theme)
        self.gutter.fold_wanted.connect(self._toggle_fold)
        self._highlighter = PythonHighlighter(self.document(), theme)
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self.setCursorWidth(2)
        self.setMouseTracking(True)
        self.cursorPositionChanged.connect(self._moved)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.document().contentsChanged.connect(self._typed)
        self.set_theme(theme)

    # -- what is shown

    def set_theme(self, theme: Theme, pixels: int | None = None) -> None:
        """Colours and font of a theme; `pixels` overrides the size of the text."""
        self._theme = self.gutter.theme = theme
        self.setFont(theme.code_font(pixels))
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self._quietly(lambda: self._highlighter.set_theme(theme))
        self.gutter.fit()
        self._paint_spans()

    def show_text(self, text: str) -> None:
        """Show a text; what did not change keeps cursor and scroll position."""
        shown = text.replace("\r\n", "\n").replace("\r", "\n")
        if shown == self._shown:
            return
        old, self._shown = self._shown, shown
        self._highlighter.prepare(shown)
        if not old or not shown:
            self._quietly(lambda: self.setPlainText(shown))
            self._spans = {}
            self._paint_spans()
            return
        start, end, new = _difference(old, shown)
        if len(new) + end - start < _SPLICE:
            self._quietly(lambda: self._splice(_units(old[:start]), _units(old[:end]), new))
        else:
            # To put a long text into a laid out document costs far more than to lay out a new one.
            line, column, scroll = *self.place(), self.verticalScrollBar().value()
            self._quietly(lambda: self.setPlainText(shown))
            self.reveal(line, column)
            self.verticalScrollBar().setValue(scroll)
        self._spans = {}
        self._paint_spans()

    def set_spans(self, layer: str, spans: Iterable[Stretch]) -> None:
        """Colour stretches; `layer` is "hit" (the selection) or "find"."""
        made = tuple(spans)
        if self._spans.get(layer, ()) != made:
            self._spans[layer] = made
            self._paint_spans()

    def set_changed_lines(self, lines: Iterable[int]) -> None:
        """Lines that differ from the conversion before."""
        self.gutter.changed = frozenset(lines)
        self._paint_spans()
        self.gutter.update()

    def set_marks(self, marks: Mapping[int, tuple[str, str]]) -> None:
        """A dot in the margin per line: (colour name, text of the tool tip)."""
        self.gutter.marks = dict(marks)
        self.gutter.update()

    def reveal(self, line: int, column: int = 1) -> None:
        """Put the cursor there and scroll only if the line is out of sight."""
        position = self.position(line, column)
        if position is None:
            return
        self._quietly(lambda: self.folding.unfold_to(line))
        cursor = self.textCursor()
        cursor.setPosition(position)
        top, here = self.firstVisibleBlock().firstLineNumber(), cursor.block().firstLineNumber()
        rows = max(1, self.viewport().height() // max(1, self.fontMetrics().lineSpacing()))
        hidden = not top + 1 <= here <= top + rows - 3
        self._quietly(lambda: self.setTextCursor(cursor))
        if hidden:
            self.verticalScrollBar().setValue(max(0, here - rows // 3))

    def position(self, line: int, column: int) -> int | None:
        """Position in the document of a place, or None where there is none."""
        block = self.document().findBlockByNumber(line - 1)
        if line < 1 or not block.isValid():
            return None
        return block.position() + min(_units(block.text()[: max(0, column - 1)]), block.length() - 1)

    def place(self) -> tuple[int, int]:
        """Line and column of the cursor."""
        cursor = self.textCursor()
        text = cursor.block().text().encode("utf-16-le", "surrogatepass")[: 2 * cursor.positionInBlock()]
        return cursor.blockNumber() + 1, len(text.decode("utf-16-le", "replace")) + 1

    # -- what a person does

    def event(self, event: QEvent) -> bool:
        """Undo and redo belong to the project, not to this pane."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo):
                event.ignore()
                return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tab writes four blanks, or shifts selected lines, Shift+Tab shifts them back; a new line keeps the
        indentation; Ctrl+Shift+[ folds, Ctrl+Shift+] unfolds.
        """
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if event.modifiers() == both and event.key() in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BraceLeft):
            self._quietly(lambda: self.folding.fold_around(self.place()[0]))
            self.gutter.update()
        elif event.modifiers() == both and event.key() in (Qt.Key.Key_BracketRight, Qt.Key.Key_BraceRight):
            self._quietly(self.folding.unfold_all)
            self.gutter.update()
        elif not self.isReadOnly() and event.key() == Qt.Key.Key_Tab and not event.modifiers():
            if not self._shift_lines("    "):
                self.insertPlainText("    ")
        elif not self.isReadOnly() and event.key() == Qt.Key.Key_Backtab and self._shift_lines(""):
            event.accept()
        elif not self.isReadOnly() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            text = self.textCursor().block().text()
            before = text[: self.place()[1] - 1]
            indent = before[: len(before) - len(before.lstrip())]
            self.insertPlainText("\n" + indent + ("    " if before.rstrip().endswith(":") else ""))
        else:
            super().keyPressEvent(event)

    def _shift_lines(self, blanks: str) -> bool:
        """Indent the lines of a selection of several, without blanks one level back; False for fewer lines."""
        cursor = self.textCursor()
        document = self.document()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        first, last = document.findBlock(start), document.findBlock(max(start, end - 1))
        if not cursor.hasSelection() or first == last:
            return False
        lines = cursor.document().toPlainText().split("\n")[first.blockNumber() : last.blockNumber() + 1]
        moved = [f"{blanks}{line}" if blanks and line else line for line in lines]
        if not blanks:
            moved = [line[min(4, len(line) - len(line.lstrip(" "))) :] for line in lines]
        begin = first.position()  # the block itself is another one afterwards
        cursor.setPosition(begin)
        cursor.setPosition(last.position() + len(last.text()), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText("\n".join(moved))
        cursor.setPosition(begin, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        return True

    def setReadOnly(self, on: bool) -> None:
        """What cannot be typed in is left with Tab."""
        super().setReadOnly(on)
        self.setTabChangesFocus(on)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the place where the cursor is already chooses it again."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self.place_chosen.emit(*self.place())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which line the pointer is over, once per line."""
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            cursor = self.cursorForPosition(event.position().toPoint())
            self._hover(cursor.blockNumber() + 1, cursor.positionInBlock() + 1)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(0, 0)

    def _hover(self, line: int, column: int) -> None:
        if line != self._hovered:
            self._hovered = line
            self.place_hovered.emit(line, column)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl and the wheel change the size of the text."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.angleDelta().y():
            step = 1 if event.angleDelta().y() > 0 else -1
            self.set_theme(self._theme, min(28, max(8, self.font().pixelSize() + step)))
            event.accept()
        else:
            super().wheelEvent(event)

    def _moved(self) -> None:
        self._paint_spans()
        if not self._quiet and self.hasFocus() and not self.textCursor().hasSelection():
            self.place_chosen.emit(*self.place())

    def _typed(self) -> None:
        if self._quiet or self.isReadOnly():
            return
        text = self.document().toRawText().replace("\u2029", "\n")
        if text == self._shown:
            return
        old, self._shown = self._shown, text
        start, end, new = _difference(old, text)
        self.edited.emit(Stretch(*_place(old, start), *_place(old, end)), new)

    def _splice(self, start: int, end: int, text: str) -> None:
        scroll = self.verticalScrollBar().value()
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)
        self.verticalScrollBar().setValue(scroll)

    def _quietly(self, act: Callable[[], object]) -> None:
        before, self._quiet = self._quiet, True
        try:
            act()
        finally:
            self._quiet = before

    # -- colours

    def _paint_spans(self) -> None:
        """Colour what is near the lines in sight; a text can have more places than anybody can see."""
        first = self.firstVisibleBlock().blockNumber() + 1 - _AROUND
        last = first + self.viewport().height() // max(1, self.fontMetrics().lineSpacing()) + 2 * _AROUND
        self._painted = (first, last)
        made: list[QTextEdit.ExtraSelection] = []
        for line in self.gutter.changed:
            if first <= line <= last:
                made += self._line_selection(line, self._theme.color("code_changed"))
        if self.hasFocus():
            made += self._line_selection(self.textCursor().blockNumber() + 1, self._theme.color("code_line"))
        for layer, color in (("find", "warning_soft"), ("hit", "code_hit")):
            for span in self._spans.get(layer, ()):
                if span.end_line >= first and span.line <= last:
                    made += self._selection(span, self._theme.color(color))
        self.setExtraSelections(made)

    def _scrolled(self) -> None:
        first, last = self._painted
        line = self.firstVisibleBlock().blockNumber() + 1
        rows = self.viewport().height() // max(1, self.fontMetrics().lineSpacing())
        if line < first + _AROUND // 4 or line + rows > last - _AROUND // 4:
            self._paint_spans()

    def _line_selection(self, line: int, color: QColor) -> list[QTextEdit.ExtraSelection]:
        position = self.position(line, 1)
        if position is None:
            return []
        selection = QTextEdit.ExtraSelection()
        form = QTextCharFormat()
        form.setBackground(color)
        form.setProperty(QTextFormat.Property.FullWidthSelection, True)
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        selection.format, selection.cursor = form, cursor
        return [selection]

    def _selection(self, span: Stretch, color: QColor) -> list[QTextEdit.ExtraSelection]:
        start, end = self.position(span.line, span.column), self.position(span.end_line, span.end_column)
        if start is None or end is None:
            return []
        if start == end:
            return self._line_selection(span.line, color)
        selection = QTextEdit.ExtraSelection()
        form = QTextCharFormat()
        form.setBackground(color)
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        selection.format, selection.cursor = form, cursor
        return [selection]

    # -- the margin

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.gutter.fit()

    def _toggle_fold(self, line: int) -> None:
        """A click in the margin folds or unfolds what the line there begins."""
        self._quietly(lambda: self.folding.toggle(line))
        self.gutter.update()


def _units(text: str) -> int:
    """UTF-16 units of a text, as Qt counts positions."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _difference(old: str, new: str) -> tuple[int, int, str]:
    """(start, end, text): `new` is `old[:start] + text + old[end:]`, with the stretch as short as it can be."""
    start = _common(old, new)
    rest = min(len(old), len(new)) - start
    back = _common(old[len(old) - rest :][::-1], new[len(new) - rest :][::-1])
    return start, len(old) - back, new[start : len(new) - back]


def _common(a: str, b: str) -> int:
    """Length of the common beginning, by halving: comparing slices is fast, a loop over characters is not."""
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _place(text: str, offset: int) -> tuple[int, int]:
    line = text.count("\n", 0, offset)
    return line + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
