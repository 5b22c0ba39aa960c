"""The place of everything across its rank (Brandes and Koepf), with real widths, ports and straight trunks.

Places are chained into blocks that share one line. Before medians decide, the trunk of the network (the longest path)
and the inner parts of long wires get their blocks, so that a chain of thousands of nodes stays straight and it is the
short cut that bends. Four such placements, flush to each side from above and from below, are balanced into one; of
very large levels the two from above.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from studio.layout.order import MANY
from studio.layout.proper import Proper

Ports = Mapping[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class Spaces:
    """The free space between neighbours of a rank: between items, and where a line is one of the two."""

    item: float
    line: float


@dataclass(frozen=True, slots=True)
class Stems:
    """What is known before anything has a size: the blocks of each of the placements; None where all is one chain."""

    blocks: tuple[_Blocks, ...] | None


def find_stems(graph: Proper, layers: Sequence[Sequence[int]]) -> Stems:
    """The part of the work that does not ask for sizes."""
    if _is_chain(graph, layers):
        return Stems(None)
    position = [0] * graph.count
    for layer in layers:
        for index, place in enumerate(layer):
            position[place] = index
    trunks = _trunks(graph, layers, position)
    ways = [
        (downward, left) for downward in ((True,) if graph.count > MANY else (True, False)) for left in (True, False)
    ]
    return Stems(tuple([_align(graph, layers, position, trunks, *way) for way in ways]))


def place_across(
    graph: Proper,
    layers: Sequence[Sequence[int]],
    widths: Sequence[float],
    ports: Ports,
    spaces: Spaces,
    stems: Stems | None = None,
) -> list[float]:
    """The centre of each place. `ports[p, q]`: how far right of the centre of p its line to q ends, else 0."""
    stems = stems or find_stems(graph, layers)
    if stems.blocks is None:
        return _in_line(graph, layers, ports)
    found = []
    for blocks in stems.blocks:
        centres = _compact(graph, layers, widths, blocks, blocks.shifts(ports), spaces)
        low = min([centre - width / 2 for centre, width in zip(centres, widths, strict=True)])
        high = max([centre + width / 2 for centre, width in zip(centres, widths, strict=True)])
        found.append((high - low, low, high, blocks.leftward, centres))
    return _balance(found)


def _is_chain(graph: Proper, layers: Sequence[Sequence[int]]) -> bool:
    """Whether every rank is one place, under the one before: thousands of blocks in a row."""
    pairs = itertools.pairwise(layers)
    return all(len(layer) == 1 for layer in layers) and all(graph.up[lower] == [upper] for [upper], [lower] in pairs)


def _in_line(graph: Proper, layers: Sequence[Sequence[int]], ports: Ports) -> list[float]:
    """The centres of a chain: its line is straight, and only ports beside the middle move what hangs on it."""
    centres = [0.0] * graph.count
    for (upper,), (lower,) in itertools.pairwise(layers):
        centres[lower] = centres[upper] + ports.get((upper, lower), 0.0) - ports.get((lower, upper), 0.0)
    return centres


@dataclass(frozen=True, slots=True)
class _Trunks:
    """The segments that must be straight: none of them crosses another. `-1` stands for none."""

    up: list[int]
    down: list[int]
    uppers: list[list[int]]
    lowers: list[list[int]]

    def crossed(self, rank: int, upper: int, lower: int) -> bool:
        """Whether a segment between two positions, from rank to rank + 1, crosses a trunk."""
        return bisect_left(self.uppers[rank], upper) != bisect_left(self.lowers[rank], lower)


def _trunks(graph: Proper, layers: Sequence[Sequence[int]], position: Sequence[int]) -> _Trunks:
    count = graph.count
    depth, height = _lengths(graph, layers)
    best_up, best_down = [-1] * count, [-1] * count
    for place in range(graph.real):
        beside = [other for other in graph.up[place] if other < graph.real]
        if beside:
            best_up[place] = _middle_best(beside, depth, position)
    for place in range(graph.real):
        beside = [other for other in graph.down[place] if other < graph.real and best_up[other] == place]
        if beside:
            best_down[place] = _middle_best(beside, height, position)
    made = _Trunks([-1] * count, [-1] * count, [[] for _ in layers], [[] for _ in layers])
    for rank, layer in enumerate(layers[:-1]):
        wanted = []
        for upper in layer:
            if upper < graph.real:
                if best_down[upper] >= 0:
                    wanted.append((0, -depth[upper] - height[upper], upper, best_down[upper]))
            else:
                onward = [other for other in graph.down[upper] if other >= graph.real]
                wanted.extend((1, 0, upper, lower) for lower in onward)
        uppers, lowers = made.uppers[rank], made.lowers[rank]
        for _, _, upper, lower in sorted(wanted):
            left, right = position[upper], position[lower]
            at = bisect_left(uppers, left)
            if at == bisect_left(lowers, right):
                insort(uppers, left)
                insort(lowers, right)
                made.down[upper], made.up[lower] = lower, upper
    return made


def _middle_best(places: Sequence[int], length: Sequence[int], position: Sequence[int]) -> int:
    """The place on the longest path; of several equal ones the middle one, so that a fan opens to both sides."""
    if len(places) == 1:
        return places[0]
    longest = max(length[place] for place in places)
    equal = sorted((place for place in places if length[place] == longest), key=lambda place: position[place])
    return equal[(len(equal) - 1) // 2]


def _lengths(graph: Proper, layers: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """Per place the number of items on the longest path down to it, and on the longest path from it."""
    depth, height = [0] * graph.count, [0] * graph.count
    for layer in layers:
        for place in layer:
            beside = graph.up[place]
            above = depth[beside[0]] if len(beside) == 1 else max((depth[other] for other in beside), default=0)
            depth[place] = above + (place < graph.real)
    for layer in reversed(layers):
        for place in layer:
            beside = graph.down[place]
            below = height[beside[0]] if len(beside) == 1 else max((height[other] for other in beside), default=0)
            height[place] = below + (place < graph.real)
    return depth, height


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Which places share one line: `root` names the block of each by its first member.

    `members` are the others of each block, each with the member it was joined to, in the order of joining.
    """

    leftward: bool
    root: list[int]
    members: dict[int, list[tuple[int, int]]]

    def shifts(self, ports: Ports) -> list[float]:
        """How far right of the first member of its block each place stands."""
        shift = [0.0] * len(self.root)
        for first in {self.root[place] for pair, port in ports.items() if port for place in pair}:
            for place, other in self.members.get(first, ()):
                shift[place] = shift[other] + ports.get((other, place), 0.0) - ports.get((place, other), 0.0)
        return shift


