"""The work of a document: newest wins, stale is told, trouble is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pivot import edits
from studio.document import Document
from studio.jobs.queue import Jobs
from studio.literals import with_literal
from studio.picture import Span
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


def test_the_text_is_there_before_the_network(
    qtbot: QtBot, document: Document, jobs: Jobs, source: Path, settle: Settle
) -> None:
    mark(source, "drafted, # slowly")
    document.open(source)
    settle(jobs)
    param = next(p for p in document.results.picture.nodes[0].params if p.name == "kernel")
    document.write_literal([param], "5")
    qtbot.waitUntil(lambda: document.written is not None, timeout=LIMIT)
    assert document.stale, "the network is still the one of before"
    assert "Conv2D(3, 16, 5" in document.written.text and document.written.changed == {7}
    document.select_target(7, 20)
    assert document.selection.nodes == (), "what its lines belong to is not known yet"
    settle(jobs)
    assert document.written is None and "Conv2D(3, 16, 5" in document.results.target_text


def test_a_text_that_is_not_of_today_is_not_shown(
    qtbot: QtBot, document: Document, jobs: Jobs, source: Path, settle: Settle
) -> None:
    mark(source, "drafted, # slowly")
    document.open(source)
    settle(jobs)
    param = next(p for p in document.results.picture.nodes[0].params if p.name == "kernel")
    document.write_literal([param], "5")
    qtbot.waitUntil(lambda: document.written is not None, timeout=LIMIT)
    document.undo()
    assert document.written is None
    document.redo()
    assert document.written is not None
    jobs.cancel()
    document.set_failure(document.revision, ())
    assert document.written is None, "it cannot be proved any more"


def test_a_conversion_is_ahead_of_its_edit(
    qtbot: QtBot, converted: Document, jobs: Jobs, source: Path, settle: Settle
) -> None:
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    before = converted.results
    expected, _ = with_literal(converted, [param], "5")
    converted.expect(expected)
    ahead = jobs._ahead
    qtbot.waitUntil(lambda: not ahead.job.running, timeout=LIMIT)
    assert converted.results is before and converted.jobs == {}, "nothing is told before the edit is made"
    jobs.set_delay(100_000)
    converted.write_literal([param], "5")
    settle(jobs)
    assert not converted.stale and "Conv2D(3, 16, 5" in converted.results.target_text
    assert converted.results.directory.parent == ahead.folder, "it is what was made ahead"


def test_another_edit_than_the_expected_one(
    qtbot: QtBot, converted: Document, jobs: Jobs, source: Path, settle: Settle
) -> None:
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    converted.expect(with_literal(converted, [param], "5")[0])
    ahead = jobs._ahead
    converted.expect(with_literal(converted, [param], "7")[0])
    assert jobs._ahead is not ahead
    converted.write_literal([param], "9")
    assert jobs._ahead is None
    settle(jobs)
    assert "Conv2D(3, 16, 9" in converted.results.target_text
    converted.expect(with_literal(converted, [param], "5")[0])
    mark(source, "changed on disk")
    converted.reload()
    assert jobs._ahead is None, "it was begun with the files of before"
    settle(jobs)
    assert not any(dropped.job.running for dropped in jobs._dropped)


def test_typing_waits_for_its_end_and_a_whole_edit_does_not(converted: Document, jobs: Jobs) -> None:
    jobs.set_delay(100_000)
    converted.type_text(converted.project.source, Span("", 1, 1, 1, 1), "# typed")
    assert jobs._delay.remainingTime() > 50_000
    converted.undo()
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    converted.write_literal([param], "5")
    assert jobs._delay.isActive() and jobs._delay.remainingTime() == 0
