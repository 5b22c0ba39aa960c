"""The proof as it is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.document import Document, JobState
from studio.jobs.queue import Jobs
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
    converted.set_jobs({"verify": JobState("verify", 1, "numbers", 1, 3)})
    assert made.verdict == "Verifying …"
    with qtbot.waitSignal(made.cancel_requested):
        button(made, "Cancel").click()
    converted.set_jobs({})
    jobs.verify()
    settle(jobs)
    assert made.verdict == "Equal"
    QAbstractItemModelTester(made.table.model, QAbstractItemModelTester.FailureReportingMode.Warning)
    assert made.table.model.rowCount() == 11
    with qtbot.waitSignal(made.report_requested):
        button(made, "Open report").click()
    made.table.table.selectRow(2)
    assert len(converted.selection.nodes) == 1
    made.set_theme(themes()["dark"])
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    jobs.automatic = False
    converted.write_literal([param], "5")
    assert made.verdict == "Verified an earlier source"


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