def _align(
    graph: Proper,
    layers: Sequence[Sequence[int]],
    position: Sequence[int],
    trunks: _Trunks,
    downward: bool,
    leftward: bool,
) -> _Blocks:
    """Join each place to one in the rank before, so that lines are straight and none of these crosses another."""
    root = list(range(graph.count))
    members: dict[int, list[tuple[int, int]]] = {}
    taken = [False] * graph.count
    want, back = (trunks.up, trunks.down) if downward else (trunks.down, trunks.up)
    for step in range(1, len(layers)):
        rank = step if downward else len(layers) - 1 - step
        gap = rank - 1 if downward else rank
        layer = layers[rank]
        bound = -1 if leftward else len(graph.ranks)
        for place in layer if leftward else reversed(layer):
            for other in _candidates(graph, place, position, want, back, downward, leftward):
                at = position[other]
                ends = (at, position[place]) if downward else (position[place], at)
                if taken[other] or (at <= bound if leftward else at >= bound):
                    continue
                if want[place] != other and trunks.crossed(gap, *ends):
                    continue
                taken[other] = True
                root[place] = root[other]
                members.setdefault(root[other], []).append((place, other))
                bound = at
                break
    return _Blocks(leftward, root, members)


def _candidates(
    graph: Proper,
    place: int,
    position: Sequence[int],
    want: Sequence[int],
    back: Sequence[int],
    downward: bool,
    leftward: bool,
) -> list[int]:
    """The neighbours a place may share a line with, best first: its trunk, or the one or two medians."""
    if want[place] >= 0:
        return [want[place]]
    beside = graph.up[place] if downward else graph.down[place]
    if not beside:
        return []
    if len(beside) == 1:
        return beside if back[beside[0]] < 0 else []
    ordered = sorted(beside, key=lambda other: position[other])
    middle = len(ordered) // 2
    medians = [ordered[middle]] if len(ordered) % 2 else [ordered[middle - 1], ordered[middle]]
    return [other for other in (medians if leftward else medians[::-1]) if back[other] < 0]


def _compact(
    graph: Proper,
    layers: Sequence[Sequence[int]],
    widths: Sequence[float],
    blocks: _Blocks,
    shift: Sequence[float],
    spaces: Spaces,
) -> list[float]:
    """Centres with all blocks as far to one side as their neighbours let them, then drawn in towards those."""
    root, leftward = blocks.root, blocks.leftward
    needs: dict[int, dict[int, float]] = {place: {} for place in set(root)}
    missing = dict.fromkeys(needs, 0)
    for layer in layers:
        for left, right in itertools.pairwise(layer):
            both = left < graph.real and right < graph.real
            apart = (widths[left] + widths[right]) / 2 + (spaces.item if both else spaces.line)
            apart += shift[left] - shift[right]
            one, other = (root[left], root[right]) if leftward else (root[right], root[left])
            if other not in needs[one]:
                missing[other] += 1
                needs[one][other] = apart
            elif apart > needs[one][other]:
                needs[one][other] = apart
    at = dict.fromkeys(needs, 0.0)
    order = sorted(block for block, count in missing.items() if not count)
    for block in order:
        here = at[block]
        for other, apart in needs[block].items():
            if here + apart > at[other]:
                at[other] = here + apart
            missing[other] -= 1
            if not missing[other]:
                order.append(other)
    for block in reversed(order):
        if needs[block]:
            at[block] = max(at[block], min(at[other] - apart for other, apart in needs[block].items()))
    side = 1.0 if leftward else -1.0
    return [side * at[root[place]] + shift[place] for place in range(graph.count)]


def _balance(found: Sequence[tuple[float, float, float, bool, list[float]]]) -> list[float]:
    """Line the placements up with the narrowest and take the mean of the two in the middle, place by place."""
    _, low, high, _, _ = min(found, key=lambda entry: entry[0])
    moved = []
    for _, own_low, own_high, leftward, centres in found:
        by = low - own_low if leftward else high - own_high
        moved.append([centre + by for centre in centres])
    right = len(moved) // 2
    return [(own[right - 1] + own[right]) / 2 for own in map(sorted, zip(*moved, strict=True))]
