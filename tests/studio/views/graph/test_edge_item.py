"""Wires."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF

from studio.layout.compose import DrawnWire
from studio.layout.visible import ENTRY, EXIT, End, Wire
from studio.views.graph.edge_item import EdgeItem, wire_path
from studio.views.graph.look import Look


@pytest.fixture
def look(qapp) -> Look:
    return Look(qapp.font())


def wire(source: End, target: End, points) -> DrawnWire:
    return DrawnWire("/", Wire(source, target, ("v0",), ()), tuple(points))


def test_a_wire_leaves_and_arrives_along_the_flow():
    path = wire_path([(0, 0), (0, 20), (60, 70), (60, 90)], False)
    assert (path.pointAtPercent(0), path.pointAtPercent(1)) == (QPointF(0, 0), QPointF(60, 90))
    assert path.angleAtPercent(0.01) == pytest.approx(270)
    assert path.angleAtPercent(0.99) == pytest.approx(270)
    level = wire_path([(0, 0), (50, 60)], True)
    assert level.angleAtPercent(0.001) % 360 == pytest.approx(0, abs=2) or level.angleAtPercent(0.001) > 358


@pytest.mark.parametrize(("points", "inside"), [([(5, 0), (5, 50)], (5, 47)), ([(5, 50), (5, 0)], (5, 3))])
def test_the_arrow_ends_at_the_box_whichever_way_it_runs(look, points, inside):
    item = EdgeItem(wire(End("a"), End("b"), points), look, False)
    head = item._head.path()
    assert head.contains(QPointF(*inside))
    assert head.boundingRect().height() == pytest.approx(7)
    assert item.path().boundingRect().height() < 50


@pytest.mark.parametrize(
    ("source", "target", "marks"),
    [
        (End("a"), End("/g", "v0"), 1),  # a dot at the border of an open group
        (End(ENTRY, "v0"), End("b"), 2),  # a dot where it comes in, an arrow at the box
        (End("a"), End(EXIT, "v0"), 0),  # the wire outside goes on
    ],
)
def test_borders_are_marked_by_dots(look, source, target, marks):
    item = EdgeItem(wire(source, target, [(5, 0), (5, 50)]), look, False)
    assert len(item._head.path().toSubpathPolygons()) == marks


def test_a_lit_wire_is_above_the_others_and_goes_back(look):
    item = EdgeItem(wire(End("a"), End("b"), [(5, 0), (5, 50)]), look, False)
    before, color = item.zValue(), item.pen().color()
    item.light(True)
    item.light(True)
    assert item.zValue() > before
    assert item.pen().color() == look.accent
    item.light(False)
    assert (item.zValue(), item.pen().color()) == (before, color)
