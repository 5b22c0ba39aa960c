"""Finding commands by a few letters."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from studio.theme import Theme
from studio.widgets.command_palette import CommandPalette, Entry, score


@pytest.mark.parametrize(
    ("wanted", "better", "worse"),
    [
        ("ver", "Verify Run", "Reset Panels View"),
        ("con", "Convert Run", "Icon View"),
        ("opex", "Open Example unet", "Export Project"),
    ],
)
def test_better_fits_come_first(wanted: str, better: str, worse: str) -> None:
    high, low = score(wanted, better), score(wanted, worse)
    assert high is not None
    assert low is None or high > low


def test_letters_in_another_order_do_not_fit() -> None:
    assert score("vrez", "Verify") is None
    assert score("", "Verify") is not None


def test_enter_runs_what_is_chosen(qtbot: QtBot, theme: Theme) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(800, 600)
    parent.show()
    done: list[str] = []
    palette = CommandPalette(parent, theme)
    names = ("Open", "Verify", "Convert")
    palette.open([Entry(name, "Run", "", name != "Open", lambda name=name: done.append(name)) for name in names])
    assert palette.shown() == ["Run: Verify", "Run: Convert", "Run: Open"]
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert done == ["Convert"]
    assert not palette.isVisible()
    palette.open([Entry("Open", "File", "", False, lambda: done.append("Open"))])
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert done == ["Convert"]
    palette.hide()


def test_other_names_are_found_and_nothing_is_told(qtbot: QtBot, theme: Theme) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(800, 600)
    parent.show()
    palette = CommandPalette(parent, theme)
    entries = [
        Entry("Linear", "Insert", "", True, lambda: None, "linear keras.layers.dense"),
        Entry("Add", "Insert", "", True, lambda: None, "add"),
    ]
    palette.open(entries, "Type the name of an operation")
    assert palette.field.placeholderText() == palette.field.accessibleName() == "Type the name of an operation"
    qtbot.keyClicks(palette.field, "layers.Dense")
    assert palette.shown() == ["Insert: Linear"]
    qtbot.keyClicks(palette.field, " no")
    assert palette.shown() == [] and palette._hint.label.isVisible()
    palette.hide()


def test_who_had_the_focus_may_be_gone_when_it_closes(qtbot: QtBot, theme: Theme) -> None:
    parent, field = QWidget(), QLineEdit()
    qtbot.addWidget(parent)
    field.setParent(parent)
    parent.show()
    parent.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    palette = CommandPalette(parent, theme)
    palette.open([])
    delete(field)
    palette.shut()
    assert not palette.isVisible()
