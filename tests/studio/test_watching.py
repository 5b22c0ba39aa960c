"""A file that is open changes on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pivot import edits
from pivot.atomic import write_atomic
from studio.document import Document
from studio.watching import SourceWatch, take_over


@pytest.mark.parametrize("replaced", [False, True], ids=["written", "replaced"])
def test_a_change_is_noticed_again_and_again(qtbot: QtBot, document: Document, source: Path, replaced: bool) -> None:
    heard: list[tuple[str, ...]] = []

    def changed() -> None:
        heard.append(document.outdated_files())
        document.reload()

    watch = SourceWatch(document, changed)
    document.open(source)
    for count in range(1, 4):
        text = source.read_text() + f"# {count}\n"
        if replaced:
            write_atomic(source, text.encode())
        else:
            source.write_text(text)
        qtbot.waitUntil(lambda count=count: len(heard) == count, timeout=10_000)
        assert heard[-1] == (str(source),)
    watch.stop()
    source.write_text("x = 1\n")
    qtbot.wait(300)
    assert len(heard) == 3


def test_without_edits_the_new_text_counts(document: Document, source: Path) -> None:
    document.open(source)
    source.write_text(source.read_text() + "# theirs\n")
    said = take_over(document, document.outdated_files())
    assert "Read again" in said
    assert document.text(str(source)).endswith("# theirs\n")
    assert not document.modified


def test_edits_of_both_sides_are_put_together_in_one_step(document: Document, source: Path) -> None:
    document.open(source)
    base = source.read_text()
    document.edit("mine", edits.set_text(document.project, str(source), "# mine\n" + base))
    source.write_text(base + "# theirs\n")
    said = take_over(document, document.outdated_files())
    assert "Put together" in said
    assert document.text(str(source)) == "# mine\n" + base + "# theirs\n"
    document.undo()
    assert document.text(str(source)) == "# mine\n" + base


def test_a_conflict_keeps_mine_and_names_the_place(document: Document, source: Path) -> None:
    document.open(source)
    base = source.read_text()
    mine, theirs = base.replace("3, 16, 3", "3, 16, 5", 1), base.replace("3, 16, 3", "3, 16, 7", 1)
    assert mine != base
    document.edit("mine", edits.set_text(document.project, str(source), mine))
    source.write_text(theirs)
    said = take_over(document, document.outdated_files())
    line = base[: base.index("3, 16, 3")].count("\n") + 1
    assert f"{source.name}:{line}" in said
    assert document.text(str(source)) == mine


def test_what_became_equal_is_no_edit_any_more(document: Document, source: Path) -> None:
    document.open(source)
    both = source.read_text() + "# the same\n"
    document.edit("mine", edits.set_text(document.project, str(source), both))
    source.write_text(both)
    take_over(document, document.outdated_files())
    assert document.project.texts == {}
    source.unlink()
    assert os.fspath(source) in document.outdated_files()
    take_over(document, document.outdated_files())


def test_the_text_of_a_file_that_is_gone_is_kept(document: Document, source: Path) -> None:
    document.open(source)
    text = source.read_text()
    source.unlink()
    said = take_over(document, document.outdated_files())
    assert "gone from the disk" in said
    assert document.text(str(source)) == text
    assert document.modified
    assert document.undo_label == f"keep {source.name}"
    source.write_text(text)
    take_over(document, document.outdated_files())
    assert not document.project.texts, "it is there again as it was"


def test_a_file_that_comes_back_as_another_does_not_replace_what_was_kept(document: Document, source: Path) -> None:
    document.open(source)
    text = source.read_text()
    source.unlink()
    take_over(document, document.outdated_files())
    source.write_text("# another\n")
    said = take_over(document, document.outdated_files())
    assert "yours stays" in said
    assert document.text(str(source)) == text
