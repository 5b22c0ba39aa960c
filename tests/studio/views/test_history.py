"""The history: what it lists, and the way through it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pivot import edits
from pivot.project import load_project
from studio.document import Document
from studio.views.history import HistoryView


def test_edits_are_listed_and_gone_to_by_keyboard(document: Document, converted: Document, qtbot: QtBot) -> None:
    view = HistoryView(converted)
    qtbot.addWidget(view)
    view.show()
    assert view.labels() == ["Opened"]
    assert view._hint.isVisible(), "a list of one line says what it is for"
    project = converted.project
    assert project is not None
    converted.edit("write PyTorch", edits.set_target(project, "torch"))
    converted.edit("set names", edits.set_bindings(converted.project or project, ["size=3"]))
    assert view.labels() == ["Opened", "Write PyTorch", "Set names"]
    assert not view._hint.isVisible()
    view.list.setCurrentRow(1)
    qtbot.keyClick(view.list, Qt.Key.Key_Return)
    assert converted.undo_label == "write PyTorch"
    assert converted.redo_label == "set names"


def test_what_is_opened_after_another_has_its_first_line(converted: Document, qtbot: QtBot) -> None:
    view = HistoryView(converted)
    qtbot.addWidget(view)
    project = converted.project
    assert project is not None
    converted.close()
    assert view.labels() == []
    converted.start(project)
    assert view.labels() == ["Opened"]


def test_what_was_done_before_it_was_saved_is_told(converted: Document, tmp_path: Path, qtbot: QtBot) -> None:
    project = converted.project
    assert project is not None
    converted.edit("write PyTorch", edits.set_target(project, "torch"))
    path = tmp_path / "net.pivot"
    converted.save(path)
    assert not converted.modified
    again = Document()
    again.open(path)
    view = HistoryView(again)
    qtbot.addWidget(view)
    assert view.labels() == ["Write PyTorch", "Opened"]
    assert not again.modified and again.project == converted.project
    view.list.itemActivated.emit(view.list.item(0))
    assert again.undo_label is None, "it cannot be undone any more"
    again.edit("set names", edits.set_bindings(again.project or project, ["size=3"]))
    again.save(path)
    assert load_project(path).history == ("write PyTorch", "set names")
