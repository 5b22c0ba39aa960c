"""Errors on the graph: nodes have their own, groups the largest of theirs."""

from __future__ import annotations

from studio.layout.tree import build_tree
from studio.views.graph.heat import Heat, with_groups
from tests.studio.fixtures.pictures import resnet50


def test_groups_take_the_largest_error_and_failing_beats_large() -> None:
    tree = build_tree(resnet50().picture())
    group = next(name for name in tree.items if len([i for i in tree.items[name] if i in tree.home]) >= 2)
    first, second = [item for item in tree.items[group] if item in tree.home][:2]
    found = with_groups({first: Heat(0.9, True, "1e-2"), second: Heat(0.2, False, "1e-14")}, tree)
    assert found[group] == Heat(0.2, False, "1e-14")
    assert found[first].part == 0.9


def test_they_are_painted_and_taken_away(show) -> None:
    view = show(resnet50(), 1.0)
    nodes = [node.id for node in view.state.picture.nodes]
    before = view.grab().toImage()
    view.showing.set_heat(dict.fromkeys(nodes, Heat(0.5, False, "3e-2")))
    assert view.grab().toImage() != before
    view.showing.set_heat({})
    assert view.look.heat == {}


def test_a_node_lights_up_without_being_selected(show) -> None:
    view = show(resnet50(), 1.0)
    node = next(name for name in view.state.drawing.boxes if name in view.state.picture.node_by_id)
    view.showing.light((node,))
    assert view.scene.hovered == node
    assert view.selected == (frozenset(), frozenset())
    view.showing.light(())
    assert view.scene.hovered is None
