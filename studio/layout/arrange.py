"""One level: boxes and the wires between them get their places.

Everything here is measured across the ranks (left to right when the network runs downward) and along them.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from studio.layout.place import Spaces, place_across
from studio.layout.proper import Proper
from studio.layout.ranks import Arc, Pin
from studio.layout.structure import Structure, StructureMemo, plan, structure_of

Point = tuple[float, float]


class Box(NamedTuple):
    """An item with its size across and along the ranks."""

    across: float
    along: float
    pin: Pin | None = None


class Line(NamedTuple):
    """A wire between two boxes. Wires of the same `bus` from the same box may share a line.

    `out` and `into` say where the box has its port, from its centre; None where the layout may choose.
    """

    source: int
    target: int
    bus: Hashable
    out: float | None = None
    into: float | None = None


@dataclass(frozen=True, slots=True)
class Gaps:
    """Free space: between boxes of a rank, beside lines, between ranks, and how much a wide rank gap may grow."""

    item: float = 36.0
    line: float = 26.0
    rank: float = 46.0
    stretch: float = 54.0
    port: float = 22.0


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Centres of the boxes, points of the lines (straight between the two of a rank, bent between ranks), extent.

    Coordinates are (across, along) and begin at 0.
    """

    centres: tuple[Point, ...]
    routes: tuple[tuple[Point, ...], ...]
    across: float
    along: float


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where each arc leaves its first and reaches its last box, where these have ports of their own."""

    out: list[float | None]
    into: list[float | None]


def arrange(
    boxes: Sequence[Box],
    lines: Sequence[Line],
    gaps: Gaps | None = None,
    memo: StructureMemo | None = None,
    group: str = "",
) -> Arrangement:
    """Place the boxes of one level and lead its lines; the same input gives the same picture.

    `memo` keeps for a `group` what does not depend on sizes.
    """
    if not boxes:
        return Arrangement((), (), 0.0, 0.0)
    gaps = gaps or Gaps()
    arcs = [Arc(line.source, line.target) for line in lines]
    given = plan([box.pin for box in boxes], arcs, [line.bus for line in lines])
    made = memo.of(group, given) if memo is not None else structure_of(given)
    graph, ranks = made.graph, made.ranks
    ends = _ends(lines, made.turned)
    ports = _ports(graph, ends)
    layers, stems = made.ordered(_shifts(boxes, graph, ports) if made.stems is None else None)
    widths = [box.across for box in boxes] + [0.0] * (graph.count - len(boxes))
    spaces = Spaces(gaps.item, gaps.line)
    centres = place_across(graph, layers, widths, ports, spaces, stems)
    tops, bottoms = _bands(boxes, graph, layers, centres, gaps)
    leave, arrive = _spread(boxes, made, ends, centres, gaps)
    low, high = _extent(graph, widths, centres, leave, arrive)
    centres = [centre - low for centre in centres]
    routes = _routes(boxes, graph, (leave, arrive), centres, tops, bottoms)
    middles = [(top + bottom) / 2 for top, bottom in zip(tops, bottoms, strict=True)]
    return Arrangement(
        tuple([(centres[place], middles[ranks[place]]) for place in range(len(boxes))]),
        tuple([tuple(route[::-1] if back else route) for route, back in zip(routes, made.turned, strict=True)]),
        high - low,
        bottoms[-1],
    )


def _extent(
    graph: Proper,
    widths: Sequence[float],
    centres: Sequence[float],
    leave: Sequence[float],
    arrive: Sequence[float],
) -> tuple[float, float]:
    """How far boxes, dummies and the ends of lines reach to both sides."""
    low = min([centre - width / 2 for centre, width in zip(centres, widths, strict=True)])
    high = max([centre + width / 2 for centre, width in zip(centres, widths, strict=True)])
    ends = [centres[path[0]] + offset for path, offset in zip(graph.paths, leave, strict=True) if offset]
    ends += [centres[path[-1]] + offset for path, offset in zip(graph.paths, arrive, strict=True) if offset]
    return (min(low, *ends, low), max(high, *ends, high)) if ends else (low, high)


def _ends(lines: Sequence[Line], turned: Sequence[bool]) -> _Ends:
    both = zip(lines, turned, strict=True)
    pairs = [(line.into, line.out) if back else (line.out, line.into) for line, back in both]
    return _Ends([out for out, _ in pairs], [into for _, into in pairs])


def _ports(graph: Proper, ends: _Ends) -> dict[tuple[int, int], float]:
    """Where the line from one place to the next leaves a box with ports of its own; boxes without are not named."""
    found: dict[tuple[int, int], float] = {}
    for path, out, into in zip(graph.paths, ends.out, ends.into, strict=True):
        if out is not None:
            found[path[0], path[1]] = out
        if into is not None:
            found[path[-1], path[-2]] = into
    return found


def _shifts(
    boxes: Sequence[Box], graph: Proper, ports: dict[tuple[int, int], float]
) -> Sequence[dict[int, float]] | None:
    if not ports:
        return None
    found: list[dict[int, float]] = [{} for _ in range(graph.count)]
    for (place, other), port in ports.items():
        found[place][other] = 2 * port / max(boxes[place].across, 1.0)
    return found


def _bands(
    boxes: Sequence[Box], graph: Proper, layers: Sequence[Sequence[int]], centres: Sequence[float], gaps: Gaps
) -> tuple[list[float], list[float]]:
    """Where each rank begins and ends along; gaps with far-reaching lines are wider, so that no line lies flat."""
    tops, bottoms = [], []
    at = 0.0
    for index, layer in enumerate(layers):
        deep = max([boxes[place].along for place in layer if place < graph.real], default=0.0)
        tops.append(at)
        bottoms.append(at + deep)
        reach = max([abs(centres[p] - centres[q]) for p in layer for q in graph.down[p]], default=0.0)
        at += deep + gaps.rank + min(gaps.stretch, max(0.0, reach - 120.0) * 0.06)
        if index == len(layers) - 1:
            break
    return tops, bottoms


def _routes(
    boxes: Sequence[Box],
    graph: Proper,
    offsets: tuple[Sequence[float], Sequence[float]],
    centres: Sequence[float],
    tops: Sequence[float],
    bottoms: Sequence[float],
) -> list[list[Point]]:
    leave, arrive = offsets
    routes: list[list[Point]] = []
    # Lines of one bus run over the same dummies: what leads to a dummy is found once, however many lines go on there.
    known: dict[tuple[int, float], list[Point]] = {}
    for index, path in enumerate(graph.paths):
        first, last = path[0], path[-1]
        start = centres[first] + leave[index]
        stop = centres[last] + arrive[index]
        upper, lower = graph.ranks[first], graph.ranks[last]
        at = len(path) - 2
        while at > 0 and (path[at], start) not in known:
            at -= 1
        points: list[Point] = []
        if at > 0:
            points = list(known[path[at], start])
        else:
            _lead(points, (start, (tops[upper] + bottoms[upper] + boxes[first].along) / 2))
            _lead(points, (start, bottoms[upper]))
        for place in path[at + 1 : -1]:
            _lead(points, (centres[place], tops[graph.ranks[place]]))
            _lead(points, (centres[place], bottoms[graph.ranks[place]]))
            known[place, start] = list(points)
        _lead(points, (stop, tops[lower]))
        _lead(points, (stop, (tops[lower] + bottoms[lower] - boxes[last].along) / 2))
        routes.append(points)
    return routes


def _lead(points: list[Point], point: Point) -> None:
    """Lead a line on to a point, without repeats and without points in the middle of a straight line."""
    if points and abs(points[-1][0] - point[0]) < 0.01:
        if abs(points[-1][1] - point[1]) < 0.01:
            return
        if len(points) > 1 and abs(points[-2][0] - point[0]) < 0.01:
            points[-1] = point
            return
    points.append(point)


def _spread(
    boxes: Sequence[Box], made: Structure, ends: _Ends, centres: Sequence[float], gaps: Gaps
) -> tuple[list[float], list[float]]:
    """Where each line leaves and reaches its boxes: the straight one in the middle, the others beside it."""
    paths = made.graph.paths
    leave = [0.0 if out is None else out for out in ends.out]
    arrive = [0.0 if into is None else into for into in ends.into]

    def next_to_start(index: int) -> float:
        path = paths[index]
        return centres[path[1]] + (ends.into[index] or 0.0 if len(path) == 2 else 0.0)

    def next_to_stop(index: int) -> float:
        path = paths[index]
        return centres[path[-2]] + (leave[index] if len(path) == 2 else 0.0)

    for several, fixed, beside, offsets in (
        (made.leaving, ends.out, next_to_start, leave),
        (made.reaching, ends.into, next_to_stop, arrive),
    ):
        for place, groups in several:
            free = [found for group in groups if (found := [index for index in group if fixed[index] is None])]
            if len(free) < 2:
                continue
            towards = [beside(found[0]) if len(found) == 1 else sum(map(beside, found)) / len(found) for found in free]
            placed = _side_by_side(boxes[place].across, centres[place], towards, gaps.port)
            for found, offset in zip(free, placed, strict=True):
                for index in found:
                    offsets[index] = offset
    return leave, arrive


def _side_by_side(width: float, centre: float, towards: Sequence[float], room: float) -> list[float]:
    """Offsets of ports in the order of what they lead to; a line that comes straight keeps the middle."""
    ordered = sorted(range(len(towards)), key=towards.__getitem__)
    step = min(room, max(0.0, width - 32.0) / (len(ordered) - 1))
    away = [abs(towards[index] - centre) for index in ordered]
    nearest = away.index(min(away))
    middle = (len(ordered) - 1) / 2
    straight = away[nearest] < 2.0
    if straight and max(nearest, len(ordered) - 1 - nearest) * step < width / 2 - 8:
        middle = nearest
    offsets = [0.0] * len(towards)
    for at, index in enumerate(ordered):
        offsets[index] = (at - middle) * step
    return offsets
