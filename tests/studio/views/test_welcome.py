"""The opening page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from studio.examples import by_framework, example_files, example_title
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
    assert list(buttons(made)) == ["Open a Python file …", "New network"]
    with qtbot.waitSignal(made.new_requested):
        qtbot.mouseClick(buttons(made)["New network"], Qt.MouseButton.LeftButton)
    made.set_theme(themes()["dark"])


def test_examples_of_both_frameworks_are_listed_and_say_what_they_are(theme: Theme, qtbot: QtBot) -> None:
    made = WelcomeView(theme)
    qtbot.addWidget(made)
    made.resize(900, 900)
    made.show()
    files = example_files()
    made.show_lists([], files, [])
    assert len(by_framework(files)) == 2
    qtbot.waitUntil(lambda: {example_title(path) for path in files} <= set(buttons(made)))
    shown = buttons(made)
    mixer = shown["spectral mixer"]
    assert "mapped by hand" in mixer.toolTip() == mixer.accessibleDescription()
    reached = set()
    made._open.setFocus()
    for _ in range(40):
        qtbot.keyClick(made.window().focusWidget(), Qt.Key.Key_Tab)
        reached.add(made.window().focusWidget().text())
    assert set(shown) <= reached, "the keyboard reaches every entry"


def test_a_held_file_is_answered(theme: Theme, qtbot: QtBot) -> None:
    made = WelcomeView(theme)
    qtbot.addWidget(made)
    made.set_drag(True)
    assert made._hint.text() == "let go to open it"
    made.set_drag(False)
    assert made._hint.text().startswith("or drop a file here")
