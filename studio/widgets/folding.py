"""Folding of indented blocks in a code pane: what is below a line that ends with a colon can be hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QTextBlock
    from PySide6.QtWidgets import QPlainTextEdit


class Folding:
    """Hides and shows blocks of lines; the text is never touched. Lines count from 1."""

    def __init__(self, editor: QPlainTextEdit) -> None:
        self._editor = editor

    def can_fold(self, block: QTextBlock) -> bool:
        """Does a line begin an indented block?"""
        return block.text().rstrip().endswith(":") and self._last(block) > block.blockNumber()

    def is_folded(self, block: QTextBlock) -> bool:
        """Is what a line begins hidden?"""
        return block.next().isValid() and not block.next().isVisible() and block.isVisible()

    def toggle(self, line: int) -> bool:
        """Fold what a line begins, or unfold it; whether there was anything to do."""
        block = self._editor.document().findBlockByNumber(line - 1)
        if not block.isValid() or not self.can_fold(block):
            return False
        self._show(block.blockNumber() + 1, self._last(block), self.is_folded(block))
        return True

    def fold_around(self, line: int) -> bool:
        """Fold the innermost block that a line is in, or begins."""
        block = self._editor.document().findBlockByNumber(line - 1)
        while block.isValid():
            if self.can_fold(block) and not self.is_folded(block) and self._last(block) >= line - 1:
                return self.toggle(block.blockNumber() + 1)
            block = block.previous()
        return False

    def unfold_to(self, line: int) -> None:
        """Show a line that is hidden, with all that hides it."""
        document = self._editor.document()
        block = document.findBlockByNumber(line - 1)
        while block.isValid() and not block.isVisible():
            above = block
            while above.isValid() and not above.isVisible():
                above = above.previous()
            self._show(above.blockNumber() + 1, self._last(above), True)
            block = document.findBlockByNumber(line - 1)

    def unfold_all(self) -> None:
        """Show everything."""
        self._show(0, self._editor.blockCount() - 1, True)

    def _last(self, block: QTextBlock) -> int:
        """The number of the last line that is indented further than a line; blank lines at the end do not count."""
        indent = _indent(block.text())
        last, at = block.blockNumber(), block.next()
        while at.isValid():
            text = at.text()
            if text.strip():
                if _indent(text) <= indent and not text.lstrip().startswith((")", "]", "}")):
                    break
                last = at.blockNumber()
            at = at.next()
        return last

    def _show(self, first: int, last: int, visible: bool) -> None:
        document = self._editor.document()
        block = document.findBlockByNumber(first)
        start = block.position()
        while block.isValid() and block.blockNumber() <= last:
            block.setVisible(visible)
            block.setLineCount(1 if visible else 0)
            block = block.next()
        end = block.position() if block.isValid() else document.characterCount()
        document.markContentsDirty(start, max(0, end - start))
        layout = document.documentLayout()
        layout.documentSizeChanged.emit(layout.documentSize())
        self._editor.viewport().update()
        cursor = self._editor.textCursor()
        if not cursor.block().isVisible():
            cursor.setPosition(document.findBlockByNumber(first - 1).position())
            self._editor.setTextCursor(cursor)


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
