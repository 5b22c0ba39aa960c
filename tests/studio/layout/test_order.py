"""The order within ranks."""

from __future__ import annotations

import random

from studio.layout.order import crossings, order
from studio.layout.proper import make_proper
from studio.layout.ranks import Arc


def graph_of(ranks: list[int], pairs: list[tuple[int, int]]):
    return make_proper(ranks, [Arc(*pair) for pair in pairs], list(range(len(pairs))))


def test_crossings_are_counted():
    graph = graph_of([0, 0, 1, 1], [(0, 3), (1, 2)])
    assert crossings(graph, [[0, 1], [2, 3]]) == 1
    assert crossings(graph, [[0, 1], [3, 2]]) == 0


def test_segments_that_share_an_end_do_not_cross():
    graph = graph_of([0, 1, 1, 1], [(0, 1), (0, 2), (0, 3)])
    assert crossings(graph, [[0], [3, 1, 2]]) == 0


def test_crossings_that_can_be_avoided_are():
    graph = graph_of([0, 0, 0, 1, 1, 1], [(0, 5), (1, 4), (2, 3)])
    assert crossings(graph, order(graph)) == 0


def test_counting_agrees_with_looking_at_every_pair():
    chance = random.Random(4)
    pairs = sorted({(chance.randrange(8), 8 + chance.randrange(8)) for _ in range(30)})
    graph = graph_of([0] * 8 + [1] * 8, pairs)
    layers = [chance.sample(range(8), 8), chance.sample(range(8, 16), 8)]
    at = {place: index for layer in layers for index, place in enumerate(layer)}
    slow = sum((at[a] - at[c]) * (at[b] - at[d]) < 0 for a, b in pairs for c, d in pairs) // 2
    assert crossings(graph, layers) == slow


def test_every_place_stays_in_its_rank():
    graph = graph_of([0, 1, 1, 2, 3], [(0, 1), (0, 2), (1, 3), (2, 3), (0, 4), (3, 4)])
    layers = order(graph)
    assert [sorted(layer) for layer in layers] == [sorted(layer) for layer in graph.layers()]
