"""The order of the places within each rank: few crossings, found by medians and by swapping neighbours."""

from __future__ import annotations

import itertools
from bisect import bisect_right, insort
from collections.abc import Sequence

from studio.layout.proper import Proper

MANY = 3000  # places above which two sweeps have to do


def order(graph: Proper, shifts: Sequence[dict[int, float]] | None = None) -> list[list[int]]:
    """The places of each rank from left to right. `shifts[p][q]`: where within p (-1..1) the line to q ends."""
    layers = first_order(graph)
    return untangled(graph, layers, crossings(graph, layers), shifts)


def untangled(
    graph: Proper, layers: list[list[int]], least: int, shifts: Sequence[dict[int, float]] | None = None
) -> list[list[int]]:
    """The same places in an order with fewer crossings than `least`, which the given one has."""
    position = [0.0] * graph.count
    _number(layers, position)
    sweeps = 2 if graph.count > MANY else 12 if graph.count < 400 else 6
    best, layers = layers, [list(layer) for layer in layers]
    for sweep in range(sweeps):
        if not least:
            break
        downward = sweep % 2 == 0
        _sweep(graph, layers, position, downward, shifts)
        if graph.count <= MANY:
            _transpose(graph, layers, position)
        found = crossings(graph, layers)
        if found < least:
            best, least = [list(layer) for layer in layers], found
    return best


def crossings(graph: Proper, layers: Sequence[Sequence[int]]) -> int:
    """How many pairs of segments cross."""
    total = 0
    for upper, lower in itertools.pairwise(layers):
        if len(upper) == 1 or len(lower) == 1:
            continue  # what has an end in common does not cross
        at = {place: index for index, place in enumerate(lower)}
        reached = [sorted([at[target] for target in graph.down[place]]) for place in upper]
        if all(one[-1] <= other[0] for one, other in itertools.pairwise(filter(None, reached))):
            continue
        met: list[int] = []
        for ends in reached:
            for end in ends:
                total += len(met) - bisect_right(met, end)
            for end in ends:
                insort(met, end)
    return total


def first_order(graph: Proper) -> list[list[int]]:
    """Depth first from the top in the order of execution, items before dummies: trunks come out to the left."""
    layers: list[list[int]] = [[] for _ in range(max(graph.ranks, default=-1) + 1)]
    met = [False] * graph.count
    for start in sorted(range(graph.real), key=lambda place: (bool(graph.up[place]), place)):
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if met[place]:
                continue
            met[place] = True
            layers[graph.ranks[place]].append(place)
            waiting.extend(sorted(graph.down[place], reverse=True))
    return layers


def _number(layers: Sequence[Sequence[int]], position: list[float]) -> None:
    for layer in layers:
        for index, place in enumerate(layer):
            position[place] = index


def _sweep(
    graph: Proper,
    layers: list[list[int]],
    position: list[float],
    downward: bool,
    shifts: Sequence[dict[int, float]] | None,
) -> None:
    """Sort each rank by the medians of its neighbours in the rank before; places without any keep theirs."""
    for layer in layers[1:] if downward else reversed(layers[:-1]):
        if len(layer) < 2:
            continue
        wished: list[tuple[float, int]] = []
        free: list[int] = []
        for index, place in enumerate(layer):
            beside = graph.up[place] if downward else graph.down[place]
            if beside:
                free.append(index)
                wished.append((_median(place, beside, position, shifts), place))
        wished.sort(key=lambda pair: pair[0])
        for index, (_, place) in zip(free, wished, strict=True):
            layer[index] = place
        for index, place in enumerate(layer):
            position[place] = index


def _median(
    place: int, beside: Sequence[int], position: Sequence[float], shifts: Sequence[dict[int, float]] | None
) -> float:
    if shifts is None:
        found = sorted(position[other] for other in beside)
    else:
        found = sorted(position[other] + 0.45 * shifts[other].get(place, 0.0) for other in beside)
    middle = len(found) // 2
    if len(found) % 2:
        return found[middle]
    if len(found) == 2:
        return (found[0] + found[1]) / 2
    left, right = found[middle - 1] - found[0], found[-1] - found[middle]
    if left + right == 0:
        return (found[middle - 1] + found[middle]) / 2
    return (found[middle - 1] * right + found[middle] * left) / (left + right)


def _transpose(graph: Proper, layers: list[list[int]], position: list[float]) -> None:
    """Swap neighbours while that takes crossings away."""
    for _ in range(4):
        better = False
        for layer in layers:
            for index in range(len(layer) - 1):
                left, right = layer[index], layer[index + 1]
                now = _pair(graph.up[left], graph.up[right], position)
                now += _pair(graph.down[left], graph.down[right], position)
                if not now:
                    continue
                then = _pair(graph.up[right], graph.up[left], position)
                then += _pair(graph.down[right], graph.down[left], position)
                if then < now:
                    layer[index], layer[index + 1] = right, left
                    position[left], position[right] = position[right], position[left]
                    better = True
        if not better:
            return


def _pair(left: Sequence[int], right: Sequence[int], position: Sequence[float]) -> int:
    """The crossings between the segments of two neighbours, the first standing to the left."""
    return sum(position[a] > position[b] for a in left for b in right)
