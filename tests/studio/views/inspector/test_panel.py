"""The inspector: which page, and editing on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from pivot import edits
from studio.document import Document
from studio.editing.editor import Editor
from studio.jobs.queue import Jobs
from studio.theme import Theme
from studio.views.inspector.model_page import ModelPage
from studio.views.inspector.module_page import ModulePage
from studio.views.inspector.node_page import NodePage
from studio.views.inspector.panel import Inspector
from studio.views.inspector.rows import add
from studio.views.inspector.scope_row import ScopeRow

Settle = Callable[[Jobs], None]


def panel(document: Document, theme: Theme, qtbot: QtBot) -> Inspector:
    made = Inspector(document, theme)
    made.resize(320, 700)
    qtbot.addWidget(made)
    made.show()
    return made


def texts(made: Inspector) -> str:
    return "\n".join(label.text() for label in made.page.findChildren(QLabel))


def node_id(document: Document, path: str) -> str:
    return next(node.id for node in document.results.picture.nodes if node.path == path)


def test_pages_follow_the_selection(document: Document, converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = panel(converted, theme, qtbot)
    assert isinstance(made.page, ModelPage)
    converted.select((node_id(converted, "stem"),))
    assert isinstance(made.page, NodePage)
    assert "N×3×32×32" in texts(made)
    assert "self.stem(x)" in texts(made)
    converted.select((), ("block1",))
    assert isinstance(made.page, ModulePage)
    assert "Block" in texts(made)
    converted.close()
    assert "Open a Python file" in texts(made)


def test_a_parameter_is_edited_by_keyboard(
    converted: Document, jobs: Jobs, theme: Theme, qtbot: QtBot, settle: Settle
) -> None:
    made = panel(converted, theme, qtbot)
    converted.select((node_id(converted, "stem"),))
    field = made.page.editors["kernel"].field
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.text() == "4"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert converted.undo_label == "kernel 3 → 4"
    settle(jobs)
    assert made.page.editors["kernel"].field.text() == "4"
    converted.undo()
    assert made.page.editors["kernel"].field.text() == "3"


def test_what_is_typed_is_expected_before_it_is_written(
    converted: Document, jobs: Jobs, theme: Theme, qtbot: QtBot, settle: Settle
) -> None:
    made = panel(converted, theme, qtbot)
    converted.select((node_id(converted, "stem"),))
    field = made.page.editors["kernel"].field
    expected: list[object] = []
    converted.edit_expected.connect(expected.append)
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "5")
    qtbot.waitUntil(lambda: len(expected) == 1, timeout=5_000)
    assert converted.undo_label is None
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert expected[-1] is None
    qtbot.keyClicks(field, "x")
    qtbot.waitUntil(lambda: len(expected) == 3, timeout=5_000)
    assert expected[-1] is None, "no kernel"
    field.selectAll()
    qtbot.keyClicks(field, "7")
    qtbot.waitUntil(lambda: len(expected) == 4, timeout=5_000)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert converted.project == expected[-1]
    settle(jobs)


def test_what_does_not_fit_is_told_and_not_written(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = panel(converted, theme, qtbot)
    converted.select((node_id(converted, "stem"),))
    editor = made.page.editors["filters"]
    editor.field.setFocus()
    editor.field.selectAll()
    qtbot.keyClicks(editor.field, "many")
    assert editor.field.property("state") == "bad"
    qtbot.keyClick(editor.field, Qt.Key.Key_Return)
    assert "not a literal" in editor._said.text()
    assert not converted.modified
    qtbot.keyClick(editor.field, Qt.Key.Key_Escape)
    assert editor.field.text() == "16"
    assert editor.field.property("state") == ""


def test_equal_nodes_are_edited_together(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = panel(converted, theme, qtbot)
    ids = tuple(node_id(converted, path) for path in ("stem", "block1.conv", "block2.conv"))
    converted.select(ids)
    editors = made.page.editors
    assert editors["kernel"].field.text() == "3"
    assert editors["filters"].field.text() == "16"
    assert editors["in_channels"].field.placeholderText() == "differs"
    editors["kernel"].commit("5")
    text = converted.text(converted.project.source)
    assert "Conv2d(3, 16, 5" in text
    assert "Conv2d(16, 16, 5" in text
    converted.undo()
    assert not converted.project.texts


def test_typing_survives_new_results(
    converted: Document, jobs: Jobs, theme: Theme, qtbot: QtBot, settle: Settle
) -> None:
    made = panel(converted, theme, qtbot)
    with qtbot.waitActive(made):
        made.activateWindow()
    converted.select((node_id(converted, "stem"),))
    page = made.page
    page.editors["kernel"].commit("5")
    field = page.editors["padding"].field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "2")
    assert field.hasFocus()
    settle(jobs)
    assert made.page is page
    assert field.text() == "2"
    assert page.editors["kernel"].field.text() == "5"


def test_the_model_page_edits_the_project(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = panel(converted, theme, qtbot)
    assert made.page.model.text() == "" and made.page.model.placeholderText() == converted.results.picture.source.model
    made.page.model.setText("Block()")
    made.page.model.editingFinished.emit()
    assert converted.project.model == "Block()"
    assert converted.undo_label == "model Block()"
    made.page.inputs.setText("1x3x8x8; ids=2x16:int64")
    made.page.inputs.editingFinished.emit()
    assert converted.project.inputs == ("1x3x8x8", "ids=2x16:int64")
    made.page.bind.setText("no equals sign")
    made.page.bind.editingFinished.emit()
    assert converted.project.bind == ()
    assert "NAME=EXPRESSION" in texts(made)


def test_who_wrote_into_a_field_is_still_there_when_the_page_is_made_again(
    converted: Document, theme: Theme, qtbot: QtBot
) -> None:
    made = panel(converted, theme, qtbot)
    made.activateWindow()
    field = made.page.inputs
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    made._key = None
    made._refresh()
    assert made.page.inputs is not field and made.page.inputs.hasFocus()


def test_the_model_page_is_made_again_only_for_what_it_shows(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = panel(converted, theme, qtbot)
    page, project = made.page, converted.project
    assert isinstance(page, ModelPage) and project is not None
    converted.edit("text", edits.set_text(project, project.source, "# more\n" + (converted.text(project.source) or "")))
    assert made.page is page, "nothing of what stands there has changed"
    converted.edit("names", edits.set_bindings(converted.project or project, ["size=3"]))
    assert isinstance(made.page, ModelPage) and made.page is not page
    assert made.page.bind.text() == "size=3"


def test_weights_and_calls_follow_an_edit_while_the_field_has_the_focus(
    converted: Document, jobs: Jobs, theme: Theme, qtbot: QtBot, settle: Settle
) -> None:
    made = panel(converted, theme, qtbot)
    with qtbot.waitActive(made):
        made.activateWindow()
    converted.select((node_id(converted, "stem"),))
    page = made.page
    assert "64×3×3×3" in texts(made)
    field = page.editors["kernel"].field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    settle(jobs)
    assert made.page is page
    assert field.hasFocus()
    assert "64×3×5×5" in texts(made)
    assert "64×3×3×3" not in texts(made)
    assert "Conv2d(3, 16, 5" in texts(made)


def test_a_long_name_is_broken_and_not_cut_off(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(230, 100)
    grid = QGridLayout(page)
    add(grid, "called", "torch.special.modified_bessel_i0(y)")
    page.show()
    shown = grid.itemAtPosition(1, 1).widget()
    assert shown.height() > 1.8 * shown.fontMetrics().height()
    assert shown.text() == shown.accessibleName() == "torch.special.modified_bessel_i0(y)"
    qtbot.mouseDClick(shown, Qt.MouseButton.LeftButton, pos=shown.rect().center())
    shown.setSelection(0, 30)
    qtbot.keyClick(shown, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text()
    assert len(copied) > 20
    assert shown.text().startswith(copied)


def test_only_what_can_be_written_is_offered(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = panel(converted, theme, qtbot)
    offered = [made.page.target.itemText(at) for at in range(made.page.target.count())]
    assert offered == ["Keras 3", "PyTorch"]


def test_how_far_edits_reach_is_counted_again_with_the_results_of_an_edit(
    converted: Document, theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = Editor(converted)
    made = Inspector(converted, theme, editor=editor)
    qtbot.addWidget(made)
    converted.select((node_id(converted, "stem"),))
    counted: list[bool] = []
    row = made.page.findChild(ScopeRow)
    monkeypatch.setattr(row, "refresh", lambda: counted.append(converted.stale))
    stem = converted.results.picture.node_by_id[node_id(converted, "stem")]
    converted.write_literal([p for p in stem.params if p.name == "kernel"], "5")
    assert converted.stale and counted == []
    converted.undo()
    assert not converted.stale and counted and not any(counted)
