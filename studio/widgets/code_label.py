"""Program text, or names out of it, in a narrow place: long words break, and are copied as they were written."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu

from studio.widgets.parts import set_style

_BREAK = "\u200b"  # is not seen; a line may end there
_LONG = re.compile(r"\S{17,}")  # shorter words stay whole
_BEHIND = re.compile(r"(?<=[.,/(\[=])(?=[^\s.,/(\[=])")
_WITHIN = re.compile(r"(?<=_)(?=[^_])|(?<=[a-z0-9])(?=[A-Z])")  # only of a name that is long by itself


def _broken(word: str) -> str:
    parts = _BEHIND.split(word)
    return _BREAK.join(_LONG.sub(lambda part: _WITHIN.sub(_BREAK, part.group()), part) for part in parts)


class CodeLabel(QLabel):
    """`text()` is the text as it was given."""

    def __init__(self, text: str = "", role: str = "code") -> None:
        super().__init__()
        self._text = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_style(self, role=role)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        super().setText(_LONG.sub(lambda word: _broken(word.group()), text))

    def text(self) -> str:
        return self._text

    def copy(self) -> None:
        """What is selected, else everything, goes to the clipboard."""
        QGuiApplication.clipboard().setText(self.selectedText().replace(_BREAK, "") or self._text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy")).triggered.connect(self.copy)
        menu.popup(event.globalPos())
