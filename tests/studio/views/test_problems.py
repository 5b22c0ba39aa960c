"""The list of problems."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from pivot.problems import Problem
from studio.document import Document, Results
from studio.theme import Theme
from studio.views.problems import ProblemModel, ProblemsView


def problem(severity: str, line: int, why: str = "why") -> Problem:
    return Problem("code", severity, "m.py", line, 1, why, "remedy")  # type: ignore[arg-type]


def test_errors_come_first_and_each_once(document: Document, source: Path, theme: Theme, qtbot: QtBot) -> None:
    document.open(source)
    made = ProblemsView(document, theme)
    qtbot.addWidget(made)
    assert not made.table.isVisibleTo(made)
    found = (problem("info", 1), problem("error", 9), problem("warning", 3), problem("error", 2), problem("error", 9))
    document.set_results(Results(document.revision, problems=found))
    assert [(p.severity, p.line) for p in made.model.problems] == [
        ("error", 2),
        ("error", 9),
        ("warning", 3),
        ("info", 1),
    ]
    assert made.table.isVisibleTo(made)
    QAbstractItemModelTester(made.model, QAbstractItemModelTester.FailureReportingMode.Warning)
    assert made.model.index(0, 0).data() == ""
    assert made.model.index(0, 3).data() == "m.py:2"


def test_a_double_click_goes_to_the_place(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = ProblemsView(converted, theme)
    qtbot.addWidget(made)
    file = converted.project.source
    converted.set_failure(converted.revision, (Problem("c", "error", file, 35, 13, "why", "remedy"),))
    with qtbot.waitSignal(made.place_opened):
        made.table.doubleClicked.emit(made.model.index(0, 1))
    assert converted.selection.place is not None
    assert converted.selection.place.line == 35
    assert len(converted.selection.nodes) == 1


def test_the_model_of_nothing_is_well_formed(qapp: object, theme: Theme) -> None:
    model = ProblemModel(theme)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.set_problems((problem("error", 1),))
    model.set_theme(theme)
