"""The picture as the window reads it."""

from __future__ import annotations

import copy

import pytest

from studio.picture import Span, parse_picture
from tests.studio.fixtures.pictures import Builder, chain, gpt, resnet50


def test_a_node_keeps_all_that_the_json_says():
    node = resnet50().picture().nodes[0]
    assert (node.id, node.op, node.family, node.label, node.module) == ("n0", "conv2d", "convolution", "conv1", "")
    assert node.weights[0].shape == (64, 3, 7, 7)
    assert node.params[0].span == Span("model.py", 200, 30, 200, 31)
    assert node.site == Span("model.py", 200, 9, 200, 29)
    assert node.path == "conv1"
    assert node.unmapped is None


def test_an_unmapped_node_keeps_text_reason_and_suggestions():
    (node,) = resnet50(unmapped=True).picture().unmapped
    assert node.unmapped is not None
    assert node.unmapped.text == "torch.fft.fft2(x)"
    assert node.unmapped.why == "no op has this spelling"
    assert node.unmapped.suggestions == ("rfft", "fft", "conv2d")


def test_producers_and_consumers_follow_the_values():
    picture = resnet50().picture()
    add = next(node for node in picture.nodes if node.op == "add")
    assert [node.label for node in picture.producers_of(add)] == ["bn3", "1"]
    assert [node.label for node in picture.consumers_of(add)] == ["relu"]
    assert picture.producers_of(picture.nodes[0]) == ()  # its value is an input of the network


def test_nodes_below_a_module_include_those_of_its_modules():
    picture = gpt(2).picture()
    below = picture.nodes_below("h.1")
    assert len(below) == 12
    assert {node.module for node in below} == {"h.1", "h.1.attn", "h.1.mlp"}
    assert len(picture.nodes_below("")) == len(picture.nodes)


def test_shapes_of_several_values_are_counted():
    b = Builder("M")
    one, two, three = b.input("a", ("N", 4)), b.input("b", ("N", 4)), b.input("c", ("N", 8))
    assert b.picture().shape_label((one, three, two)) == "2·(N×4), N×8"


def test_a_missing_field_is_named():
    data = resnet50().json()
    broken = copy.deepcopy(data)
    del broken["nodes"][3]["module"]
    with pytest.raises(ValueError, match="'module' is missing"):
        parse_picture(broken)


@pytest.mark.parametrize("field", ["nodes", "modules", "values", "source"])
def test_a_value_of_a_wrong_type_is_refused(field):
    with pytest.raises(ValueError, match="wrong type"):
        parse_picture({**resnet50().json(), field: 7})


def test_a_node_in_an_unknown_module_is_refused():
    data = copy.deepcopy(chain(3).json())
    data["nodes"][1]["module"] = "nowhere"
    with pytest.raises(ValueError, match="'n1' is in an unknown module 'nowhere'"):
        parse_picture(data)


def test_a_module_with_an_unknown_parent_is_refused():
    data = copy.deepcopy(gpt(1).json())
    data["modules"][-1]["parent"] = "gone"
    with pytest.raises(ValueError, match="unknown parent 'gone'"):
        parse_picture(data)


def test_equal_json_gives_equal_pictures():
    assert resnet50().picture() == resnet50().picture()
    assert resnet50().picture() != resnet50(unmapped=True).picture()


def test_parts_that_are_as_in_the_picture_before_are_the_same_objects():
    """An edit changes few records of many: only these are read anew, and every picture is what its JSON says."""
    data = resnet50().json()
    first = parse_picture(data)
    other = copy.deepcopy(data)
    other["nodes"][3]["op"] = "other"
    other["nodes"].append(copy.deepcopy(other["nodes"][0]) | {"id": "more"})
    second = parse_picture(other)
    assert second.nodes[2] is first.nodes[2]
    assert second.nodes[3].op == "other" and second.nodes[3] != first.nodes[3]
    assert second.nodes[-1].id == "more" and len(second.nodes) == len(first.nodes) + 1
    shorter = {**data, "nodes": data["nodes"][:2]}
    assert parse_picture(shorter).nodes == first.nodes[:2]
    assert parse_picture(data) == first
