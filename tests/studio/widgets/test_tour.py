"""The tour of the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from studio.jobs.queue import Jobs
from studio.window import Window


def test_four_cards_with_the_keyboard_alone(
    window: Window, jobs: Jobs, source: Path, settle: Callable[[Jobs], None], qtbot: QtBot
) -> None:
    window.tour_wanted = True
    window.open_path(source)
    settle(jobs)
    tour = window.tour
    qtbot.waitUntil(tour.isVisible)
    seen = set()
    for at in range(4):
        assert tour.at == at
        seen.add(tour._title.text())
        assert tour.rect().contains(tour._card.geometry()), "every card is inside the window"
        assert tour.accessibleDescription()
        qtbot.keyClick(tour, Qt.Key.Key_Return)
    assert len(seen) == 4
    assert not tour.isVisible()
    assert window.settings.toured, "it comes once"
    window.panels.tree.field.setFocus()
    window.bound.trigger("help.tour")
    qtbot.keyClick(tour, Qt.Key.Key_Right)
    qtbot.keyClick(tour, Qt.Key.Key_Left)
    assert tour.at == 0
    window.resize(1200, 800)
    qtbot.waitUntil(lambda: tour.size() == window.size())
    qtbot.mouseClick(tour.leave, Qt.MouseButton.LeftButton)
    assert not tour.isVisible()
    assert window.window().focusWidget() is window.panels.tree.field, "who had the focus has it again"
