"""The settings as a dialog, used with mouse and keys."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from studio.settings import setting_table
from studio.settings_dialog import SettingsDialog
from studio.window import Window


@pytest.fixture
def dialog(window: Window, qtbot: QtBot) -> SettingsDialog:
    made = SettingsDialog(window.settings, window)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_change_holds_at_once_and_all_go_back(dialog: SettingsDialog, window: Window, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.controls["convert_on_edit"], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert not window.jobs.automatic
    spin = dialog.controls["code_px"]
    assert spin.suffix() == " px"
    spin.setFocus()
    spin.selectAll()
    qtbot.keyClicks(spin, "20")
    qtbot.keyClick(spin, Qt.Key.Key_Tab)
    assert window.panels.source.editor.font().pixelSize() == 20
    theme = dialog.controls["theme"]
    theme.setFocus()
    qtbot.keyClicks(theme, "D")  # a box goes to what begins so
    theme.activated.emit(theme.currentIndex())
    assert theme.currentText() == "Dark" and window.theme.dark
    back = next(button for button in dialog.findChildren(QPushButton) if button.text() == "Restore Defaults")
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert window.jobs.automatic and not window.theme.dark
    assert spin.value() == setting_table()["code_px"].default
    assert theme.currentText() == "As the system"


def test_an_interpreter_that_is_none_is_told_at_once(dialog: SettingsDialog, window: Window, qtbot: QtBot) -> None:
    line, complaint = dialog.controls["verify_python"], dialog.complaints["verify_python"]
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(line, "/no/such/python")
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert complaint.isVisible() and line.property("state") == "bad"
    dialog.ask = lambda parent, before: sys.executable
    (browse,) = (button for button in dialog.findChildren(QToolButton) if button.text() == "…")
    qtbot.mouseClick(browse, Qt.MouseButton.LeftButton)
    assert line.text() == sys.executable == window.settings.text("verify_python")
    assert not complaint.isVisible()
    assert sys.executable in window.jobs.verify_options


def test_every_control_is_reached_by_tab_and_has_a_name(dialog: SettingsDialog, qtbot: QtBot) -> None:
    assert set(dialog.controls) == set(setting_table())
    dialog.controls["theme"].setFocus()
    reached = set()
    for _ in range(3 * len(dialog.controls)):
        focus = dialog.focusWidget()
        assert focus is not None
        reached.add(focus.accessibleName() or getattr(focus, "text", str)())
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    assert {control.accessibleName() for control in dialog.controls.values()} <= reached
    assert "Close" in {text.replace("&", "") for text in reached}
    assert dialog.findChild(QDialogButtonBox) is not None


def test_program_text_takes_the_font_that_is_chosen(dialog: SettingsDialog, window: Window) -> None:
    box = dialog.controls["code_font"]
    assert box.itemData(0) == ""
    if box.count() > 1:
        box.setCurrentIndex(box.count() - 1)
        box.activated.emit(box.count() - 1)
        assert window.panels.source.editor.font().family() == box.currentText()
