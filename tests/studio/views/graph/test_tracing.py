"""Following values by command."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.studio.fixtures.pictures import chain, resnet50
from tests.studio.views.graph.conftest import Show


def test_focus_fades_what_is_beside_the_way(show: Show, qtbot: QtBot):
    view = show(resnet50(), 0.8)
    said: list[str] = []
    view.tracing.said.connect(said.append)
    view.tracing.focus()
    assert "two places" in said[-1]
    view.choose(("n1", "n3"))
    view.tracing.focus()
    assert said[-1].startswith("3 nodes")
    view.tracing.zoom_to_selection()
    faded = {key for key, box in view.scene.boxes.items() if box.opacity() < 1}
    assert {"n1", "n2", "n3"}.isdisjoint(faded)
    assert "n0" in faded
    qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert all(box.opacity() == 1 for box in view.scene.boxes.values())
    assert view.has_selection, "the first Escape leaves the focus, the second the selection"


def test_focus_is_seen_from_afar_and_survives_opening(show: Show):
    view = show(chain(300), 0.1)
    shown = view.canvas.grab().toImage()
    view.choose(("n10", "n20"))
    view.tracing.focus()
    assert view.canvas.grab().toImage() != shown
    view.tracing.unfocus()
    view.choose(())
    assert view.canvas.grab().toImage() == shown
    other = show(resnet50(), 0.8)
    other.choose(("n0", "n3"))
    other.tracing.focus()
    other.toggle("/layer1")
    assert other.scene.boxes["/layer1"].opacity() < 1 or "/layer1" not in other.scene.boxes


def test_going_to_neighbours_selects_them(show: Show):
    view = show(resnet50(), 0.8)
    view.choose(("n1",))
    chosen: list[object] = []
    view.selection_changed.connect(chosen.append)
    view.tracing.to_consumers()
    assert view.selected[0] == {"n2"}
    view.tracing.to_producers()
    assert view.selected[0] == {"n1"}
    assert len(chosen) == 2
    said: list[str] = []
    view.tracing.said.connect(said.append)
    view.choose(())
    view.tracing.to_producers()
    view.tracing.zoom_to_selection()
    assert said == ["Nothing is selected in the graph"] * 2


def test_labels_fade_with_their_wires(show: Show):
    view = show(resnet50(), 0.8)
    wires = {drawn.wire.source.item: at for at, drawn in enumerate(view.state.drawing.wires)}
    assert view.scene.label_opacity(wires["n0"]) == view.scene.label_opacity(wires["n3"]) == 1
    view.choose(("n0", "n2"))
    view.tracing.focus()
    assert view.scene.label_opacity(wires["n0"]) == 1
    assert view.scene.label_opacity(wires["n3"]) < 0.5
