"""The editor: scopes and counts, and what it does between an edit and the network of the edited program."""

from __future__ import annotations

from pathlib import Path

import pytest

from pivot.problems import Refusal
from studio.document import Document
from studio.editing.editor import Editor
from studio.picture import Picture
from tests.studio.editing.conftest import BLOCKS, at, prepared


@pytest.fixture
def document(tmp_path: Path, qapp: object) -> Document:
    return prepared(BLOCKS, tmp_path)


def picture(document: Document) -> Picture:
    assert document.results is not None
    assert document.results.picture is not None
    return document.results.picture


def test_scopes_are_counted_for_what_is_selected(document: Document) -> None:
    editor = Editor(document)
    assert editor.counts() == {}
    document.select((at(picture(document), "body.1.norm").id,), (), "tree")
    assert editor.counts() == {"instance": 1, "structure": 4, "class": 4, "written": 4}
    told: list[str] = []
    editor.scope_changed.connect(lambda: told.append(editor.title(editor.scope)))
    editor.set_scope("instance")
    editor.set_scope("instance")
    assert told == ["This instance"]


def test_nothing_is_built_on_a_network_that_is_not_there(document: Document) -> None:
    """After unrolling, the calls that the picture tells of are no longer those of the program."""
    editor, said = Editor(document), []
    editor.said.connect(said.append)
    node = at(picture(document), "tail.norm")
    document.select((node.id,), (), "tree")
    editor.set_scope("instance")
    editor.set_parameter([node], "epsilon", "0.01")
    assert said == ["epsilon 1e-05 → 0.01 · unrolled: Block2 from Block"]
    before = document.project
    assert not editor.append("dropout")
    assert document.project is before
    assert said[-1] == "the network of the last edit is not there yet: wait for the conversion, or undo"
    with pytest.raises(Refusal, match="not there yet"):
        editor.set_parameter([node], "momentum", "0.2")
    document.undo()
    assert editor.append("dropout")


def test_literals_can_be_written_over_at_once(document: Document) -> None:
    editor = Editor(document)
    node = at(picture(document), "tail.one")
    editor.set_scope("instance")
    editor.set_parameter([at(picture(document), "tail.norm")], "epsilon", "0.01")
    editor.set_scope("written")
    editor.set_parameter([node], "filters", "16")
    assert document.undo_label == "filters 8 → 16"


def test_scopes_are_counted_for_a_block(document: Document) -> None:
    editor = Editor(document)
    document.select((), ("body.1",), "tree")
    counts = editor.counts()
    assert counts["instance"] == 1
    assert counts["written"] >= counts["class"] >= counts["structure"] >= 1
    assert counts["written"] > 1
    document.select((), ("body.0", "body.1"), "tree")
    assert editor.counts() == {}, "of several it cannot be told"
