"""One level: boxes and the wires between them get their places.

Everything here is measured across the ranks (left to right when the network runs downward) and along them.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from studio.layout.order import order
from studio.layout.place import Spaces, place_across
from studio.layout.proper import Proper, make_proper
from studio.layout.ranks import Arc, Pin, acyclic, rank

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


@dataclass(slots=True)
class _Work:
    """The lines as they are laid out: turned round where they lead back."""

    arcs: list[Arc]
    turned: list[bool]
    out: list[float | None] = field(default_factory=list)
    into: list[float | None] = field(default_factory=list)


def arrange(boxes: Sequence[Box], lines: Sequence[Line], gaps: Gaps | None = None) -> Arrangement:
    """Place the boxes of one level and lead its lines; the same input gives the same picture."""
    if not boxes:
        return Arrangement((), (), 0.0, 0.0)
    gaps = gaps or Gaps()
    work = _turn(boxes, lines)
    ranks = rank(len(boxes), work.arcs, [box.pin for box in boxes])
    buses = [_bus(line, turned) for line, turned in zip(lines, work.turned, strict=True)]
    graph = make_proper(ranks, work.arcs, buses)
    ports = _ports(graph, work)
    layers = order(graph, _shifts(boxes, graph, ports))
    widths = [box.across for box in boxes] + [0.0] * (graph.count - len(boxes))
    spaces = Spaces(gaps.item, gaps.line)
    centres = place_across(graph, layers, widths, lambda p, q: ports.get((p, q), 0.0), spaces)
    tops, bottoms = _bands(boxes, graph, layers, centres, gaps)
    leave, arrive = _spread(boxes, graph, work, buses, centres, gaps)
    routes = _routes(boxes, graph, (leave, arrive), centres, tops, bottoms)
    low = min(centre - width / 2 for centre, width in zip(centres, widths, strict=True))
    low = min(low, *(x for route in routes for x, _ in route), low)
    high = max(centre + width / 2 for centre, width in zip(centres, widths, strict=True))
    high = max(high, *(x for route in routes for x, _ in route), high)
    middles = [(tops[r] + bottoms[r]) / 2 for r in range(len(layers))]
    return Arrangement(
        tuple((centres[place] - low, middles[ranks[place]]) for place in range(len(boxes))),
        tuple(
            tuple((x - low, y) for x, y in (reversed(route) if turned else route))
            for route, turned in zip(routes, work.turned, strict=True)
        ),
        high - low,
        bottoms[-1],
    )


def _bus(line: Line, turned: bool) -> Hashable:
    """Turned lines keep to themselves: they would share the line of what comes in with what goes out."""
    return ("back", line.source, line.bus) if turned else line.bus


def _turn(boxes: Sequence[Box], lines: Sequence[Line]) -> _Work:
    arcs = [Arc(line.source, line.target) for line in lines]
    turned = acyclic(len(boxes), arcs)
    work = _Work([Arc(t, s) if back else Arc(s, t) for (s, t), back in zip(arcs, turned, strict=True)], turned)
    for line, back in zip(lines, turned, strict=True):
        work.out.append(line.into if back else line.out)
        work.into.append(line.out if back else line.into)
    return work


def _ports(graph: Proper, work: _Work) -> dict[tuple[int, int], float]:
    """Where the line from one place to the next leaves a box with ports of its own; boxes without are not named."""
    found: dict[tuple[int, int], float] = {}
    for path, out, into in zip(graph.paths, work.out, work.into, strict=True):
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
        deep = max((boxes[place].along for place in layer if place < graph.real), default=0.0)
        tops.append(at)
        bottoms.append(at + deep)
        reach = max((abs(centres[p] - centres[q]) for p in layer for q in graph.down[p]), default=0.0)
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
    boxes: Sequence[Box],
    graph: Proper,
    work: _Work,
    buses: Sequence[Hashable],
    centres: Sequence[float],
    gaps: Gaps,
) -> tuple[list[float], list[float]]:
    """Where each line leaves and reaches its boxes: the straight one in the middle, the others beside it."""
    leave, arrive = [0.0] * len(graph.paths), [0.0] * len(graph.paths)
    starts: dict[int, dict[Hashable, list[int]]] = {}
    stops: dict[int, dict[Hashable, list[int]]] = {}
    for index, path in enumerate(graph.paths):
        fixed_out, fixed_into = work.out[index], work.into[index]
        if fixed_out is not None:
            leave[index] = fixed_out
        else:
            starts.setdefault(path[0], {}).setdefault(buses[index], []).append(index)
        if fixed_into is not None:
            arrive[index] = fixed_into
        else:
            stops.setdefault(path[-1], {}).setdefault(path[-2], []).append(index)

    def next_to_start(index: int) -> float:
        return centres[graph.paths[index][1]] + (work.into[index] or 0.0 if len(graph.paths[index]) == 2 else 0.0)

    def next_to_stop(index: int) -> float:
        return centres[graph.paths[index][-2]] + (leave[index] if len(graph.paths[index]) == 2 else 0.0)

    for ends, beside, offsets in ((starts, next_to_start, leave), (stops, next_to_stop, arrive)):
        for place, groups in ends.items():
            if len(groups) > 1:
                towards = [sum(map(beside, found)) / len(found) for found in groups.values()]
                placed = _side_by_side(boxes[place].across, centres[place], towards, gaps.port)
                for found, offset in zip(groups.values(), placed, strict=True):
                    for index in found:
                        offsets[index] = offset
    return leave, arrive


def _side_by_side(width: float, centre: float, towards: Sequence[float], room: float) -> list[float]:
    """Offsets of ports in the order of what they lead to; a line that comes straight keeps the middle."""
    ordered = sorted(range(len(towards)), key=lambda at: (towards[at], at))
    step = min(room, max(0.0, width - 32.0) / (len(ordered) - 1))
    nearest = min(range(len(ordered)), key=lambda at: abs(towards[ordered[at]] - centre))
    middle = (len(ordered) - 1) / 2
    straight = abs(towards[ordered[nearest]] - centre) < 2.0
    if straight and max(nearest, len(ordered) - 1 - nearest) * step < width / 2 - 8:
        middle = nearest
    offsets = [0.0] * len(towards)
    for at, index in enumerate(ordered):
        offsets[index] = (at - middle) * step
    return offsets
