"""The selection goes with its nodes through edits, and to what an edit brings."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.document import Document
from studio.editing.commands import append_op
from studio.editing.context import Context
from studio.editing.editor import Editor
from studio.links import Links
from studio.picture import Picture
from studio.results import Results
from tests.studio.editing.conftest import BLOCKS, at, picture_of, prepared


@pytest.fixture
def document(tmp_path: Path, qapp: object) -> Document:
    return prepared(BLOCKS, tmp_path)


def picture(document: Document) -> Picture:
    assert document.results is not None and document.results.picture is not None
    return document.results.picture


def convert(document: Document, folder: Path) -> None:
    assert document.project is not None
    made = picture_of(document.project, folder)
    document.set_results(Results(document.revision, picture=made, links=Links(made)))


def chosen(document: Document) -> list[tuple[str, str]]:
    known = picture(document).node_by_id
    return [(known[name].path, known[name].op) for name in document.selection.nodes]


def test_what_is_put_before_a_node_does_not_take_its_selection(document: Document, tmp_path: Path) -> None:
    before = picture(document)
    document.select((at(before, "stem.1").id, at(before, "tail.norm").id), ("stem.1",), "graph")
    outcome = append_op(Context(document), "dropout", at(before, "stem.0"), "written")
    document.edit(outcome.label, outcome.project)
    convert(document, tmp_path)
    assert chosen(document) == [("stem.2", "relu"), ("tail.norm", "batch_norm")]
    assert document.selection.modules == ("stem.2",)
    document.undo()
    assert document.selection.modules == ("stem.1",)


def test_what_an_edit_brings_is_selected_in_all_places(document: Document, tmp_path: Path) -> None:
    document.select((at(picture(document), "body.1.norm").id,), (), "graph")
    editor = Editor(document)
    editor.set_scope("structure")
    assert editor.append("dropout")
    assert chosen(document) == [("body.1.norm", "batch_norm")], "until it is there"
    convert(document, tmp_path)
    found = chosen(document)
    assert {op for _, op in found} == {"dropout"}
    assert {path.rpartition(".")[0] for path, _ in found} >= {"body.0", "body.1", "body.2"}
