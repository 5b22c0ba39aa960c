"""A unified difference to be read: added and removed lines by sign and colour."""

from __future__ import annotations

from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from studio.theme import Theme


class DiffEdit(QPlainTextEdit):
    """Read-only."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setPlaceholderText(self.tr("Nothing differs."))
        self._signs = _Signs(self.document(), theme)
        self.set_theme(theme)

    def set_theme(self, theme: Theme, pixels: int | None = None) -> None:
        self.setFont(theme.code_font(pixels))
        self._signs.theme = theme
        self._signs.rehighlight()

    def show_difference(self, text: str) -> None:
        """Show another difference, and stay where one was reading if it is the same."""
        if text != self.toPlainText():
            self.setPlainText(text)


class _Signs(QSyntaxHighlighter):
    def __init__(self, document: object, theme: Theme) -> None:
        super().__init__(document)  # type: ignore[call-overload]
        self.theme = theme

    def highlightBlock(self, text: str) -> None:
        name = {"+": "success", "-": "danger", "@": "info"}.get(text[:1])
        if name is None:
            return
        made = QTextCharFormat()
        made.setForeground(QColor(self.theme.color(name)))
        if name != "info":
            made.setBackground(QColor(self.theme.color(f"{name}_soft")))
        self.setFormat(0, len(text), made)
