"""Finds what is drawn at a point or in a rectangle without walking over everything."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence

from studio.layout.arrange import Point
from studio.layout.compose import Drawing, DrawnWire, Rect

CELL = 640.0  # pixels at 100 %: a screen covers a handful of cells
STEPS = 8  # straight pieces that stand for a bend


class DrawingIndex:
    """Boxes and wires of a drawing, filed under the cells of a grid."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self._boxes: dict[tuple[int, int], list[str]] = defaultdict(list)
        self._wires: dict[tuple[int, int], list[int]] = defaultdict(list)
        boxes, wires = self._boxes, self._wires
        for item, (x, y, width, height) in drawing.boxes.items():
            column, row = x // CELL, y // CELL
            if (x + width) // CELL == column and (y + height) // CELL == row:  # most boxes: they lie in one cell
                boxes[int(column), int(row)].append(item)
            else:
                for cell in _between(x, y, x + width, y + height):
                    boxes[cell].append(item)
        trunks = _trunks(drawing)
        for number, drawn in enumerate(drawing.wires):
            trunk, points = trunks.get(number), drawn.points
            if trunk is None and len(points) == 2:  # most wires: from one box to the next
                (x, y), (right, bottom) = points
                column, row = x // CELL, y // CELL
                if right // CELL == column and bottom // CELL == row:
                    wires[int(column), int(row)].append(number)
                else:
                    for cell in _cells_of(*points):
                        wires[cell].append(number)
                continue
            cells: dict[tuple[int, int], None] = {}
            for start, stop in itertools.pairwise(points):
                if trunk is not None and trunk.covers(start, stop):
                    continue
                cells.update(dict.fromkeys(_cells_of(start, stop)))
            for cell in cells:
                wires[cell].append(number)

    def boxes_in(self, area: Rect) -> list[str]:
        """The items that have a point in an area, outer groups before what is in them."""
        found: dict[str, None] = {}
        for cell in _cells(area):
            for item in self._boxes.get(cell, ()):
                if item not in found and self.drawing.boxes[item].meets(area):
                    found[item] = None
        return list(found)

    def wires_in(self, area: Rect) -> list[int]:
        """The wires to draw in the cells of an area, by their place in the drawing.

        Of those that carry the same value from the same place along one line there, the longest stands for all.
        """
        found: dict[int, None] = {}
        for cell in _cells(area):
            found.update(dict.fromkeys(self._wires.get(cell, ())))
        return list(found)

    def box_at(self, x: float, y: float) -> str | None:
        """The innermost item at a point."""
        found = None
        for item in self._boxes.get((int(x // CELL), int(y // CELL)), ()):
            box = self.drawing.boxes[item]
            if box.holds(x, y) and (found is None or box.width <= self.drawing.boxes[found].width):
                found = item
        return found

    def wire_at(self, x: float, y: float, reach: float) -> int | None:
        """The wire nearest to a point, at most `reach` pixels away."""
        best, least = None, reach
        for number in self.wires_in(Rect(x - reach, y - reach, 2 * reach, 2 * reach)):
            away = _distance(self.drawing.wires[number], x, y, self.drawing.horizontal, least)
            if away < least:
                best, least = number, away
        return best


class _Trunk:
    """The longest wire of a bundle: what the others have in common with it is drawn once."""

    def __init__(self, points: Sequence[Point], horizontal: bool) -> None:
        self._horizontal = horizontal
        self._pieces = set(itertools.pairwise(points))
        self._straight: dict[float, list[tuple[float, float]]] = defaultdict(list)
        for start, stop in self._pieces:
            if straight(start, stop, horizontal):
                across, along, end = self._flow(start, stop)
                self._straight[across].append((along, end))

    def covers(self, start: Point, stop: Point) -> bool:
        """Whether a piece of another wire lies on this one."""
        if (start, stop) in self._pieces:
            return True
        if not straight(start, stop, self._horizontal):
            return False
        across, along, end = self._flow(start, stop)
        return any(low <= along and end <= high for low, high in self._straight.get(across, ()))

    def _flow(self, start: Point, stop: Point) -> tuple[float, float, float]:
        """Where a straight piece is across the flow, and from where to where along it."""
        (x0, y0), (x1, y1) = start, stop
        if self._horizontal:
            return y0, min(x0, x1), max(x0, x1)
        return x0, min(y0, y1), max(y0, y1)


def _trunks(drawing: Drawing) -> dict[int, _Trunk]:
    """For the wires of bundles, by number, the trunk they branch off; not for the trunk itself."""
    bundles: dict[object, list[int]] = defaultdict(list)
    for number, (group, wire, _) in enumerate(drawing.wires):
        bundles[group, wire.source, wire.values].append(number)
    found: dict[int, _Trunk] = {}
    at = 0 if drawing.horizontal else 1
    for numbers in bundles.values():
        if len(numbers) < 2:
            continue
        longest = max(numbers, key=lambda number: abs(_reach(drawing.wires[number], at)))
        trunk = _Trunk(drawing.wires[longest].points, drawing.horizontal)
        found.update((number, trunk) for number in numbers if number != longest)
    return found


def _reach(drawn: DrawnWire, at: int) -> float:
    return drawn.points[-1][at] - drawn.points[0][at]


def bend(start: Point, stop: Point, horizontal: bool) -> tuple[Point, Point]:
    """The control points of the bend between two points: it leaves and arrives along the flow."""
    (x0, y0), (x1, y1) = start, stop
    if horizontal:
        middle = (x0 + x1) / 2
        return (middle, y0), (middle, y1)
    middle = (y0 + y1) / 2
    return (x0, middle), (x1, middle)


def on_bend(start: Point, stop: Point, horizontal: bool, t: float) -> Point:
    """The point of a bend at `t` in 0..1."""
    one, other = bend(start, stop, horizontal)
    a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    x = a * start[0] + b * one[0] + c * other[0] + d * stop[0]
    y = a * start[1] + b * one[1] + c * other[1] + d * stop[1]
    return x, y


def straight(start: Point, stop: Point, horizontal: bool) -> bool:
    """Whether two neighbouring points of a wire are joined by a line along the flow."""
    return abs(start[1] - stop[1]) < 0.01 if horizontal else abs(start[0] - stop[0]) < 0.01


def flattened(points: Sequence[Point], horizontal: bool) -> list[Point]:
    """The points of a wire with its bends cut into straight pieces."""
    found = [points[0]]
    for start, stop in itertools.pairwise(points):
        if straight(start, stop, horizontal):
            found.append(stop)
        else:
            found.extend(on_bend(start, stop, horizontal, step / STEPS) for step in range(1, STEPS + 1))
    return found


def _distance(drawn: DrawnWire, x: float, y: float, horizontal: bool, reach: float) -> float:
    least = reach
    for start, stop in zip(drawn.points, drawn.points[1:], strict=False):
        if x < min(start[0], stop[0]) - reach or x > max(start[0], stop[0]) + reach:
            continue
        if y < min(start[1], stop[1]) - reach or y > max(start[1], stop[1]) + reach:
            continue
        pieces = flattened((start, stop), horizontal)
        least = min(least, *(_to_piece(x, y, a, b) for a, b in itertools.pairwise(pieces)))
    return least


def _to_piece(x: float, y: float, start: Point, stop: Point) -> float:
    dx, dy = stop[0] - start[0], stop[1] - start[1]
    length = dx * dx + dy * dy
    t = 0.0 if not length else max(0.0, min(1.0, ((x - start[0]) * dx + (y - start[1]) * dy) / length))
    away_x, away_y = x - start[0] - t * dx, y - start[1] - t * dy
    distance: float = (away_x * away_x + away_y * away_y) ** 0.5
    return distance


def _cells(area: Rect) -> list[tuple[int, int]]:
    x, y, width, height = area
    return _between(x, y, x + width, y + height)


def _cells_of(start: Point, stop: Point) -> list[tuple[int, int]]:
    """The cells around a piece of a wire."""
    (x0, y0), (x1, y1) = start, stop
    return _between(x0 if x0 < x1 else x1, y0 if y0 < y1 else y1, x1 if x0 < x1 else x0, y1 if y0 < y1 else y0)


def _between(left: float, top: float, right: float, bottom: float) -> list[tuple[int, int]]:
    first, last = int(left // CELL), int(right // CELL)
    upper, lower = int(top // CELL), int(bottom // CELL)
    if first == last and upper == lower:
        return [(first, upper)]
    return [(column, row) for column in range(first, last + 1) for row in range(upper, lower + 1)]
