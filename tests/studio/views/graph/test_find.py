"""Searching."""

from __future__ import annotations

import pytest

from studio.layout.tree import build_tree
from studio.views.graph.find import Finder
from tests.studio.fixtures.pictures import gpt, resnet50


@pytest.fixture(scope="module")
def finder() -> Finder:
    picture = resnet50(unmapped=True).picture()
    return Finder(picture, build_tree(picture))


def nodes(finder: Finder, query: str) -> list[str]:
    return [hit.node or hit.group for hit in finder.find(query)]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("maxpool", 1),  # by name
        ("max pooling", 1),  # by the title of its op
        ("op:conv2d", 53),
        ("conv3 layer3", 6),  # words in any order
        ("shape:Nx2048x7x7", 17),  # with an x from the keyboard
        ("Bottleneck", 16),  # by class: groups
        ("name:downsample class:sequential", 4),
        ("param:kernel=(3,", 176),
        ("kernel=3", 176),  # by the value of a parameter
        ("op:conv2d kernel_size=3", 53),  # as the framework says it
        ("kernel=33", 0),
        ("unmapped", 1),
        ("torch.fft", 1),  # by the text in the source
        ("nothing like it", 0),
        ("  ", 0),
    ],
)
def test_what_a_query_finds(finder, query, count):
    assert len(finder.find(query)) == count


def test_hits_come_in_the_order_of_the_network_groups_first(finder):
    assert nodes(finder, "layer4.2")[:2] == ["/layer4.2", finder.find("layer4.2 conv1")[0].node]


def test_upper_and_lower_case_are_the_same(finder):
    assert nodes(finder, "MAXPOOL") == nodes(finder, "maxpool")


def test_a_word_with_a_colon_that_names_no_field_is_text():
    picture = gpt(1).picture()
    assert Finder(picture, build_tree(picture)).find("model:x") == ()
