"""Blocks of a code pane are folded and unfolded; the text stays what it is."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from studio.theme import Theme
from studio.widgets.code_edit import CodeEdit

TEXT = """class Net:
    def __init__(self):
        self.a = 1

        self.b = 2

    def call(self, x):
        return x


model = Net()
"""


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> CodeEdit:
    made = CodeEdit(theme)
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show_text(TEXT)
    made.show()
    return made


def shown(editor: CodeEdit) -> list[int]:
    document = editor.document()
    return [at + 1 for at in range(document.blockCount()) if document.findBlockByNumber(at).isVisible()]


def test_a_click_in_the_margin_folds_what_the_line_begins(editor: CodeEdit, qtbot: QtBot) -> None:
    def at(line: int) -> QPoint:
        block = editor.document().findBlockByNumber(line - 1)
        top = editor.blockBoundingGeometry(block).translated(editor.contentOffset()).center().y()
        return QPoint(editor.gutter.wanted_width - 14, round(top))

    qtbot.mouseClick(editor.gutter, Qt.MouseButton.LeftButton, pos=at(2))
    assert shown(editor) == [1, 2, 6, 7, 8, 9, 10, 11, 12]
    assert editor.toPlainText() == TEXT
    qtbot.mouseClick(editor.gutter, Qt.MouseButton.LeftButton, pos=at(8))  # a line that begins nothing
    qtbot.mouseClick(editor.gutter, Qt.MouseButton.LeftButton, pos=at(2))
    assert len(shown(editor)) == 12
    assert not editor.grab().isNull()


def test_keys_fold_around_the_cursor_and_unfold_all(editor: CodeEdit, qtbot: QtBot) -> None:
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    editor.reveal(8, 9)
    qtbot.keyClick(editor, Qt.Key.Key_BracketLeft, both)
    assert 8 not in shown(editor) and editor.place()[0] == 7
    qtbot.keyClick(editor, Qt.Key.Key_BracketLeft, both)
    assert shown(editor) == [1, 9, 10, 11, 12]
    qtbot.keyClick(editor, Qt.Key.Key_BracketRight, both)
    assert len(shown(editor)) == 12


def test_what_is_looked_for_is_unfolded(editor: CodeEdit) -> None:
    editor.folding.toggle(2)
    editor.folding.toggle(1)
    assert shown(editor) == [1, 9, 10, 11, 12]
    editor.reveal(5, 1)
    assert 5 in shown(editor) and editor.place() == (5, 1)
