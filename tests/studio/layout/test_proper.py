"""Long arcs over dummies."""

from __future__ import annotations

from studio.layout.proper import make_proper
from studio.layout.ranks import Arc


def test_every_segment_leads_to_the_next_rank():
    graph = make_proper([0, 1, 2, 3], [Arc(0, 1), Arc(1, 2), Arc(2, 3), Arc(0, 3)], "abcd")
    assert graph.paths[3] == [0, 4, 5, 3]
    for upper in range(graph.count):
        assert all(graph.ranks[lower] == graph.ranks[upper] + 1 for lower in graph.down[upper])
        assert all(upper in graph.up[lower] for lower in graph.down[upper])
    assert [graph.is_dummy(place) for place in range(graph.count)] == [False] * 4 + [True] * 2


def test_arcs_of_one_bus_share_their_dummies():
    arcs = [Arc(0, 3), Arc(0, 4)]
    shared = make_proper([0, 1, 2, 3, 4], arcs, ["mask", "mask"])
    apart = make_proper([0, 1, 2, 3, 4], arcs, ["mask", "other"])
    assert shared.count == 5 + 3
    assert apart.count == 5 + 2 + 3
    assert shared.paths == [[0, 5, 6, 3], [0, 5, 6, 7, 4]]
