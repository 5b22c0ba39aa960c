"""The mapping of a call, as a person does it: with keys, the mouse and ops that are dropped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pivot.decisions import Decision, parse_decision
from studio.catalogue import Catalogue
from studio.document import Document
from studio.mapping import Mapping
from studio.op_mime import op_data
from studio.theme import Theme
from studio.views.mapping.dialog import CODE, ONE_OP, PASS, STEPS, STOP, USER_FOLDER, MappingDialog
from tests.studio.fixtures.lost import open_lost, read_again


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIVOT_STUDIO_OPS", str(tmp_path / "mine"))


@pytest.fixture
def document(qapp: object, tmp_path: Path) -> Document:
    made = Document()
    open_lost(made, tmp_path)
    return made


@pytest.fixture
def dialog(qtbot: QtBot, document: Document, theme: Theme) -> MappingDialog:
    """The mapping of the last of three calls of torch.special.wave at two places."""
    return opened(qtbot, document, theme)


def opened(qtbot: QtBot, document: Document, theme: Theme, at: int = -1) -> MappingDialog:
    picture, project = document.results.picture, document.project
    node = [node for node in picture.nodes if node.call is not None][at]
    catalogue = Catalogue()
    made = MappingDialog(document, Mapping(node, picture, project, catalogue.opset), catalogue, theme)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)  # the test looks at it after it was closed
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def drop(dialog: MappingDialog, op: str) -> None:
    """An op of the palette is let go over the dialog."""
    keys, button = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    data = op_data(op)  # the event does not own it
    event = QDropEvent(QPointF(60, 60), Qt.DropAction.CopyAction, data, button, keys)
    dialog.dropEvent(event)
    dialog.judge()


def decided(document: Document) -> Decision:
    (text,) = document.project.decisions
    return parse_decision(text)


def test_it_opens_with_the_call_and_its_place_and_says_that_nothing_is_close(dialog: MappingDialog) -> None:
    assert dialog.everywhere.text() == "All 3 like this (2 places)"
    assert dialog.only_here.text() == "Only at this place (1 node)"
    assert dialog.one_op.suggestions == []
    assert any("No operation is close" in part.text() for part in dialog.one_op.findChildren(QLabel))
    assert not dialog.accept_button.isEnabled()
    assert dialog.why.text() == "Choose an operation."
    assert dialog._result.property("tone") != "danger", "nothing is wrong before anything was chosen"
    assert any("arguments of the call appear here" in part.text() for part in dialog.one_op.findChildren(QLabel))


def test_an_op_is_found_by_its_name_in_a_framework_and_shown_by_its_title(dialog: MappingDialog, qtbot: QtBot) -> None:
    field = dialog.one_op.field
    field.setFocus()
    qtbot.keyClicks(field, "nn.LeakyR")
    popup = field.completer().popup()
    qtbot.waitUntil(popup.isVisible)
    assert popup.model().index(0, 0).data() == "Leaky ReLU"
    qtbot.keyClick(popup, Qt.Key.Key_Down)
    qtbot.keyClick(popup, Qt.Key.Key_Return)
    assert field.text() == "Leaky ReLU"
    assert dialog.one_op.op is not None and dialog.one_op.op.name == "leaky_relu"


def test_keys_alone_map_everywhere_in_one_undo_step(dialog: MappingDialog, document: Document, qtbot: QtBot) -> None:
    qtbot.keyClicks(dialog.one_op.field, "elu")
    qtbot.waitUntil(lambda: dialog.accept_button.isEnabled())
    assert dialog.line.text() == "y = ops.elu(x, 3.0)"
    assert dialog.shape.text() == "→ N×8"
    qtbot.keyClick(dialog.one_op.field, Qt.Key.Key_Return)
    qtbot.keyClick(dialog, Qt.Key.Key_Return) if dialog.isVisible() else None
    assert document.undo_label == "map wave → elu"
    read_again(document)
    assert document.results.picture.unmapped == ()
    assert [node.op for node in document.results.picture.nodes if node.mapped_by_hand] == ["elu"] * 3
    document.undo()
    assert document.project.decisions == ()


def test_tab_goes_from_the_op_through_its_arguments_and_enter_never_gives_up(
    dialog: MappingDialog, qtbot: QtBot
) -> None:
    dialog.activateWindow()
    dialog.one_op.field.setFocus()
    qtbot.waitUntil(dialog.one_op.field.hasFocus)
    qtbot.keyClicks(dialog.one_op.field, "clamp")
    qtbot.waitUntil(dialog.one_op.meanings[0].isVisible)
    qtbot.keyClick(dialog.one_op.field, Qt.Key.Key_Tab)
    assert dialog.one_op.meanings[0].hasFocus()
    walked = []
    for _ in range(12):
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        walked.append(dialog.focusWidget())
        assert not any(button.isDefault() for button in dialog.buttons.buttons() if button is not dialog.accept_button)
    assert walked.index(dialog.one_op.meanings[1]) < walked.index(dialog.remember)
    dialog.tabs.setCurrentIndex(STEPS)
    dialog.steps.add("b = abs(a)")
    first, second = dialog.steps.lines
    qtbot.waitUntil(second.isVisible)
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert second.hasFocus()


def test_a_dropped_op_is_mapped_here_only(dialog: MappingDialog, document: Document, qtbot: QtBot) -> None:
    drop(dialog, "leaky_relu")
    assert [box.currentText() for box in dialog.one_op.meanings] == ["input x", "slope"]
    qtbot.mouseClick(dialog.only_here, Qt.MouseButton.LeftButton, pos=QPoint(6, dialog.only_here.height() // 2))
    assert dialog.only_here.isChecked() and dialog.why.text() == ""
    assert not dialog.remember.isEnabled()
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    assert decided(document).where.function == "Net.forward"
    read_again(document)
    assert len(document.results.picture.unmapped) == 2


def test_an_argument_can_mean_something_else_or_nothing(dialog: MappingDialog, qtbot: QtBot) -> None:
    drop(dialog, "elu")
    box = dialog.one_op.meanings[1]
    assert "alpha" in [box.itemText(at) for at in range(box.count())]
    box.setCurrentText("_")
    qtbot.waitUntil(lambda: "left out: 3.0" in dialog.note.text())
    assert dialog.line.text() == "y = ops.elu(x)"
    box.setCurrentText("nonsense")
    qtbot.waitUntil(lambda: not dialog.accept_button.isEnabled())
    assert "no parameter 'nonsense'" in dialog.why.text()


def test_a_parameter_that_is_needed_is_asked_for(dialog: MappingDialog, qtbot: QtBot) -> None:
    drop(dialog, "pow")
    drop(dialog, "unflatten")
    needed = next(name for name, field in dialog.one_op.values.items() if field.placeholderText() == "needed")
    assert dialog.why.text() and not dialog.accept_button.isEnabled()
    qtbot.keyClicks(dialog.one_op.values[needed], "(2, 4)")
    assert dict(dialog.one_op.draft.constants) == {needed: "(2, 4)"}


def test_several_steps_are_built_by_dropping(dialog: MappingDialog, document: Document, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    dialog.tabs.setCurrentIndex(STEPS)
    drop(dialog, "square")
    drop(dialog, "add")
    assert dialog.steps.texts() == ["a = square(x)", "b = add(a, x)"]
    assert dialog.line.text() == "y = ops.square(x) + x"
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    assert document.undo_label == "map wave → 2 steps"
    read_again(document)
    assert document.results.picture.unmapped == ()


def test_own_code_is_checked_while_it_is_written(dialog: MappingDialog, document: Document, qtbot: QtBot) -> None:
    dialog.tabs.setCurrentIndex(CODE)
    dialog.code.editor.setPlainText("def wave(x, arg1:\n")
    qtbot.waitUntil(lambda: "mistake in line 1" in dialog.why.text())
    dialog.code.editor.setPlainText("def wave(x, arg1):\n    return ops.sin(x * arg1)\n")
    qtbot.waitUntil(lambda: dialog.accept_button.isEnabled())
    assert dialog.line.text() == "y = wave(x, 3.0)"
    dialog.code.same.setChecked(False)
    dialog.code.output.setText("A B//2")
    dialog.judge()
    assert dialog.shape.text() == "→ N×4" and "it was taken to give N×8" in dialog.note.text()
    dialog.accept()
    assert decided(document).title == "map wave → wave()"


def test_pass_through_and_stop(dialog: MappingDialog, document: Document, theme: Theme, qtbot: QtBot) -> None:
    dialog.tabs.setCurrentIndex(PASS)
    assert dialog.shape.text() == "→ N×8"
    dialog.accept()
    read_again(document)
    assert document.results.picture.unmapped == ()
    again = opened(qtbot, document, theme)
    assert again.one_op.op.name == "identity" and again.one_op.field.text() == again.one_op.op.title
    again.tabs.setCurrentIndex(STOP)
    qtbot.keyClicks(again.message, "no wave here")
    again.accept()
    assert decided(document).message == "no wave here"
    read_again(document)
    assert all(node.unmapped.stopped for node in document.results.picture.unmapped)


def test_it_can_be_remembered_for_the_user(dialog: MappingDialog, document: Document) -> None:
    drop(dialog, "elu")
    dialog.remember.setCurrentIndex(USER_FOLDER)
    dialog.accept()
    assert decided(document).remember == "user"


def test_everything_has_a_name_for_people_who_cannot_see_it(dialog: MappingDialog) -> None:
    drop(dialog, "elu")
    assert dialog.tabs.currentIndex() == ONE_OP
    named = [*dialog.one_op.meanings, *dialog.one_op.values.values(), dialog.remember, dialog.tabs, dialog.message]
    assert all(part.accessibleName() for part in (*named, dialog.code.editor, dialog.code.output, dialog.one_op.field))


def test_the_only_call_of_its_kind_is_not_counted(qtbot: QtBot, document: Document, theme: Theme) -> None:
    picture, catalogue = document.results.picture, Catalogue()
    node = next(node for node in picture.nodes if node.call is not None)
    mapping = Mapping(node, replace(picture, nodes=(node,)), document.project, catalogue.opset)
    made = MappingDialog(document, mapping, catalogue, theme)
    qtbot.addWidget(made)
    assert made.everywhere.text() == "All like this (so far this one)"
