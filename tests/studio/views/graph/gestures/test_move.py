"""Dragging nodes and groups to other places."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from tests.studio.fixtures.pictures import resnet50
from tests.studio.views.graph.conftest import place_of
from tests.studio.views.graph.gestures.test_pan import drag, move


@pytest.fixture
def view(show):
    """A view that keeps what it is told, as a document would."""
    made = show(resnet50(), 0.8)
    made.told = []

    def keep(moved, merge):
        made.told.append((moved, merge))
        known = made.state.positions
        made.set_positions({**known, **{group: {**known.get(group, {}), **at} for group, at in moved.items()}})

    made.items_moved.connect(keep)
    return made


def test_a_dragged_node_stays_where_it_was_let_go_and_selects_nothing(view, qtbot):
    start = place_of(view, "n1")
    drag(qtbot, view, start, start + QPoint(160, 40))
    ((moved, merge),) = view.told
    assert moved == {"/": {"bn1": (200.0, 50.0)}}
    assert not merge
    assert place_of(view, "n1") == start + QPoint(160, 40)
    assert not view.has_selection


def test_wires_follow_and_nothing_else_moves(view, qtbot):
    start, other = place_of(view, "n1"), place_of(view, "n0")
    drag(qtbot, view, start, start + QPoint(160, 0))
    assert place_of(view, "n0") == other
    box = view.state.drawing.boxes["n1"]
    into = [wire for wire in view.state.drawing.wires if wire.wire.target.item == "n1"]
    out = [wire for wire in view.state.drawing.wires if wire.wire.source.item == "n1"]
    assert [wire.points[-1] for wire in into] == [pytest.approx((box.centre[0], box.y))]
    assert [wire.points[0] for wire in out] == [pytest.approx((box.centre[0], box.bottom))]


def test_what_is_moved_far_makes_its_group_larger(view, qtbot):
    group = next(item for item in view.state.drawing.opened)
    inside = view.state.drawing.visible.levels[group].items[0]
    before = view.state.drawing.boxes[group]
    start = place_of(view, inside, 60.0, 17.0)
    drag(qtbot, view, start, start - QPoint(300, 0))
    box, around = view.state.drawing.boxes[inside], view.state.drawing.boxes[group]
    assert around.width > before.width
    assert around.covers(box)
    assert view.state.drawing.bounds.covers(around)


def test_all_that_is_selected_moves_together(view, qtbot):
    view.choose(("n0", "n1"))
    start, other = place_of(view, "n1"), place_of(view, "n0")
    drag(qtbot, view, start, start + QPoint(80, 0))
    ((moved, _),) = view.told
    assert moved == {"/": {"conv1": (100.0, 0.0), "bn1": (100.0, 0.0)}}
    assert place_of(view, "n0") == other + QPoint(80, 0)


def test_keys_move_what_is_selected_and_a_row_of_them_is_one_move(view, qtbot):
    view.choose(("n1",))
    for _ in range(2):
        qtbot.keyClick(view.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert [moved["/"]["bn1"] for moved, _ in view.told] == [(10.0, 0.0), (20.0, 0.0)]
    assert len({merge for _, merge in view.told}) == 1 and view.told[0][1]
    assert view.selected[0] == {"n1"}


def test_escape_lets_go(view, qtbot):
    start = place_of(view, "n1")
    item = view.scene.boxes["n1"]
    before = item.pos()
    qtbot.mousePress(view.canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    move(view, start + QPoint(60, 0), Qt.MouseButton.LeftButton)
    assert item.pos() != before
    qtbot.keyClick(view.canvas, Qt.Key.Key_Escape)
    qtbot.mouseRelease(view.canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    assert item.pos() == before
    assert view.told == []


def test_a_turned_network_keeps_what_is_beside_the_flow_beside_it(view):
    view.set_positions({"/": {"bn1": (200.0, 0.0)}})
    view.set_horizontal(True)
    boxes = view.state.drawing.boxes
    assert boxes["n1"].centre[1] - boxes["n0"].centre[1] == pytest.approx(200.0, abs=1.0)


def test_positions_outlive_other_ids(view):
    view.set_positions({"/": {"bn1": (200.0, 0.0), "gone": (1.0, 1.0)}})
    view.set_picture(resnet50(unmapped=True).picture())
    item = view.state.names.item_of["bn1"]
    first = view.state.drawing.boxes[view.state.names.item_of["conv1"]]
    assert view.state.drawing.boxes[item].centre[0] - first.centre[0] == pytest.approx(200.0, abs=1.0)
