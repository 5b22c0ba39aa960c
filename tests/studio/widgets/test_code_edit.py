"""The pane of program text: places, edits, marks."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pivot import edits
from pivot.project import Project
from studio.theme import Theme
from studio.widgets.code_edit import CodeEdit, Stretch

TEXT = "import a\n\ndef f(x):\n    return '𝄞é' + x  # 𝄞\n"


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> CodeEdit:
    made = CodeEdit(theme)
    made.resize(500, 300)
    qtbot.addWidget(made)
    made.show()
    made.show_text(TEXT)
    return made


def test_places_count_characters_not_units(editor: CodeEdit) -> None:
    for line, text in enumerate(TEXT.split("\n"), 1):
        for column in range(1, len(text) + 2):
            editor.reveal(line, column)
            assert editor.place() == (line, column)
    assert editor.position(99, 1) is None
    assert editor.position(0, 1) is None


def test_a_click_says_where(editor: CodeEdit, qtbot: QtBot) -> None:
    editor.reveal(3, 6)
    point = editor.cursorRect().center()
    editor.reveal(1, 1)
    with qtbot.waitSignal(editor.place_chosen) as told:
        qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(point))
    assert told.args == [3, 6]


def test_showing_a_place_is_no_choice(editor: CodeEdit, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(editor.place_chosen):
        editor.setFocus()
        editor.reveal(3, 6)
        editor.show_text(TEXT + "more\n")


def test_typing_is_told_as_the_shortest_edit(editor: CodeEdit, qtbot: QtBot) -> None:
    editor.reveal(4, 12)
    with qtbot.waitSignal(editor.edited) as told:
        qtbot.keyClicks(editor, "7")
    assert told.args == [Stretch(4, 12, 4, 12), "7"]


def test_a_new_line_keeps_the_indentation(editor: CodeEdit, qtbot: QtBot) -> None:
    editor.reveal(3, 10)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.place() == (4, 5)
    editor.reveal(5, 99)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.place() == (6, 5)


def test_undo_is_left_to_the_window(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    editor = CodeEdit(theme, window)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    editor.show_text("a")
    editor.setFocus()
    shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), window)
    qtbot.keyClicks(editor, "b")
    with qtbot.waitSignal(shortcut.activated):
        qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.toPlainText() == "ba"


lines = st.lists(st.text("ab𝄞é(", max_size=4), max_size=5).map("\n".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(lines, lines)
def test_any_text_can_follow_any_other(editor: CodeEdit, one: str, other: str) -> None:
    editor.show_text(one)
    editor.show_text(other)
    assert editor.toPlainText() == other


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(lines, lines)
def test_an_edit_that_is_told_makes_the_same_text_of_the_source(editor: CodeEdit, one: str, other: str) -> None:
    editor.show_text(one)
    told: list[tuple[Stretch, str]] = []
    editor.edited.connect(lambda place, text: told.append((place, text)))
    editor.setPlainText(other)
    editor.edited.disconnect()
    text = one
    for place, new in told:
        text = edits.replace_span(Project("m.py"), "m.py", place, new, text).texts.get("m.py", text)
    assert text == other


def test_marks_and_spans_are_drawn(editor: CodeEdit, theme: Theme) -> None:
    def drawn(color: str) -> int:
        image = editor.grab().toImage()
        wanted = theme.color(color).rgb()
        return sum(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))

    assert drawn("code_hit") == drawn("code_changed_mark") == drawn("danger") == 0
    editor.set_spans("hit", [Stretch(3, 5, 3, 6)])
    editor.set_changed_lines({4})
    editor.set_marks({1: ("danger", "bad")})
    assert drawn("code_hit") > 20
    assert drawn("code_changed_mark") > 10
    assert drawn("danger") > 10
    editor.set_spans("hit", [])
    assert drawn("code_hit") == 0


def test_spans_of_a_text_that_is_gone_are_left_out(editor: CodeEdit) -> None:
    editor.set_spans("hit", [Stretch(90, 1, 90, 5), Stretch(1, 1, 1, 3)])
    assert len([selection for selection in editor.extraSelections() if selection.cursor.hasSelection()]) == 1


def test_tab_shifts_selected_lines_and_leaves_what_is_read_only(theme: Theme, qtbot: QtBot) -> None:
    made = CodeEdit(theme)
    qtbot.addWidget(made)
    made.show()
    made.show_text("def f():\n    a = 1\n\n    return a\n")
    cursor = made.textCursor()
    cursor.setPosition(made.toPlainText().index("    a = 1") + 2)
    cursor.setPosition(made.toPlainText().index("return"), QTextCursor.MoveMode.KeepAnchor)
    made.setTextCursor(cursor)
    qtbot.keyClick(made, Qt.Key.Key_Tab)
    assert made.toPlainText() == "def f():\n        a = 1\n\n        return a\n"
    for _ in range(3):
        qtbot.keyClick(made, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert made.toPlainText() == "def f():\na = 1\n\nreturn a\n"
    made.setReadOnly(True)
    assert made.tabChangesFocus(), "Tab is no trap where nothing can be typed"
