"""The opening page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.theme import Theme, themes
from studio.views.welcome import WelcomeView


def buttons(made: WelcomeView) -> dict[str, QPushButton]:
    return {
        button.text().partition("    ")[0]: button
        for button in made.findChildren(QPushButton)
        if button.isVisibleTo(made)
    }


def test_entries_say_what_was_chosen(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    made = WelcomeView(theme)
    qtbot.addWidget(made)
    made.show_lists([str(tmp_path / "net.py")], [Path("examples/my_net.py")], [("work.py", "token")])
    with qtbot.waitSignal(made.path_chosen) as told:
        qtbot.mouseClick(buttons(made)["net.py"], Qt.MouseButton.LeftButton)
    assert told.args == [tmp_path / "net.py"]
    with qtbot.waitSignal(made.path_chosen) as told:
        buttons(made)["my net"].click()
    assert told.args == [Path("examples/my_net.py")]
    with qtbot.waitSignal(made.recovery_chosen) as told:
        buttons(made)["Take it up"].click()
    assert told.args == ["token", True]
    with qtbot.waitSignal(made.open_requested):
        buttons(made)["Open a Python file …"].click()
    made.show_lists([], [], [])
    assert list(buttons(made)) == ["Open a Python file …"]
    made.set_theme(themes()["dark"])


def test_a_held_file_is_answered(theme: Theme, qtbot: QtBot) -> None:
    made = WelcomeView(theme)
    qtbot.addWidget(made)
    made.set_drag(True)
    assert made._hint.text() == "let go to open it"
    made.set_drag(False)
    assert made._hint.text().startswith("or drop it here")
