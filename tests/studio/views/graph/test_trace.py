"""Producers, consumers, and what lies between two places."""

from __future__ import annotations

from studio.views.graph.state import GraphState
from studio.views.graph.trace import between, consumers, producers
from tests.studio.fixtures.pictures import gpt, resnet50


def state_of(builder, opened=()) -> GraphState:
    state = GraphState(builder.picture(), lambda face: (140.0, 46.0))
    state.set_opened(opened)
    return state


def test_neighbours_are_those_that_are_drawn():
    state = state_of(resnet50(), ["/layer1"])
    pool = next(node.id for node in state.picture.nodes if node.label == "maxpool")
    assert producers(state.drawing, ["/layer2*3" if "/layer2*3" in state.drawing.boxes else "/layer2"])
    assert consumers(state.drawing, [pool]) == ("/layer1.0",)
    assert producers(state.drawing, ["n0"]) == (">v0",)
    assert consumers(state.drawing, ["n0", "n1"]) == ("n2",)


def test_between_holds_all_ways_and_nothing_else():
    picture = resnet50().picture()
    first, pool = frozenset({"n0"}), frozenset({"n3"})
    assert between(picture, [pool, first]) == {"n0", "n1", "n2", "n3"}
    block = [node.id for node in picture.nodes if node.module.startswith("layer1.0")]
    inside = between(picture, [pool, frozenset({block[-1]})])
    assert inside == {"n3", *block}, "the short cut is a way as well"


def test_no_way_is_no_focus():
    picture = gpt(2).picture()
    position, first = "n1", "n0"
    assert between(picture, [frozenset({position}), frozenset({first})]) == frozenset()
    assert between(picture, [frozenset({first})]) == frozenset()
    assert between(picture, []) == frozenset()
    assert between(picture, [frozenset({first, "n2"})]) == {first, "n2"}
