"""What is moved by hand is kept in the project, one undo step each."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from pivot.project import load_project
from studio.window import Window
from tests.studio.fixtures.lost import open_lost
from tests.studio.views.graph.conftest import place_of
from tests.studio.views.graph.gestures.test_pan import drag


def test_a_drag_is_one_undo_step_that_the_project_keeps(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    window.jobs.automatic = False
    window.graph.set_animated(False)
    open_lost(window.document, tmp_path)
    window.jobs.cancel()
    document, graph, revision = window.document, window.graph, window.document.revision
    item = document.results.picture.unmapped[-1].id
    box = graph.state.drawing.boxes[item]
    start = place_of(graph, item)
    drag(qtbot, graph, start, start + QPoint(120, 0))
    assert document.undo_label == "move wave"
    assert (document.revision, document.stale) == (revision, False)
    moved = graph.state.drawing.boxes[item]
    assert moved.x > box.x
    document.save(tmp_path / "kept.pivot")
    kept = load_project(tmp_path / "kept.pivot")
    assert kept.positions == document.project.positions
    document.undo()
    assert graph.state.drawing.boxes[item] == box
    document.redo()
    assert graph.state.drawing.boxes[item] == moved
    window.bound.trigger("view.reset_positions")
    assert graph.state.drawing.boxes[item] == box
    assert not window.bound.by_id["view.reset_positions"].isEnabled()
    document.undo()
    assert graph.state.drawing.boxes[item] == moved
