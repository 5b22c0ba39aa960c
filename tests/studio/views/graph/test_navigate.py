"""Arrow keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.views.graph.navigate import first_item, last_item, step_from
from studio.views.graph.state import GraphState
from tests.studio.fixtures.pictures import gpt, resnet50


def state_of(builder, *, opened=(), horizontal=False) -> GraphState:
    state = GraphState(builder.picture(), lambda face: (140.0, 46.0), horizontal)
    state.set_opened(opened)
    return state


@pytest.mark.parametrize(("horizontal", "onward", "back"), [(False, "down", "up"), (True, "right", "left")])
def test_the_flow_is_followed_there_and_back(horizontal, onward, back):
    state = state_of(resnet50(), horizontal=horizontal)
    way = [">v0"]
    while (beyond := step_from(state, way[-1], onward)) is not None:
        way.append(beyond)
    assert way[:4] == [">v0", "n0", "n1", "n2"]
    assert way[-1] == f"<{state.picture.outputs[0].id}"
    assert len(way) == len(state.drawing.boxes)
    home = [way[-1]]
    while (before := step_from(state, home[-1], back)) is not None:
        home.append(before)
    assert home == way[::-1]


def test_the_trunk_is_followed_rather_than_the_short_cut():
    state = state_of(resnet50(), opened={"/layer1", "/layer1.0"})
    assert step_from(state, "n3", "down") == "n4"
    add = next(node.id for node in state.picture.nodes if node.op == "add")
    assert state.picture.node_by_id[step_from(state, add, "up")].label == "bn3"


def test_across_the_flow_are_the_neighbours():
    state = state_of(gpt(2))
    assert step_from(state, "n0", "right") == "n1"
    assert step_from(state, "n1", "left") == "n0"
    assert step_from(state, "n0", "left") is None


def test_from_an_open_group_the_way_leads_into_it():
    state = state_of(resnet50(), opened={"/layer1", "/layer1.0"})
    assert step_from(state, "/layer1.0", "down") == "n4"


def test_the_ends():
    state = state_of(resnet50())
    assert first_item(state) == ">v0"
    assert last_item(state) == f"<{state.picture.outputs[0].id}"
    assert step_from(state, None, "down") == ">v0"


def test_keys_move_the_selection_and_the_sight(show, qtbot):
    view = show(resnet50(), 1.0)
    sent = []
    view.selection_changed.connect(sent.append)
    qtbot.keyClick(view.canvas, Qt.Key.Key_Home)
    for _ in range(3):
        qtbot.keyClick(view.canvas, Qt.Key.Key_Down)
    assert view.selected == (frozenset({"n2"}), frozenset())
    assert [nodes for nodes, _ in sent] == [{"n0"}, {"n1"}, {"n2"}]
    qtbot.keyClick(view.canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert view.selected[0] == {"n1", "n2"}
    qtbot.keyClick(view.canvas, Qt.Key.Key_End)
    assert view.canvas.seen().covers(view.state.drawing.boxes[view.current])
    qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    assert not view.has_selection
