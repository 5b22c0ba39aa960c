"""The visible graph."""

from __future__ import annotations

from studio.layout.tree import ROOT, build_tree
from studio.layout.visible import ENTRY, EXIT, End, see
from tests.studio.fixtures.pictures import Builder, gpt, resnet50


def nested() -> Builder:
    """x -> a.b.n0 -> n1 -> output, and x -> n1."""
    b = Builder("M")
    x = b.input("x", ("N", 4))
    b.module("a", "A")
    b.module("a.b", "B")
    y = b.call("linear", [x], ("N", 4), "a.b")
    b.output(b.call("add", [x, y], ("N", 4)))
    return b


def pairs(builder: Builder, *opened: str) -> set[tuple[str, str]]:
    picture = builder.picture()
    graph = see(picture, build_tree(picture), frozenset(opened))
    return {(edge.source, edge.target) for edge in graph.edges}


def test_closed_groups_stand_for_what_is_in_them():
    assert pairs(nested()) == {(">v0", "/a"), ("/a", "n1"), (">v0", "n1"), ("n1", "<v2")}


def test_an_open_group_around_a_closed_one_shows_that():
    assert pairs(nested(), "/a") == {(">v0", "/a.b"), ("/a.b", "n1"), (">v0", "n1"), ("n1", "<v2")}
    assert pairs(nested(), "/a.b") == pairs(nested())  # an open group in a closed one is not seen


def test_a_wire_into_an_open_group_is_led_through_its_border():
    picture = nested().picture()
    graph = see(picture, build_tree(picture), frozenset({"/a", "/a.b"}))
    inner, outer = graph.levels["/a.b"], graph.levels["/a"]
    assert (inner.entries, inner.exits) == (("v0",), ("v1",))
    assert {(wire.source, wire.target) for wire in inner.wires} == {
        (End(ENTRY, "v0"), End("n0")),
        (End("n0"), End(EXIT, "v1")),
    }
    assert {(wire.source, wire.target) for wire in outer.wires} == {
        (End(ENTRY, "v0"), End("/a.b", "v0")),
        (End("/a.b", "v1"), End(EXIT, "v1")),
    }
    root = {(wire.source, wire.target): wire for wire in graph.levels[ROOT].wires}
    assert root[End(">v0"), End("/a", "v0")].links == ((">v0", "n0"),)
    assert End(">v0") in {source for source, _ in root}


def test_values_between_two_boxes_share_one_wire():
    b = Builder("M")
    x = b.input("x", ("N", 4))
    b.module("a", "A")
    b.module("c", "C")
    one, two = b.call("linear", [x], ("N", 4), "a"), b.call("relu", [x], ("N", 4), "a")
    b.output(b.call("add", [one, two], ("N", 4), "c"))
    picture = b.picture()
    graph = see(picture, build_tree(picture), frozenset())
    (edge,) = [edge for edge in graph.edges if edge.source == "/a"]
    assert edge.values == (one, two)
    assert sum(wire.source == End("/a") for wire in graph.levels[ROOT].wires) == 1


def test_every_value_that_crosses_nothing_open_stays_in_its_level():
    picture = resnet50().picture()
    graph = see(picture, build_tree(picture), frozenset())
    assert set(graph.levels) == {ROOT}
    assert graph.levels[ROOT].entries == ()
    assert graph.shown["n20"].startswith("/layer")


def test_what_was_made_last_enters_first():
    picture = gpt(2).picture()
    graph = see(picture, build_tree(picture), frozenset({"/h", "/h.0*2", "/h.1"}))
    mask = picture.inputs[1].id
    assert graph.levels["/h.1"].entries[-1] == mask
