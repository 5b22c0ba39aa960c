"""Groups of a picture."""

from __future__ import annotations

from studio.layout.tree import ROOT, build_tree
from tests.studio.fixtures.pictures import Builder, gpt, resnet50


def test_equal_neighbours_are_folded():
    tree = build_tree(resnet50().picture())
    assert tree.groups["/layer3"].children == ("/layer3.0", "/layer3.1*5")
    fold = tree.groups["/layer3.1*5"]
    assert (fold.count, fold.title, fold.node_count) == (5, "layer3.1–5 · Bottleneck", 50)
    assert fold.modules == tuple(f"layer3.{block}" for block in range(1, 6))
    assert fold.children == tuple(f"/layer3.{block}" for block in range(1, 6))
    assert tree.of_module["layer3.2"] == "/layer3.2"
    assert tree.ancestors("/layer3.2") == ("/layer3.1*5", "/layer3", ROOT)


def test_neighbours_with_a_node_between_are_not_folded():
    b = Builder("M")
    x = b.input("x", ("N", 4))
    for index in range(3):
        path = b.module(f"b{index}", "Block", structure="same")
        x = b.call("linear", [x], ("N", 4), path)
        x = b.call("relu", [x], ("N", 4)) if index == 1 else x
    b.output(x)
    tree = build_tree(b.picture())
    assert tree.groups[ROOT].children == ("/b0*2", "/b2")
    assert tree.items[ROOT] == ("/b0*2", "n2", "/b2")


def test_different_structure_or_class_is_not_folded():
    b = Builder("M")
    x = b.input("x", ("N", 4))
    for path, name, structure in (("a", "A", "s"), ("b", "B", "s"), ("c", "B", "t"), ("d", "B", "")):
        x = b.call("linear", [x], ("N", 4), b.module(path, name, structure=structure))
    b.output(x)
    assert build_tree(b.picture()).groups[ROOT].children == ("/a", "/b", "/c", "/d")


def test_a_layer_of_one_node_and_a_module_of_none_are_no_groups():
    b = Builder("M")
    x = b.input("x", ("N", 4))
    b.module("fc", "Linear", "layer")
    b.module("unused", "Block")
    b.module("two", "MultiheadAttention", "layer")
    x = b.call("linear", [x], ("N", 4), "fc")
    x = b.call("linear", [x], ("N", 4), "two")
    x = b.call("softmax", [x], ("N", 4), "two")
    b.output(x)
    tree = build_tree(b.picture())
    assert set(tree.groups) == {ROOT, "/two"}
    assert tree.items[ROOT] == ("n0", "/two")
    assert tree.home["n0"] == ROOT


def test_unmapped_nodes_are_counted_in_every_group_around():
    tree = build_tree(gpt(4, unmapped=True).picture())
    assert [tree.groups[group].unmapped for group in (ROOT, "/h", "/h.0*4", "/h.1", "/h.1.attn")] == [1] * 5
    assert tree.groups["/h.0"].unmapped == 0


def test_every_node_has_exactly_one_place():
    picture = gpt(3).picture()
    tree = build_tree(picture)
    placed = [node for group in tree.groups.values() for node in group.nodes]
    assert sorted(placed) == sorted(node.id for node in picture.nodes)
    assert list(tree.nodes_below(ROOT)).__len__() == len(picture.nodes)
