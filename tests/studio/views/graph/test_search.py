"""The search bar."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.studio.fixtures.pictures import gpt, resnet50


def test_hits_are_counted_walked_through_and_opened(show, qtbot):
    view = show(gpt(12), 1.0)
    sent = []
    view.selection_changed.connect(sent.append)
    view.open_search()
    assert view.search.isVisible()
    qtbot.keyClicks(view.search.line, "gelu")
    assert view.search.count.text() == "1 / 12"
    first = view.search.hits[0].node
    assert view.selected[0] == {first}
    assert view.canvas.seen().covers(view.state.drawing.boxes[first])
    qtbot.keyClick(view.search.line, Qt.Key.Key_Return)
    assert view.search.count.text() == "2 / 12"
    second = view.search.hits[1].node
    assert view.selected[0] == {second}
    assert view.canvas.seen().covers(view.state.drawing.boxes[second])
    for _ in range(2):
        qtbot.keyClick(view.search.line, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert view.search.count.text() == "12 / 12"
    assert sent[-1] == (frozenset({view.search.hits[-1].node}), frozenset())


def test_nothing_found_is_said(show, qtbot):
    view = show(resnet50(), 1.0)
    view.open_search()
    qtbot.keyClicks(view.search.line, "zzz")
    assert view.search.count.text() == "none"
    assert view.search.count.property("alert") == "true"
    qtbot.keyClick(view.search.line, Qt.Key.Key_Escape)
    assert not view.search.isVisible()


def test_a_group_can_be_found(show, qtbot):
    view = show(resnet50(), 1.0)
    view.open_search()
    view.search.line.setText("class:sequential name:layer2.0")
    assert view.search.count.text() == "1 / 1"
    assert view.selected == (frozenset(), frozenset({"layer2.0.downsample"}))
    assert "/layer2.0" in view.state.drawing.opened
    assert "/layer2.0.downsample" not in view.state.drawing.opened
