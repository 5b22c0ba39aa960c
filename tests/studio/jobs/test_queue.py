"""The work of a document: newest wins, stale is told, trouble is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pivot import edits
from studio.document import Document
from studio.jobs.queue import Jobs
from studio.results import KEPT

Settle = Callable[[Jobs], None]
LIMIT = 20_000


def mark(path: Path, comment: str) -> None:
    path.write_text(path.read_text() + f"\n# {comment}\n")


def test_opening_converts_and_says_what_came_out(converted: Document) -> None:
    results = converted.results
    assert results is not None
    assert results.picture is not None
    assert not converted.stale
    assert "class Net(keras.Model)" in results.target_text
    assert results.directory is not None
    assert (results.directory / "conversion.json").is_file()
    assert converted.jobs == {}


def test_an_edit_makes_results_stale_until_they_are_made_again(converted: Document, jobs: Jobs, settle: Settle) -> None:
    assert converted.results is not None
    before = converted.results.directory
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    converted.write_literal([param], "5")
    assert converted.stale
    assert jobs.busy
    settle(jobs)
    assert not converted.stale
    assert "Conv2D(3, 16, 5" in converted.results.target_text
    assert before is not None and before.exists()  # undo shows it again
    for size in range(7, 7 + 2 * KEPT, 2):
        converted.write_literal([param], str(size))
        settle(jobs)
    assert not before.exists()


def test_undo_before_the_conversion_leaves_nothing_to_do(converted: Document, jobs: Jobs) -> None:
    jobs.set_delay(100_000)
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    converted.write_literal([param], "5")
    assert jobs.busy
    converted.undo()
    assert not converted.stale
    assert not jobs.busy


def test_the_newest_request_wins(qtbot: QtBot, document: Document, jobs: Jobs, source: Path, settle: Settle) -> None:
    clean = source.read_text()
    mark(source, "hang")
    document.open(source)
    note = Path(f"{source}.pid")
    qtbot.waitUntil(lambda: note.exists() and len(note.read_text().split()) == 2, timeout=LIMIT)
    project = document.project
    assert project is not None
    document.edit("mend", edits.set_text(project, str(source), clean))
    settle(jobs)
    assert document.results is not None
    assert not document.stale


def test_a_refusal_is_shown_and_keeps_what_was_there(converted: Document, jobs: Jobs, settle: Settle) -> None:
    project = converted.project
    assert project is not None
    text = converted.text(project.source) or ""
    converted.edit("break", edits.set_text(project, project.source, text + "def (\n"))
    settle(jobs)
    assert converted.stale
    assert converted.results is not None
    assert [problem.why for problem in converted.problems] == ["invalid syntax"]
    converted.undo()
    assert converted.problems == ()


@pytest.mark.parametrize(("comment", "why"), [("refuse", "no model class found"), ("crash", "the command crashed")])
def test_a_file_that_cannot_be_converted(
    document: Document, jobs: Jobs, source: Path, settle: Settle, comment: str, why: str
) -> None:
    mark(source, comment)
    document.open(source)
    settle(jobs)
    assert document.results is None
    assert document.problems[0].why == why


def test_what_frameworks_print_does_no_harm(document: Document, jobs: Jobs, source: Path, settle: Settle) -> None:
    mark(source, "noise")
    document.open(source)
    settle(jobs)
    assert document.results is not None


def test_verification_converts_first_where_it_must(converted: Document, jobs: Jobs, settle: Settle) -> None:
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    converted.write_literal([param], "5")
    jobs.verify()
    settle(jobs)
    assert converted.report is not None
    assert converted.report.equal
    assert not converted.report_stale
    converted.undo()
    assert converted.report_stale


def test_a_difference_is_no_failure_of_the_command(
    document: Document, jobs: Jobs, source: Path, settle: Settle
) -> None:
    mark(source, "unequal")
    document.open(source)
    settle(jobs)
    jobs.verify()
    settle(jobs)
    assert document.report is not None
    assert not document.report.equal
    assert document.report.first_difference is not None


def test_cancel_ends_everything(qtbot: QtBot, document: Document, jobs: Jobs, source: Path) -> None:
    mark(source, "hang")
    document.open(source)
    qtbot.waitUntil(lambda: Path(f"{source}.pid").exists(), timeout=LIMIT)
    assert "convert" in document.jobs
    jobs.cancel()
    assert document.jobs == {}
    assert not jobs.busy


def test_weights_go_where_they_should(qtbot: QtBot, converted: Document, jobs: Jobs, tmp_path: Path) -> None:
    with qtbot.waitSignal(jobs.weights_written, timeout=LIMIT):
        jobs.write_weights(tmp_path / "a.pt", tmp_path / "b.weights.h5")
    assert (tmp_path / "b.weights.h5").is_file()


def test_without_automatic_conversion_an_edit_waits(converted: Document, jobs: Jobs) -> None:
    jobs.automatic = False
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    converted.write_literal([param], "5")
    assert converted.stale
    assert not jobs.busy


def test_the_target_is_shown_while_it_is_proved(
    qtbot: QtBot, document: Document, jobs: Jobs, source: Path, settle: Settle
) -> None:
    mark(source, "drafted")
    document.open(source)
    qtbot.waitUntil(lambda: document.results is not None, timeout=LIMIT)
    drawn, text = document.results.picture, document.results.target_text
    assert document.results.pending
    assert text
    assert document.results.directory is None, "nothing is delivered yet"
    settle(jobs)
    assert not document.results.pending
    assert document.results.picture is drawn, "views have nothing to draw anew"
    assert document.results.target_text == text
    assert document.results.directory is not None


def test_an_undo_leads_back_to_what_is_being_proved(
    qtbot: QtBot, document: Document, jobs: Jobs, source: Path, settle: Settle
) -> None:
    mark(source, "drafted")
    document.open(source)
    settle(jobs)
    param = next(p for p in document.results.picture.nodes[0].params if p.name == "kernel")
    jobs.set_delay(0)
    document.write_literal([param], "5")
    qtbot.waitUntil(lambda: document.results.pending, timeout=LIMIT)
    jobs.set_delay(5_000)
    param = next(p for p in document.results.picture.nodes[0].params if p.name == "kernel")
    document.write_literal([param], "7")
    document.undo()
    assert "convert" in document.jobs, "what is being proved is what is wanted"
    jobs.set_delay(0)
    settle(jobs)
    assert not document.results.pending
    assert not document.stale


def test_a_proof_that_dies_leaves_the_target_unproved(
    document: Document, jobs: Jobs, source: Path, settle: Settle
) -> None:
    mark(source, "drafted, # unproved")
    document.open(source)
    settle(jobs)
    assert document.results.pending
    assert document.failure is not None
