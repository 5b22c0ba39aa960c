"""Shapes on wires."""

from __future__ import annotations

import pytest

from studio.layout.compose import Composer, Rect
from studio.layout.index import DrawingIndex
from studio.layout.tree import build_tree
from studio.views.graph.labels import Labels
from tests.studio.fixtures.pictures import Builder, densenet_block, gpt, resnet50


def labels_of(builder: Builder, horizontal: bool = False):
    picture = builder.picture()
    tree = build_tree(picture)
    drawing = Composer(picture, tree, lambda item: (140.0, 46.0)).draw(tree.groups, horizontal)
    labels = Labels(DrawingIndex(drawing), picture, tree, lambda text: 6.5 * len(text))
    bounds = drawing.bounds
    return drawing, labels.within(Rect(bounds.x - 50, bounds.y - 50, bounds.width + 100, bounds.height + 100))


@pytest.mark.parametrize("horizontal", [False, True])
@pytest.mark.parametrize("builder", [resnet50, gpt, densenet_block], ids=lambda made: made.__name__)
def test_no_label_hides_another(builder, horizontal):
    _, labels = labels_of(builder(), horizontal)
    assert len(labels) > 40
    ordered = sorted(labels, key=lambda label: label.y)
    for at, label in enumerate(ordered):
        for other in ordered[at + 1 : at + 60]:
            assert not label.rect.meets(other.rect)


def test_a_label_stands_below_its_source_and_tells_its_shape():
    drawing, labels = labels_of(resnet50())
    label = next(label for label in labels if drawing.wires[label.wire].wire.source.item == "n0")
    assert label.text == "N×64×112×112"
    box = drawing.boxes["n0"]
    assert box.bottom < label.y < box.bottom + 40
    assert abs(label.x - box.centre[0]) < 1


def test_a_tensor_that_goes_to_several_places_has_one_label_where_it_comes_from():
    drawing, labels = labels_of(gpt(2))
    sources = [(drawing.wires[label.wire].group, drawing.wires[label.wire].wire.source) for label in labels]
    assert len(sources) == len(set(sources))
