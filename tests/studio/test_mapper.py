"""From the graph, the palette, the inspector and the keyboard to the mapping."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from studio.op_mime import op_data
from studio.views.inspector.unmapped import MappedCard, UnmappedCard
from studio.window import Window
from tests.studio.fixtures.lost import NET, open_lost, read_again
from tests.studio.views.graph.conftest import place_of


@pytest.fixture
def lost(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Window:
    monkeypatch.setenv("PIVOT_STUDIO_OPS", str(tmp_path / "mine"))
    window.jobs.automatic = False
    window.graph.set_animated(False)
    open_lost(window.document, tmp_path)
    window.jobs.cancel()
    return window


def red(window: Window, at: int = -1) -> str:
    return window.document.results.picture.unmapped[at].id


def test_an_op_dropped_on_a_red_node_opens_the_mapping(lost: Window, qtbot: QtBot) -> None:
    name = red(lost)
    lost.document.select((name,))
    keys, button = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    at = QPointF(place_of(lost.graph, name))
    data = op_data("elu")  # the event does not own it
    lost.graph.canvas.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, data, button, keys))
    dialog = lost.mapper.dialog
    assert dialog is not None and dialog.line.text() == "y = ops.elu(x, 3.0)"
    qtbot.keyClick(dialog.accept_button, Qt.Key.Key_Return)
    assert lost.document.undo_label == "map wave → elu"
    read_again(lost.document)
    assert lost.document.results.picture.unmapped == ()


def test_enter_on_a_red_node_and_enter_in_the_palette(lost: Window, qtbot: QtBot) -> None:
    lost.graph.choose((red(lost),))
    qtbot.keyClick(lost.graph.canvas, Qt.Key.Key_Return)
    assert lost.mapper.dialog is not None
    lost.mapper.dialog.reject()
    lost.panels.show("palette")
    lost.panels.palette.fill()
    qtbot.keyClicks(lost.panels.palette.field, "tanh")
    qtbot.keyClick(lost.panels.palette.field, Qt.Key.Key_Return)
    assert lost.mapper.dialog is not None and lost.mapper.dialog.one_op.said == "tanh"
    qtbot.keyClicks(lost.panels.palette.field, "_shrink")
    qtbot.keyClick(lost.panels.palette.field, Qt.Key.Key_Return)
    assert lost.mapper.dialog.one_op.said == "tanh_shrink"
    lost.mapper.dialog.reject()


def test_an_op_is_left_to_edits_where_nothing_is_red(lost: Window) -> None:
    mapped = next(node for node in lost.document.results.picture.nodes if node.unmapped is None)
    for nodes in ((), (mapped.id,)):
        lost.document.select(nodes)
        assert not lost.mapper.take("relu")
    assert lost.mapper.dialog is None


def test_the_inspector_says_where_no_operation_is_close(lost: Window) -> None:
    lost.document.select((red(lost),))
    (card,) = lost.panels.inspector.findChildren(UnmappedCard)
    texts = [part.text() for part in card.findChildren(QLabel)]
    assert any("torch.special.wave(x, 3.0)" in text for text in texts)
    assert any("No operation is close" in text for text in texts)
    assert card.suggestions == []


def test_a_suggestion_of_the_inspector_opens_the_mapping_with_its_op(
    lost: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    open_lost(lost.document, tmp_path, NET.replace("special.wave", "special.tanh_wave"))
    lost.document.select((red(lost),))
    (card,) = lost.panels.inspector.findChildren(UnmappedCard)
    first = card.suggestions[0]
    assert (first.text(), first.toolTip()) == ("Hyperbolic tangent (tanh)", "Map to tanh …")
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert lost.mapper.dialog is not None
    assert lost.mapper.dialog.one_op.said == "tanh"
    lost.mapper.dialog.reject()


def test_a_mapped_node_can_be_changed_and_taken_back(lost: Window, qtbot: QtBot) -> None:
    lost.bound.trigger("edit.map")
    dialog = lost.mapper.dialog
    dialog.choose("tanh")
    dialog.judge()
    dialog.accept()
    read_again(lost.document)
    node = next(node for node in lost.document.results.picture.nodes if node.mapped_by_hand)
    lost.document.select((node.id,))
    (card,) = lost.panels.inspector.findChildren(MappedCard)
    lost.document.ask_mapping(node.id, "sin")
    lost.mapper.dialog.accept()
    read_again(lost.document)
    page = lost.panels.inspector.page
    assert any(part.text() == "map wave → sin, all like this" for part in page.findChildren(QLabel))
    card = page.findChildren(MappedCard)[0]
    back = next(made for made in card.findChildren(QPushButton) if made.text() == "Take Back")
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert lost.document.project.decisions == ()


def test_what_waits_leads_to_what_it_waits_for(window: Window, tmp_path: Path, qtbot: QtBot) -> None:
    window.jobs.automatic = False
    text = NET.replace("return y\n", "return nn.functional.linear(y, torch.ones(4, 16))\n")
    text = text.replace("y = torch.special.wave(x, 3.0)", "y = torch.special.widen(x)")
    open_lost(window.document, tmp_path, text)
    window.jobs.cancel()
    waiting = next(node for node in window.document.results.picture.unmapped if node.unmapped.waits)
    assert waiting.unmapped.waits == "torch.special.widen(x)"
    window.document.ask_mapping(waiting.id)
    assert window.mapper.dialog is not None
    assert window.mapper.dialog.mapping.call.name == "torch.special.widen"
    window.mapper.dialog.reject()
