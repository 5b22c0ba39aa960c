"""The list of problems."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from pivot.problems import Problem
from studio.document import Document
from studio.problems import in_window
from studio.results import Results
from studio.theme import Theme, themes
from studio.views.problems import BY_KIND, ProblemModel, ProblemsView
from tests.studio.fixtures.lost import open_lost


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
    assert made.model.index(0, 0).data() == "why"
    assert made.model.index(0, 2).data() == "m.py:2"


def test_they_are_filtered_and_grouped(document: Document, source: Path, theme: Theme, qtbot: QtBot) -> None:
    document.open(source)
    made = ProblemsView(document, theme)
    qtbot.addWidget(made)
    made.show()
    found = (problem("info", 1, "left out"), problem("error", 9, "not mapped"), problem("warning", 3, "not proved"))
    document.set_results(Results(document.revision, problems=found))
    assert [button.text() for button in made.kinds.values()] == ["1 error", "1 warning", "1 info"]
    qtbot.mouseClick(made.kinds["info"], Qt.MouseButton.LeftButton)
    assert [p.why for p in made.model.problems] == ["not mapped", "not proved"]
    qtbot.keyClicks(made.field, "prov")
    assert [p.why for p in made.model.problems] == ["not proved"]
    made.field.clear()
    made.grouping.setCurrentIndex(BY_KIND)
    assert [made.model.item(at).text() for at in range(made.model.rowCount())] == ["Errors  (1)", "Warnings  (1)"]
    assert [p.why for p in made.model.problems] == ["not mapped", "not proved"]


def test_the_remedy_of_an_unmapped_call_is_its_mapping(
    document: Document, theme: Theme, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIVOT_STUDIO_OPS", str(tmp_path / "mine"))
    open_lost(document, tmp_path)
    picture = document.results.picture
    document.set_results(replace(document.results, problems=picture.problems))
    made = ProblemsView(document, theme)
    qtbot.addWidget(made)
    made.show()
    asked: list[str] = []
    document.mapping_wanted.connect(lambda node, op: asked.append(node))
    made.table.setCurrentIndex(made.model.index(0, 0))
    qtbot.mouseClick(made.fix, Qt.MouseButton.LeftButton)
    qtbot.keyClick(made.table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(asked) == 2 and picture.node_by_id[asked[0]].unmapped is not None
    last = picture.unmapped[-1]
    document.select((last.id,))
    assert made.table.currentIndex().siblingAtColumn(2).data() == f"net.py:{last.site.line}"


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
    model.show((problem("error", 1),), 0, ())
    model.set_theme(themes()["dark"])
    assert len(model.problems) == 1
    assert model.item(0, 4).foreground().color() == themes()["dark"].color("accent")


def test_the_chosen_one_is_told_whole_below(document: Document, source: Path, theme: Theme, qtbot: QtBot) -> None:
    document.open(source)
    made = ProblemsView(document, theme)
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    long = "a sentence that is much longer than the column of a narrow panel could ever be " * 3
    document.set_results(Results(document.revision, problems=(problem("error", 2, long), problem("error", 9))))
    assert not made.detail.isVisible()
    made.table.setFocus()
    made.table.setCurrentIndex(made.model.index(0, 0))
    assert made.detail.isVisible() and made.detail.text() == f"{long}\nRemedy"
    qtbot.keyClick(made.table, Qt.Key.Key_Down)
    assert made.detail.text() == "why\nRemedy"


def test_the_remedy_that_is_a_field_of_the_inspector_asks_for_it(
    document: Document, source: Path, theme: Theme, qtbot: QtBot
) -> None:
    document.open(source)
    made = ProblemsView(document, theme)
    qtbot.addWidget(made)
    made.show()
    guessed = Problem("input-guess", "info", str(source), 1, 1, "guessed", in_window("give it with --input"))
    document.set_results(Results(document.revision, problems=(guessed,)))
    made.table.setCurrentIndex(made.model.index(0, 0))
    assert made.fix.text() == "Set …" and made.model.index(0, 4).data() == "Set …"
    with qtbot.waitSignal(made.field_wanted) as asked:
        qtbot.mouseClick(made.fix, Qt.MouseButton.LeftButton)
    assert asked.args == ["inputs"]
