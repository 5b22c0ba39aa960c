"""The panels around the graph, gone through with the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.jobs.queue import Jobs
from studio.window import Window

Settle = Callable[[Jobs], None]


def opened(window: Window, jobs: Jobs, source: Path, settle: Settle, qtbot: QtBot) -> None:
    window.open_path(source)
    settle(jobs)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.waitUntil(lambda: not window.panels.source.editor.visibleRegion().isEmpty())


def test_f6_goes_round_and_out_of_the_source(
    window: Window, jobs: Jobs, source: Path, settle: Settle, qtbot: QtBot
) -> None:
    opened(window, jobs, source, settle, qtbot)
    panels = window.panels
    window.graph.canvas.setFocus()
    round_ = [panels.tree.tree, panels.inspector.area, panels.source.editor, panels.target.editor, window.graph.canvas]
    for wanted in round_:
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_F6)
        assert window.focusWidget() is wanted
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert window.focusWidget() is panels.target.editor
    panels.show("problems")
    qtbot.waitUntil(lambda: panels.source.editor.visibleRegion().isEmpty())
    panels.inspector.area.setFocus()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_F6)
    assert window.focusWidget() is window.graph.canvas, "a panel behind another one is passed over"


def test_tab_goes_through_the_fields_of_the_inspector_in_their_order(
    window: Window, jobs: Jobs, source: Path, settle: Settle, qtbot: QtBot
) -> None:
    opened(window, jobs, source, settle, qtbot)
    picture = window.document.results.picture
    window.document.select((picture.nodes[0].id,))
    fields = [editor.field for editor in window.panels.inspector.page.editors.values()]
    window.panels.inspector.area.setFocus()
    met: list[QWidget] = []
    for _ in range(6 * len(fields)):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        met.append(window.focusWidget())
        if window.focusWidget() is fields[-1]:
            break
    assert [part for part in met if part in fields] == fields
    assert all(window.panels.inspector.isAncestorOf(part) for part in met)


def test_no_panel_lies_over_another_in_the_smallest_window(
    window: Window, jobs: Jobs, source: Path, settle: Settle, qtbot: QtBot
) -> None:
    opened(window, jobs, source, settle, qtbot)
    window.resize(window.minimumSize())
    docks = window.panels.docks

    def apart() -> bool:
        code, inspector = docks["code"], docks["inspector"]
        inside = window.panels.code.mapTo(window, window.panels.code.rect().bottomRight()).x()
        return code.geometry().right() < inspector.geometry().left() and inside <= code.geometry().right()

    qtbot.waitUntil(apart)


def test_in_a_small_window_no_panel_lies_over_another(
    window: Window, jobs: Jobs, source: Path, settle: Settle, qtbot: QtBot
) -> None:
    opened(window, jobs, source, settle, qtbot)
    window.resize(640, 400)
    for name in ("problems", "verification"):
        window.panels.show(name)
        dock = window.panels.docks[name]
        qtbot.waitUntil(lambda dock=dock: not dock.visibleRegion().isEmpty() and window.width() == 640)
        assert not dock.geometry().intersects(window.panels.docks["inspector"].geometry())
        assert dock.widget().width() <= dock.width()
    assert window.status._verdict.geometry().right() <= window.status.width()
