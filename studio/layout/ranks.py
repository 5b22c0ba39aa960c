"""The rank of each item: every wire leads to a higher rank, and wires are short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

Pin = Literal["first", "last"]


class Arc(NamedTuple):
    """A wire between two items, by place."""

    source: int
    target: int


def acyclic(count: int, arcs: Sequence[Arc]) -> list[bool]:
    """Which arcs to turn round so that no cycle is left: those that lead back on a depth-first walk."""
    if all(arc.source < arc.target for arc in arcs):
        return [False] * len(arcs)
    out: list[list[int]] = [[] for _ in range(count)]
    for index, arc in enumerate(arcs):
        out[arc.source].append(index)
    turned = [arc.source == arc.target for arc in arcs]
    state = [0] * count  # 0 not met, 1 on the walk, 2 done
    for start in range(count):
        if state[start]:
            continue
        state[start] = 1
        walk = [(start, iter(out[start]))]
        while walk:
            place, rest = walk[-1]
            for index in rest:
                target = arcs[index].target
                if state[target] == 1:
                    turned[index] = True
                elif state[target] == 0:
                    state[target] = 1
                    walk.append((target, iter(out[target])))
                    break
            else:
                state[place] = 2
                walk.pop()
    return turned


def rank(count: int, arcs: Sequence[Arc], pins: Sequence[Pin | None]) -> list[int]:
    """Ranks from 0 without gaps for an acyclic graph; pinned items come in the first or the last rank."""
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for source, target in arcs:
        after[source].append(target)
        before[target].append(source)
    order = topological(count, before, after)
    ranks = [0] * count
    for place in order:
        ranks[place] = max((ranks[source] + 1 for source in before[place]), default=0)
    if "first" in pins:
        # What needs nothing, such as a constant, still stands below the entries.
        for place in order:
            if pins[place] != "first":
                ranks[place] = max([1, *(ranks[source] + 1 for source in before[place])])
    if "last" in pins:
        last = max((found + 1 for place, found in enumerate(ranks) if pins[place] != "last"), default=0)
        ranks = [last if pins[place] == "last" else found for place, found in enumerate(ranks)]
    _tighten(order, before, after, pins, ranks)
    return _without_gaps(ranks)


def topological(count: int, before: Sequence[Sequence[int]], after: Sequence[Sequence[int]]) -> list[int]:
    """An order in which every arc leads onward; ties by place."""
    missing = [len(found) for found in before]
    order = [place for place in range(count) if not missing[place]]
    for place in order:
        for target in after[place]:
            missing[target] -= 1
            if not missing[target]:
                order.append(target)
    return order


def _tighten(
    order: Sequence[int],
    before: Sequence[Sequence[int]],
    after: Sequence[Sequence[int]],
    pins: Sequence[Pin | None],
    ranks: list[int],
) -> None:
    """Move items down where that shortens more wires than it lengthens, last ones first, until nothing moves."""
    for _ in range(8):
        moved = False
        for place in reversed(order):
            if pins[place] is not None or not after[place]:
                continue
            room = min(ranks[target] for target in after[place]) - 1
            if room > ranks[place] and len(after[place]) > len(before[place]):
                ranks[place] = room
                moved = True
        if not moved:
            return


def _without_gaps(ranks: Sequence[int]) -> list[int]:
    used = {rank: place for place, rank in enumerate(sorted(set(ranks)))}
    return [used[rank] for rank in ranks]
