"""What was moved by hand: boxes leave the places the layout gave them, their lines follow, and the level grows.

Everything here is measured across the ranks and along them, as in `arrange`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from studio.layout.arrange import Arrangement, Box, Line, Point

LEAD = 14.0  # how far a line runs straight out of a box before it turns
BESIDE = 26.0  # free space beside an opened group that something moved makes room for


def put_by_hand(
    found: Arrangement,
    boxes: Sequence[Box],
    lines: Sequence[Line],
    moved: Mapping[int, Point],
    entries: Collection[int] = (),
    exits: Collection[int] = (),
) -> Arrangement:
    """The arrangement with some boxes moved by offsets. `entries` and `exits` stay on the border of the level."""
    if not moved:
        return found
    offsets = [moved.get(at, (0.0, 0.0)) for at in range(len(boxes))]
    centres = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(found.centres, offsets, strict=True)]
    routes = [
        follow(route, moved.get(line.source), moved.get(line.target))
        for line, route in zip(lines, found.routes, strict=True)
    ]
    borders = {*entries, *exits}
    spans = [
        (x - box.across / 2, y - box.along / 2, x + box.across / 2, y + box.along / 2)
        for at, ((x, y), box) in enumerate(zip(centres, boxes, strict=True))
        if at not in borders
    ]
    points = [point for route in routes for point in route]
    left = min(0.0, min(span[0] for span in spans), min((x for x, _ in points), default=0.0))
    top = min(0.0, min(span[1] for span in spans))
    across = max(found.across, max(span[2] for span in spans), max((x for x, _ in points), default=0.0)) - left
    along = max(found.along, max(span[3] for span in spans)) - top
    centres = [(x - left, y - top) for x, y in centres]
    routes = [tuple((x - left, y - top) for x, y in route) for route in routes]
    for at in entries:
        centres[at] = (centres[at][0], 0.0)
    for at in exits:
        centres[at] = (centres[at][0], along)
    out = [
        _to_border(route, line.source in entries, line.target in exits, along)
        for line, route in zip(lines, routes, strict=True)
    ]
    return Arrangement(tuple(centres), tuple(out), across, along)


def beside_opened(
    found: Arrangement,
    boxes: Sequence[Box],
    moved: Mapping[int, Point],
    opened: Collection[int],
    borders: Collection[int] = (),
) -> Mapping[int, Point]:
    """The offsets with which no moved box lies on an opened group, and no opened group that was moved on a box.

    It is the moved one that makes room, across the flow: it was put there when the other was small.
    """
    if not opened:
        return moved
    made = dict(moved)
    placed = [at for at in range(len(boxes)) if at not in moved and at not in borders]
    for place in sorted(moved):
        dx, dy = made[place]
        x, y, box = found.centres[place][0] + dx, found.centres[place][1] + dy, boxes[place]
        ways: list[tuple[float, float]] = []  # where its centre would be on something
        for other in placed:
            if place not in opened and other not in opened:
                continue  # who puts one node on another has seen it
            ox, oy = (a + b for a, b in zip(found.centres[other], made.get(other, (0.0, 0.0)), strict=True))
            if abs(y - oy) < (box.along + boxes[other].along) / 2:
                apart = (box.across + boxes[other].across) / 2 + BESIDE
                ways.append((ox - apart, ox + apart))
        if any(left < x - BESIDE and x + BESIDE < right for left, right in ways):
            free = [end for way in ways for end in way if not any(left < end < right for left, right in ways)]
            made[place] = (dx + min(free, key=lambda end: (abs(end - x), end)) - x, dy)
        placed.append(place)
    return made


def follow(route: Sequence[Point], source: Point | None, target: Point | None) -> tuple[Point, ...]:
    """A line whose ends were moved by offsets; in between it keeps the way that still leads forward."""
    if source is None and target is None:
        return tuple(route)
    (dx, dy), (ex, ey) = source or (0.0, 0.0), target or (0.0, 0.0)
    first, last = (route[0][0] + dx, route[0][1] + dy), (route[-1][0] + ex, route[-1][1] + ey)
    middle = list(route[1:-1])
    if source is not None:
        while middle and abs(middle[0][0] - route[0][0]) < 0.01:
            middle.pop(0)
    if target is not None:
        while middle and abs(middle[-1][0] - route[-1][0]) < 0.01:
            middle.pop()
    way = 1.0 if route[-1][1] >= route[0][1] else -1.0
    kept = [(x, y) for x, y in middle if way * (y - first[1]) > LEAD and way * (last[1] - y) > LEAD]
    if kept or way * (last[1] - first[1]) > 2 * LEAD:
        return (first, *kept, last)
    # The end lies before the beginning: out of the one box, round, and into the other.
    return first, (first[0], first[1] + way * LEAD), (last[0], last[1] - way * LEAD), last


def _to_border(route: tuple[Point, ...], entry: bool, leave: bool, along: float) -> tuple[Point, ...]:
    if entry:
        route = ((route[0][0], 0.0), *route[1:])
    return (*route[:-1], (route[-1][0], along)) if leave else route
