"""What is open and selected."""

from __future__ import annotations

from studio.layout.tree import ROOT, build_tree
from studio.views.graph.state import GraphState, opened_at_first
from tests.studio.fixtures.pictures import chain, gpt, resnet50


def state_of(builder) -> GraphState:
    return GraphState(builder.picture(), lambda face: (140.0, 46.0))


def test_a_network_opens_as_far_as_it_stays_easy_to_see():
    tree = build_tree(resnet50().picture())
    assert opened_at_first(tree) == {"/layer1", "/layer2", "/layer3", "/layer4"}
    assert opened_at_first(tree, 12) == frozenset()
    assert opened_at_first(build_tree(chain(5000).picture())) == frozenset()


def test_items_are_selected_and_taken_out():
    state = state_of(resnet50())
    assert state.select_items(["n0", "/layer3.1*5", ">v0"])
    assert state.nodes == {"n0"}
    assert state.modules == {f"layer3.{block}" for block in range(1, 6)}
    assert state.marks().chosen == {"n0", "/layer3.1*5", ">v0"}
    state.select_items(["/layer3.1*5"], toggle=True)
    assert state.modules == frozenset()
    assert state.nodes == {"n0"}


def test_part_of_a_fold_is_held_not_chosen():
    state = state_of(resnet50())
    state.select((), ["layer3.2"])
    assert state.marks().holding == {"/layer3.1*5"}
    assert state.marks().chosen == frozenset()


def test_ids_the_picture_does_not_have_are_left_out():
    state = state_of(resnet50())
    assert state.select(["n0", "gone"], ["nowhere"])
    assert state.selected == ({"n0"}, frozenset())
    assert not state.select(["n0"])


def test_revealing_opens_all_around_and_nothing_else():
    state = state_of(gpt(4))
    node = next(node for node in state.picture.nodes if node.module == "h.2.attn")
    assert state.revealed([node.id]) == state.opened | {"/h", "/h.0*4", "/h.2", "/h.2.attn"}
    assert state.revealed((), ["h.2"]) == state.opened | {"/h", "/h.0*4"}


def test_the_path_of_an_item():
    state = state_of(resnet50())
    assert state.crumbs(None) == (ROOT,)
    assert state.crumbs("n5") == (ROOT, "/layer1", "/layer1.0")
    assert state.crumbs("/layer3.1*5") == (ROOT, "/layer3", "/layer3.1*5")
