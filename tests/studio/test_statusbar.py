"""The status bar: what is said, cut off with a sign, and what can be pressed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pivot.problems import Problem
from studio.document import Document
from studio.results import JobState
from studio.statusbar import StatusBar
from studio.theme import Theme


def test_a_long_line_ends_with_an_ellipsis_and_marks_are_pressed_by_key(
    converted: Document, theme: Theme, qtbot: QtBot
) -> None:
    made = StatusBar(converted, theme)
    qtbot.addWidget(made)
    made.resize(700, 30)
    made.show()
    text = "resnet.py:1:1: no model class found: open a file that defines one, or name it in the inspector"
    made.say(text)
    qtbot.waitUntil(lambda: made._said.width() > 40)
    assert made.said == text
    assert made._said.shown.endswith("…") and text.startswith(made._said.shown[:-1])
    verdict = made._verdict
    assert verdict.focusPolicy() & Qt.FocusPolicy.TabFocus
    with qtbot.waitSignal(made.verdict_clicked):
        qtbot.keyClick(verdict, Qt.Key.Key_Return)
    with qtbot.waitSignal(made.verdict_clicked):
        qtbot.mouseClick(verdict, Qt.MouseButton.LeftButton)


def test_it_keeps_its_height_when_something_begins_to_run(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = StatusBar(converted, theme)
    qtbot.addWidget(made)
    made.show()
    before = made.minimumSizeHint().height(), made.sizeHint().height()
    converted.set_jobs({"convert": JobState("convert", converted.revision, "write", 1, 5)})
    qtbot.waitUntil(made._cancel.isVisible)
    assert (made.minimumSizeHint().height(), made.sizeHint().height()) == before


def test_an_edit_that_does_not_convert_stays_marked(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = StatusBar(converted, theme)
    qtbot.addWidget(made)
    assert made._broken.text() == ""
    converted.set_failure(converted.revision, (Problem("shape", "error", "net.py", 3, 1, "sizes differ", "check"),))
    assert made._broken.text() == "not converted"
    with qtbot.waitSignal(made.broken_clicked):
        qtbot.keyClick(made._broken, Qt.Key.Key_Return)
