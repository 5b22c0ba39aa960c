"""Places across the ranks."""

from __future__ import annotations

import pytest

from studio.layout.order import order
from studio.layout.place import Spaces, place_across
from studio.layout.proper import make_proper
from studio.layout.ranks import Arc

SPACES = Spaces(item=20.0, line=10.0)


def placed(ranks, pairs, widths, ports=None):
    graph = make_proper(ranks, [Arc(*pair) for pair in pairs], list(range(len(pairs))))
    layers = order(graph)
    full = [*widths, *([0.0] * (graph.count - len(widths)))]
    return graph, layers, place_across(graph, layers, full, ports or {}, SPACES)


def test_neighbours_keep_their_distance():
    _, layers, centres = placed([0, 1, 1, 1], [(0, 1), (0, 2), (0, 3)], [50, 100, 30, 70])
    widths = [50, 100, 30, 70]
    for left, right in zip(layers[1], layers[1][1:], strict=False):
        assert centres[right] - centres[left] >= (widths[left] + widths[right]) / 2 + 20 - 1e-6


def test_the_middle_of_a_fan_is_below_its_source():
    _, layers, centres = placed([0, 1, 1, 1], [(0, 1), (0, 2), (0, 3)], [50, 50, 50, 50])
    assert centres[layers[1][1]] == pytest.approx(centres[0])


def test_a_chain_of_thousands_with_short_cuts_stays_straight():
    count = 1200
    pairs = [(place, place + 1) for place in range(count - 1)]
    pairs += [(place, place + 4) for place in range(0, count - 4, 5)]
    _, _, centres = placed(list(range(count)), pairs, [100 + 8 * (place % 7) for place in range(count)])
    assert max(centres[:count]) - min(centres[:count]) < 1e-6


def test_a_long_wire_is_straight_between_its_ends():
    graph, _, centres = placed([0, 1, 2, 3, 4], [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)], [80] * 5)
    inner = graph.paths[4][1:-1]
    assert len(inner) == 3
    assert max(centres[place] for place in inner) - min(centres[place] for place in inner) < 1e-6


def test_a_wire_from_a_port_is_straight():
    _, _, centres = placed([0, 1], [(0, 1)], [200, 40], {(0, 1): 60.0})
    assert centres[1] - centres[0] == pytest.approx(60.0)
