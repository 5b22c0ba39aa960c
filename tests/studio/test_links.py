"""Source, nodes and target: many to many."""

from __future__ import annotations

from studio.links import Link, Links
from studio.picture import Span
from tests.studio.fixtures.pictures import resnet50


def at(line: int, column: int = 1, width: int = 10, file: str = "model.py") -> Span:
    return Span(file, line, column, line, column + width)


def test_the_innermost_stretch_wins() -> None:
    outer, inner = at(5, 1, 40), at(5, 10, 5)
    links = Links(
        resnet50().picture(), [Link(outer, at(1, file="t.py"), ("n0",)), Link(inner, at(2, file="t.py"), ("n1", "n2"))]
    )
    assert links.at_source("model.py", 5, 12).nodes == ("n1", "n2")
    assert links.at_source("model.py", 5, 15).nodes == ("n1", "n2")
    assert links.at_source("model.py", 5, 30).nodes == ("n0",)


def test_a_place_beside_all_stretches_means_the_line() -> None:
    links = Links(resnet50().picture(), [Link(at(5, 10), None, ("n0",)), Link(at(5, 30), None, ("n1",))])
    assert links.at_source("model.py", 5, 2).nodes == ("n0", "n1")
    assert not links.at_source("model.py", 7, 2)


def test_one_line_of_target_for_many_nodes_and_back() -> None:
    picture = resnet50().picture()
    target = at(3, file="t.py")
    links = Links(picture, [Link(at(5), target, ("n0", "n9")), Link(at(6), target, ("n4",))])
    assert set(links.at_target("t.py", 3, 4).nodes) == {"n0", "n9", "n4"}
    chosen = links.of_nodes(["n9", "nobody"])
    assert chosen.nodes == ("n9",)
    assert chosen.target == (target,)


def test_a_module_selects_the_place_that_makes_it_and_knows_its_nodes() -> None:
    picture = resnet50().picture()
    links = Links(picture)
    chosen = links.of_modules(["layer1.0", "nowhere"])
    assert chosen.modules == ("layer1.0",)
    assert chosen.source == (picture.module_by_path["layer1.0"].made_at,)
    below = [picture.node_by_id[name].module for name in links.nodes_below("layer1")]
    assert len(below) == 34 - 2
    assert all(path.startswith("layer1.") for path in below)
    assert len(links.nodes_below("")) == len(picture.nodes)


def test_literals_know_the_nodes_that_use_them() -> None:
    picture = resnet50().picture()
    span = picture.nodes[0].params[0].span
    assert span is not None
    assert Links(picture).nodes_written_at(span) == (picture.nodes[0].id,)


def test_nothing_is_linked_without_a_picture() -> None:
    links = Links()
    assert not links.at_source("model.py", 1, 1)
    assert not links.of_both(["n0"], ["layer1"])
