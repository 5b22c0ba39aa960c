"""The target pane shows the text, what changed, and whether it is of today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pivot.problems import Problem
from studio.document import Document
from studio.jobs.queue import Jobs
from studio.theme import Theme
from studio.views.target import TargetView


def state(made: TargetView) -> str:
    return made._state.text()


def test_an_empty_document(document: Document, theme: Theme, qtbot: QtBot) -> None:
    made = TargetView(document, theme)
    qtbot.addWidget(made)
    assert made.editor.toPlainText() == ""
    assert made.editor.isReadOnly()


def test_selection_staleness_and_changed_lines(
    converted: Document, jobs: Jobs, theme: Theme, qtbot: QtBot, settle: Callable[[Jobs], None]
) -> None:
    made = TargetView(converted, theme)
    qtbot.addWidget(made)
    made.show()
    converted.select((converted.results.picture.nodes[0].id,))
    assert [one.cursor.selectedText() for one in made.editor.extraSelections() if one.cursor.hasSelection()] == [
        "self.stem = layers.Conv2D(3, 16, 3, 1, 1)"
    ]
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    jobs.set_delay(50)
    converted.write_literal([param], "5")
    assert state(made) == "of an earlier source"
    qtbot.waitUntil(lambda: state(made) == "converting …", timeout=5_000)
    settle(jobs)
    assert state(made) == ""
    assert converted.changed_target_lines == {7}
    made.editor.place_chosen.emit(7, 20)
    assert len(converted.selection.nodes) == 1


def test_lines_are_accepted_compared_and_the_target_is_switched(
    converted: Document, jobs: Jobs, theme: Theme, qtbot: QtBot
) -> None:
    jobs.automatic = False
    made = TargetView(converted, theme)
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    old = converted.results
    converted.note_export()
    converted.set_results(replace(old, target_text=old.target_text.replace("16, 3", "16, 5")))
    assert made.accept.isVisible() and made._changes.text() == "2 changed lines"
    qtbot.mouseClick(made.accept, Qt.MouseButton.LeftButton)
    assert not made.accept.isVisible() and made._changes.text() == ""
    qtbot.mouseClick(made.compare, Qt.MouseButton.LeftButton)
    lines = made.diff.toPlainText().splitlines()
    assert "(exported)" in lines[0]
    assert sum(line.startswith("+ ") for line in lines) == 2
    made.open_find()
    assert made.editor.isVisible() and not made.diff.isVisible()
    assert made.switch.currentData() == "keras"
    made.switch.setFocus()
    qtbot.keyClick(made.switch, Qt.Key.Key_Down)
    assert converted.project.target == "torch" and converted.undo_label == "write PyTorch"


def test_a_text_is_shown_as_soon_as_it_is_written(
    converted: Document, jobs: Jobs, theme: Theme, qtbot: QtBot, settle: Callable[[Jobs], None]
) -> None:
    jobs.automatic = False
    made = TargetView(converted, theme)
    qtbot.addWidget(made)
    made.show()
    converted.select((converted.results.picture.nodes[0].id,))
    old = converted.results
    new = old.target_text.replace("16, 3", "16, 5")
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    converted.write_literal([param], "5")
    converted.set_written(converted.revision, old.target_path, new)
    assert made.editor.toPlainText() == new
    assert state(made) == "not proved" and not made.accept.isVisible()
    assert not [one for one in made.editor.extraSelections() if one.cursor.hasSelection()], "no line is known yet"
    converted.undo()
    assert made.editor.toPlainText() == old.target_text and state(made) == ""
    converted.redo()
    converted.set_results(replace(old, revision=converted.revision, target_text=new))
    assert made.editor.toPlainText() == new and state(made) == ""


def test_a_text_that_is_not_written_says_why_in_its_place(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = TargetView(converted, theme)
    qtbot.addWidget(made)
    red = Problem("unmapped", "error", "/a/net.py", 4, 1, "not mapped: erfcx(x)", "map it")
    odd = Problem("unwritable", "error", "/a/net.py", 7, 1, "the layout differs", "write it another way")
    converted.set_results(replace(converted.results, target_text="", problems=(red, odd)))
    assert state(made) == "not written"
    assert made.editor.placeholderText() == "Not written.\n\nnet.py:7: the layout differs\nwrite it another way"
    converted.set_results(replace(converted.results, target_text="import keras\n", problems=(red,)))
    assert state(made) == ""
    assert made.editor.placeholderText() == "The converted program appears here."
