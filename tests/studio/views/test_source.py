"""The source pane follows the selection, chooses, and writes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.document import Document
from studio.theme import Theme
from studio.views.source import SourceView


def view(document: Document, theme: Theme, qtbot: QtBot) -> SourceView:
    made = SourceView(document, theme)
    made.resize(600, 400)
    qtbot.addWidget(made)
    made.show()
    return made


def lit(made: SourceView) -> list[str]:
    return [one.cursor.selectedText() for one in made.editor.extraSelections() if one.cursor.hasSelection()]


def test_an_empty_document_shows_nothing(document: Document, theme: Theme, qtbot: QtBot) -> None:
    made = view(document, theme, qtbot)
    assert made.editor.toPlainText() == ""
    assert made.editor.isReadOnly()


def test_nodes_light_their_places(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = view(converted, theme, qtbot)
    converted.select((converted.results.picture.nodes[0].id,))
    assert lit(made) == ["nn.Conv2d(3, 16, 3, stride=1, padding=1)", "self.stem(x)"]


def test_a_click_selects_nodes(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = view(converted, theme, qtbot)
    made.editor.place_chosen.emit(35, 15)
    assert [converted.results.picture.node_by_id[name].path for name in converted.selection.nodes] == ["stem"]


def test_typing_edits_the_project_and_undo_the_text(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = view(converted, theme, qtbot)
    made.editor.reveal(27, 38)
    qtbot.keyClick(made.editor, Qt.Key.Key_Delete)
    qtbot.keyClicks(made.editor, "9")
    assert "nn.Conv2d(3, 16, 9, stride" in converted.text(made.file)
    converted.undo()
    assert made.editor.toPlainText() == converted.on_disk(made.file)


def test_an_edit_elsewhere_shows_here(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = view(converted, theme, qtbot)
    param = next(p for p in converted.results.picture.nodes[0].params if p.name == "kernel")
    converted.write_literal([param], "(5, 7)")
    assert "nn.Conv2d(3, 16, (5, 7), stride" in made.editor.toPlainText()
    converted.select((converted.results.picture.nodes[0].id,))
    assert lit(made)[0] == "nn.Conv2d(3, 16, (5, 7), stride=1, padding=1)"
