"""The document without a window."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pivot import edits
from pivot.problems import Refusal
from pivot.project import dumps
from studio.document import Document
from studio.jobs.queue import Jobs
from studio.picture import Param, Span


def param(document: Document, node: int, name: str) -> Param:
    assert document.results is not None
    assert document.results.picture is not None
    return next(found for found in document.results.picture.nodes[node].params if found.name == name)


def test_open_edit_save_reopen(document: Document, source: Path, tmp_path: Path) -> None:
    document.open(source)
    assert document.project is not None
    assert not document.modified
    document.edit("model", edits.set_model(document.project, "Net()"))
    assert document.modified
    document.save(tmp_path / "p.pivot")
    assert not document.modified
    kept = document.project
    other = Document()
    other.open(tmp_path / "p.pivot")
    assert other.project == kept
    assert other.path == tmp_path / "p.pivot"


def test_a_refused_file_leaves_what_was_open(document: Document, source: Path, tmp_path: Path) -> None:
    document.open(source)
    with pytest.raises(Refusal):
        document.open(tmp_path / "none.py")
    assert document.project is not None
    assert document.project.source == str(source)


def test_one_literal_is_one_undo_step_with_a_telling_name(converted: Document) -> None:
    before = dumps(converted.project)
    converted.write_literal([param(converted, 0, "kernel")], "5")
    assert converted.undo_label == "kernel 3 → 5"
    assert "nn.Conv2d(3, 16, 5, stride=1" in (converted.text(converted.project.source) or "")
    converted.undo()
    assert dumps(converted.project) == before
    assert converted.redo_label == "kernel 3 → 5"


def test_edits_between_conversions_hit_their_places(converted: Document) -> None:
    converted.write_literal([param(converted, 0, "kernel")], "(11, 11)")
    converted.write_literal([param(converted, 0, "padding")], "5")
    converted.write_literal([param(converted, 0, "kernel")], "7")
    assert "nn.Conv2d(3, 16, 7, stride=1, padding=5)" in (converted.text(converted.project.source) or "")
    assert converted.literal(param(converted, 0, "kernel").span) == "7"


def test_one_place_that_many_nodes_share_is_written_once(converted: Document) -> None:
    both = [param(converted, 1, "kernel"), param(converted, 5, "kernel")]
    assert both[0].span == both[1].span
    converted.write_literal(both, "5")
    text = converted.text(converted.project.source) or ""
    assert text.count("nn.Conv2d(16, 16, 5, padding=1)") == 1


def test_several_places_are_one_step(converted: Document) -> None:
    converted.write_literal([param(converted, 0, "kernel"), param(converted, 1, "kernel")], "5")
    text = converted.text(converted.project.source) or ""
    assert "Conv2d(3, 16, 5" in text
    assert "Conv2d(16, 16, 5" in text
    converted.undo()
    assert not converted.project.texts


def test_a_literal_of_a_wrong_type_changes_nothing(converted: Document) -> None:
    with pytest.raises(Refusal, match="does not fit"):
        converted.write_literal([param(converted, 0, "kernel")], "'a'")
    assert not converted.modified


def test_a_place_that_an_edit_took_away_is_refused(converted: Document) -> None:
    path = converted.project.source
    text = (converted.text(path) or "").replace("        self.stem = nn.Conv2d(3, 16, 3, stride=1, padding=1)\n", "")
    converted.edit("cut", edits.set_text(converted.project, path, text))
    with pytest.raises(Refusal, match="text here changed"):
        converted.write_literal([param(converted, 0, "kernel")], "5")


def test_typing_on_one_line_is_one_step_until_it_pauses(converted: Document) -> None:
    path = converted.project.source
    for at, letter in enumerate("# a"):
        converted.type_text(path, Span(path, 2, 1 + at, 2, 1 + at), letter)
    assert (converted.text(path) or "").splitlines()[1] == "# a"
    converted.seal()
    converted.type_text(path, Span(path, 2, 4, 2, 4), "b")
    converted.undo()
    assert (converted.text(path) or "").splitlines()[1] == "# a"
    converted.undo()
    assert not converted.project.texts


def test_typing_keeps_the_line_ends_of_the_file(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "crlf.py"
    path.write_bytes(b"a = 1\r\nb = 2\r\n")
    document.open(path)
    document.type_text(str(path), Span(str(path), 1, 6, 1, 6), "\nc = 3")
    assert document.text(str(path)) == "a = 1\r\nc = 3\r\nb = 2\r\n"


def test_one_selection_for_source_nodes_and_target(converted: Document, qtbot: QtBot) -> None:
    file = converted.project.source
    with qtbot.waitSignal(converted.selection_changed):
        converted.select_source(file, 16, 30)
    assert [converted.results.picture.node_by_id[name].path for name in converted.selection.nodes] == [
        "block1.conv",
        "block2.conv",
    ]
    target = converted.selection.target
    assert len(target) == 1
    chosen = converted.selection
    converted.select_target(target[0].line, target[0].column)
    assert converted.selection.nodes == chosen.nodes
    converted.select(chosen.nodes)
    assert (converted.selection.source, converted.selection.target) == (chosen.source, chosen.target)


def test_modules_select_what_makes_them(converted: Document) -> None:
    converted.select((), ("block1",))
    assert [span.line for span in converted.selection.source] == [28]
    converted.select_source(converted.project.source, 28, 25)
    assert converted.selection.modules == ("block1",)


def test_the_selection_follows_edits_of_the_text(converted: Document) -> None:
    path = converted.project.source
    converted.type_text(path, Span(path, 2, 1, 2, 1), "# one\n# two\n")
    converted.select_source(path, 18, 30)
    assert converted.results.picture.node_by_id[converted.selection.nodes[0]].path == "block1.conv"
    assert [converted.now(span).line for span in converted.selection.source[:2]] == [13, 18]


def test_a_place_that_is_no_node_is_shown_all_the_same(converted: Document) -> None:
    converted.go_to(converted.project.source, 3, 1)
    assert converted.selection.place is not None
    assert not converted.selection.nodes


def test_the_same_program_has_the_same_revision(converted: Document) -> None:
    first = converted.revision
    converted.write_literal([param(converted, 0, "kernel")], "5")
    assert converted.revision != first
    converted.undo()
    assert converted.revision == first
    converted.edit("move", edits.move_nodes(converted.project, "", {"n0": (1.0, 2.0)}))
    assert converted.revision == first
    assert not converted.stale


def test_changed_lines_stay_marked_until_they_are_accepted(converted: Document) -> None:
    old = converted.results
    first = old.target_text.replace("16, 3", "16, 5")
    converted.set_results(replace(old, target_text=first))
    assert converted.changed_target_lines == {7, 8}
    converted.set_results(replace(old, target_text=first.replace("import keras", "import keras  # 3", 1)))
    assert converted.changed_target_lines == {1, 7, 8}
    converted.accept_target()
    assert converted.changed_target_lines == frozenset()
    converted.set_results(old)
    assert converted.changed_target_lines == {1, 7, 8}


def test_the_pointer_over_a_line_tells_its_nodes(converted: Document) -> None:
    told: list[tuple[str, ...]] = []
    converted.hovered.connect(told.append)
    node = converted.results.picture.nodes[0]
    converted.hover_source(node.site.file, node.site.line, node.site.column)
    converted.hover_target(7, 20)
    converted.hover_target(0, 0)
    assert node.id in told[0] and told[1] and told[2] == ()
    assert converted.selection.nodes == ()


def test_files_that_change_on_disk_are_noticed(converted: Document, source: Path) -> None:
    assert converted.outdated_files() == ()
    source.write_text(source.read_text() + "# more\n")
    assert converted.outdated_files() == (str(source),)
    revision = converted.revision
    converted.reload()
    assert converted.outdated_files() == ()
    assert (converted.text(str(source)) or "").endswith("# more\n")
    assert converted.revision != revision
    assert converted.stale


def test_random_edits_undo_to_identical_bytes(converted: Document) -> None:
    """Literals, typing, choices and moves at random; undo all, redo all."""
    chance = random.Random(7)
    path = converted.project.source
    start = dumps(converted.project)
    for step in range(300):
        match chance.randrange(6):
            case 0:
                node = chance.choice([0, 1, 5])
                converted.write_literal([param(converted, node, "kernel")], str(chance.randrange(1, 9)))
            case 1:
                converted.type_text(path, Span(path, 1, 1, 1, 1), chance.choice("#ab"))
            case 2:
                converted.edit("inputs", edits.set_inputs(converted.project, [f"1x{step}"]))
            case 3:
                moved = {chance.choice("abc"): (chance.random(), 0.0)}
                converted.edit("move", edits.move_nodes(converted.project, "g", moved), "drag")
            case 4:
                converted.undo()
            case 5:
                converted.redo()
    while converted.redo_label is not None:
        converted.redo()
    last = dumps(converted.project)
    while converted.undo_label is not None:
        converted.undo()
    assert dumps(converted.project) == start
    while converted.redo_label is not None:
        converted.redo()
    assert dumps(converted.project) == last


def test_undo_shows_the_results_of_the_program_it_leads_to_at_once(converted: Document, jobs: Jobs) -> None:
    jobs.automatic = False
    first = converted.results
    converted.write_literal([param(converted, 0, "kernel")], "5")
    assert converted.stale and converted.results is first
    second = replace(first, revision=converted.revision, target_text=first.target_text + "# 5\n")
    converted.set_results(second)
    told: list[bool] = []
    converted.results_changed.connect(lambda: told.append(converted.stale))
    converted.undo()
    assert converted.results is first and told == [False]
    converted.redo()
    assert converted.results is second and not converted.stale
    converted.reload()
    assert converted.stale
