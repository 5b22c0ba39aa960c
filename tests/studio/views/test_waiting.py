"""The page while there is no network."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from pivot.problems import Problem
from studio.document import Document
from studio.problems import in_window
from studio.results import JobState
from studio.theme import Theme
from studio.views.waiting import WaitingView


def test_progress_then_the_reason(document: Document, source: Path, theme: Theme, qtbot: QtBot) -> None:
    made = WaitingView(document, theme)
    qtbot.addWidget(made)
    made.show()
    document.open(source)
    document.set_jobs({"convert": JobState("convert", 1, "read", 1, 4)})
    assert made._title.text() == "Opening small_net.py"
    assert made._bar.value() == 1
    document.set_jobs({})
    document.set_failure(
        document.revision, (Problem("c", "error", str(source), 3, 1, "no model class found", "name one"),)
    )
    assert made._title.text() == "small_net.py cannot be converted"
    assert made._text.text() == "small_net.py:3  ·  no model class found"
    assert made._remedy.text() == "Name one"
    made._place.click()
    assert document.selection.place is not None
    with qtbot.waitSignal(made.retry_requested):
        made._retry.click()
    assert not made.field.isVisible()


def test_a_shape_that_is_missing_is_asked_for(document: Document, source: Path, theme: Theme, qtbot: QtBot) -> None:
    made = WaitingView(document, theme)
    qtbot.addWidget(made)
    made.show()
    document.open(source)
    remedy = in_window("give each with --input 1x3x224x224")
    document.set_failure(document.revision, (Problem("input", "error", str(source), 1, 1, "why", remedy),))
    assert made.field.isVisible() and made.field.text() == "Set the inputs"
    with qtbot.waitSignal(made.field_wanted) as asked:
        made.field.click()
    assert asked.args == ["inputs"]
