"""The history: what it lists, and the way through it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pivot import edits
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
