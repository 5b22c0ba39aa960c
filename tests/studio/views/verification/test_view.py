"""The proof as it is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from pivot.problems import Problem
from studio.document import Document
from studio.jobs.queue import Jobs
from studio.results import JobState
from studio.theme import Theme, themes
from studio.views.verification.view import VerificationView

Settle = Callable[[Jobs], None]


def button(made: VerificationView, text: str) -> QPushButton:
    return next(found for found in made.findChildren(QPushButton) if found.text() == text)


def test_nothing_then_running_then_equal_then_stale(
    converted: Document, jobs: Jobs, theme: Theme, qtbot: QtBot, settle: Settle
) -> None:
    made = VerificationView(converted, theme)
    qtbot.addWidget(made)
    made.show()
    assert made.verdict == "Not verified yet"
    with qtbot.waitSignal(made.verify_requested):
        qtbot.mouseClick(button(made, "Verify"), Qt.MouseButton.LeftButton)
    converted.set_jobs({"verify": JobState("verify", 1, "verify source", 1, 3)})
    assert made.verdict == "Verifying …"
    assert made._detail.text() == "Running the source, 1 of 3"
    assert [part.accessibleName() for part in made.findChildren(QLabel) if part.accessibleName()][-3:] == [
        "passed",
        "passed",
        "running",
    ]
    with qtbot.waitSignal(made.cancel_requested):
        button(made, "Cancel").click()
    converted.set_jobs({})
    jobs.verify()
    settle(jobs)
    assert made.verdict == "Equal"
    QAbstractItemModelTester(made.table.model, QAbstractItemModelTester.FailureReportingMode.Warning)
    assert made.table.model.rowCount() == 11
    assert made.table.model.index(0, 0).data() == "2-D convolution"
    with qtbot.waitSignal(made.report_requested):
        button(made, "Open report").click()
    made.table.table.selectRow(2)
    assert len(converted.selection.nodes) == 1
    made.set_theme(themes()["dark"])
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    jobs.automatic = False
    converted.write_literal([param], "5")
    assert made.verdict == "Verified an earlier source"


def test_a_run_that_came_to_nothing_says_why_until_it_is_mended(
    converted: Document, jobs: Jobs, theme: Theme, qtbot: QtBot, settle: Settle
) -> None:
    made = VerificationView(converted, theme)
    qtbot.addWidget(made)
    why, remedy = "this interpreter has no torch", "name one that has PyTorch"
    converted.set_unverified(converted.revision, Problem("interpreter", "error", "/usr/bin/python3", 0, 0, why, remedy))
    assert made.verdict == "Could not be verified"
    assert made._detail.text() == f"/usr/bin/python3: {why}. Name one that has PyTorch."
    jobs.verify()
    settle(jobs)
    assert made.verdict == "Equal"


def test_a_difference_names_its_first_place(
    document: Document, jobs: Jobs, source: Path, theme: Theme, qtbot: QtBot, settle: Settle
) -> None:
    source.write_text(source.read_text() + "# unequal\n")
    document.open(source)
    jobs.verify()
    settle(jobs)
    made = VerificationView(document, theme)
    qtbot.addWidget(made)
    made.show()
    assert made.verdict == "Not equal"
    model = made.table.model
    bad = [
        row
        for row in range(model.rowCount())
        if model.index(row, 2).data(Qt.ItemDataRole.ForegroundRole) == theme.color("danger")
    ]
    assert bad[0] == 4
    image = made.table.grab().toImage()
    red = theme.color("danger").rgb()
    assert any(image.pixel(x, y) == red for x in range(image.width()) for y in range(0, image.height(), 2))


def test_lines_sort_by_error_and_come_back_to_the_networks_order(
    document: Document, jobs: Jobs, source: Path, theme: Theme, qtbot: QtBot, settle: Settle
) -> None:
    source.write_text(source.read_text() + "# unequal\n")
    document.open(source)
    jobs.verify()
    settle(jobs)
    made = VerificationView(document, theme)
    qtbot.addWidget(made)
    made.resize(1100, 500)
    made.show()
    table, model = made.table.table, made.table.sorted
    order = [model.mapToSource(model.index(at, 0)).row() for at in range(model.rowCount())]
    assert order == sorted(order)
    header = table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(2) + 12, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    errors = [document.report.rows[model.mapToSource(model.index(at, 0)).row()].error for at in range(model.rowCount())]
    known = [error for error in errors if error is not None]
    assert known in (sorted(known), sorted(known, reverse=True))
    first = model.mapToSource(model.index(0, 0)).row()
    table.selectRow(0)
    assert made.plot.current == first


def test_the_plot_selects_by_mouse_and_keys_and_follows(
    converted: Document, jobs: Jobs, theme: Theme, qtbot: QtBot, settle: Settle
) -> None:
    jobs.verify()
    settle(jobs)
    made = VerificationView(converted, theme)
    qtbot.addWidget(made)
    made.resize(1100, 500)
    made.show()
    assert made.plot.isVisible() and "values compared" in made.plot.accessibleDescription()
    rows = converted.report.rows
    qtbot.mouseClick(made.plot, Qt.MouseButton.LeftButton, pos=made.plot.place(2).toPoint())
    assert converted.selection.nodes == (rows[2].id,)
    qtbot.keyClick(made.plot, Qt.Key.Key_Right)
    assert converted.selection.nodes == (rows[3].id,)
    converted.select((rows[0].id,), (), "graph")
    assert made.plot.current == 0
    assert not made.grab().isNull()
    jobs.automatic = False
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    converted.write_literal([param], "5")
    assert made._stale.text() == "These numbers are of an earlier source."


def test_in_a_small_window_the_errors_are_still_to_be_seen(
    converted: Document, jobs: Jobs, theme: Theme, qtbot: QtBot, settle: Settle
) -> None:
    jobs.verify()
    settle(jobs)
    made = VerificationView(converted, theme)
    qtbot.addWidget(made)
    made.resize(1600, 500)
    made.show()
    table, header = made.table.table, made.table.table.horizontalHeader()
    assert not table.isColumnHidden(5)
    made.resize(920, 500)
    qtbot.waitUntil(lambda: table.isColumnHidden(5))
    qtbot.waitUntil(lambda: header.length() <= table.viewport().width())
    made.resize(1600, 500)
    qtbot.waitUntil(lambda: not table.isColumnHidden(5))
