"""The whole drawing: every level laid out by itself, opened groups being big boxes in the level around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from studio.layout.arrange import Arrangement, Box, Gaps, Line, Point, arrange
from studio.layout.moved import beside_opened, put_by_hand
from studio.layout.pause import collection_paused
from studio.layout.ranks import Pin
from studio.layout.structure import StructureMemo
from studio.layout.tree import ROOT, Tree
from studio.layout.visible import ENTRY, EXIT, End, Flows, Level, VisibleGraph, Wire, input_id, output_id, see
from studio.picture import Picture

Size = tuple[float, float]
Measure = Callable[[str], Size]
Moved = Mapping[str, Mapping[str, Point]]
"""Per group the items moved by hand, with their offsets across and along the flow."""

LEVEL_MEMO = 400  # levels whose arrangement is kept


class Rect(NamedTuple):
    """A box in the drawing, in pixels at 100 %."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def holds(self, x: float, y: float) -> bool:
        return self.x <= x <= self.right and self.y <= y <= self.bottom

    def covers(self, other: Rect) -> bool:
        """Whether all of the other lies in this."""
        across = self.x <= other.x and self.right >= other.right
        return across and self.y <= other.y and self.bottom >= other.bottom

    def meets(self, other: Rect) -> bool:
        """Whether the two have a point in common."""
        beside = self.right < other.x or other.right < self.x
        return not (beside or self.bottom < other.y or other.bottom < self.y)


class DrawnWire(NamedTuple):
    """A wire with its points. Two neighbouring points that differ across the ranks are joined by a bend."""

    group: str
    wire: Wire
    points: tuple[Point, ...]

    @property
    def key(self) -> tuple[str, End, End]:
        """The same wire in another drawing of the same picture has the same key."""
        return self.group, self.wire.source, self.wire.target


@dataclass(frozen=True, slots=True)
class Frame:
    """The space an open group keeps around its contents; `header` is the height of its title."""

    header: float = 34.0
    padding: float = 22.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where everything is. `boxes` holds nodes, inputs, outputs and groups, outer groups before what is in them.

    `aside`: how far across what was moved by hand makes room for groups that are open.
    """

    visible: VisibleGraph
    boxes: Mapping[str, Rect]
    opened: tuple[str, ...]
    wires: tuple[DrawnWire, ...]
    bounds: Rect
    horizontal: bool
    aside: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One laid-out level: its own size, where its items and wires are, and the ports of its border along it."""

    size: Size
    boxes: tuple[tuple[str, Rect], ...]
    wires: tuple[DrawnWire, ...]
    entries: Mapping[str, float]
    exits: Mapping[str, float]
    aside: Mapping[str, float]


class Composer:
    """Draws one picture with any groups open. Levels that did not change are not laid out again."""

    def __init__(self, picture: Picture, tree: Tree, measure: Measure, frame: Frame | None = None) -> None:
        self.picture = picture
        self.tree = tree
        self._flows = Flows(picture, tree)
        self._measure = measure
        self._frame = frame or Frame()
        self._gaps = {False: Gaps(), True: Gaps(item=26.0, rank=92.0)}
        self._memo: dict[tuple[str, frozenset[str], bool, object], _Sheet] = {}
        self._structures = StructureMemo()
        self._sizes: dict[str, Size] = {}

    def draw(self, opened: Iterable[str], horizontal: bool = False, moved: Moved | None = None) -> Drawing:
        """The drawing while these groups are open; those inside closed groups do not matter."""
        with collection_paused():
            return self._draw(frozenset(opened), horizontal, moved or {})

    def _draw(self, wanted: frozenset[str], horizontal: bool, moved: Moved) -> Drawing:
        visible = see(self.picture, self.tree, wanted, self._flows)
        inner: dict[str, frozenset[str]] = {}
        inside_out = list(visible.levels)[::-1]
        for group in inside_out:
            inside = [child for child in self.tree.groups[group].children if child in visible.levels]
            inner[group] = frozenset(inside).union(*(inner[child] for child in inside))
        sheets: dict[str, _Sheet] = {}
        if len(self._memo) > LEVEL_MEMO:
            self._memo.clear()
        for group in inside_out:
            names = sorted({group, *inner[group]} & moved.keys()) if moved else ()
            by_hand = tuple((name, tuple(moved[name].items())) for name in names)
            key = (group, inner[group], horizontal, by_hand)
            if key not in self._memo:
                self._memo[key] = self._lay_out(visible.levels[group], sheets, horizontal, moved.get(group, {}))
            sheets[group] = self._memo[key]
        boxes: dict[str, Rect] = {}
        wires: list[DrawnWire] = []
        opened_groups: list[str] = []
        aside: dict[str, float] = {}
        waiting = [(ROOT, 0.0, 0.0)]
        new = tuple.__new__  # of thousands, in half the time that naming each part takes
        for group, left, top in waiting:
            sheet = sheets[group]
            aside.update(sheet.aside)
            for item, (x, y, width, height) in sheet.boxes:
                boxes[item] = new(Rect, (left + x, top + y, width, height))
                if item in sheets:
                    opened_groups.append(item)
                    waiting.append((item, left + x, top + y))
            for _, wire, route in sheet.wires:
                points = tuple([(left + x, top + y) for x, y in route])
                wires.append(new(DrawnWire, (group, wire, points)))
        width, height = sheets[ROOT].size
        bounds = Rect(0.0, 0.0, width, height)
        return Drawing(visible, MappingProxyType(boxes), tuple(opened_groups), tuple(wires), bounds, horizontal, aside)

    def _lay_out(
        self, level: Level, sheets: Mapping[str, _Sheet], horizontal: bool, moved: Mapping[str, Point]
    ) -> _Sheet:
        boxes: list[Box] = []
        place: dict[tuple[str, str | None], int] = {}
        sizes: list[Size] = []
        ends = {input_id(terminal.id) for terminal in self.picture.inputs}
        stops = {output_id(terminal.id) for terminal in self.picture.outputs}

        def put(key: tuple[str, str | None], size: Size, box: Box) -> None:
            place[key] = len(boxes)
            boxes.append(box)
            sizes.append(size)

        for value in level.entries:
            put((ENTRY, value), (0.0, 0.0), Box(8.0, 0.0, "first"))
        for item in level.items:
            size = sheets[item].size if item in sheets else self._size(item)
            pin: Pin | None = "first" if item in ends else "last" if item in stops else None
            put((item, None), size, Box(size[1], size[0], pin) if horizontal else Box(*size, pin))
        for value in level.exits:
            put((EXIT, value), (0.0, 0.0), Box(8.0, 0.0, "last"))

        def at(end: End) -> int:
            found = place.get(end)
            return place[end.item, None] if found is None else found  # an open group has ports, and is one box

        lines = [
            Line(
                at(source),
                at(target),
                (source.port, *values),
                None if source.port is None else self._port(source, source.port, sheets, horizontal, False),
                None if target.port is None else self._port(target, target.port, sheets, horizontal, True),
            )
            for source, target, values, _ in level.wires
        ]
        found = arrange(boxes, lines, self._gaps[horizontal], self._structures, level.group)
        aside: dict[str, float] = {}
        if moved:
            offsets = {place[item, None]: offset for item, offset in moved.items() if (item, None) in place}
            entries, exits = ({at for key, at in place.items() if key[0] == side} for side in (ENTRY, EXIT))
            opened = {place[item, None] for item in level.items if item in sheets}
            free = beside_opened(found, boxes, offsets, opened, entries | exits)
            found = put_by_hand(found, boxes, lines, free, entries, exits)
            names = {at: item for (item, port), at in place.items() if port is None}
            aside = {names[at]: free[at][0] - offsets[at][0] for at in offsets if free[at] != offsets[at]}
        return self._sheet(level, found, list(place), sizes, horizontal, aside)

    def _size(self, item: str) -> Size:
        """The size of an item that is closed, asked for once."""
        if item not in self._sizes:
            self._sizes[item] = self._measure(item)
        return self._sizes[item]

    def _port(self, end: End, port: str, sheets: Mapping[str, _Sheet], horizontal: bool, entry: bool) -> float:
        """Where an open group has the port of a value, from the middle of its border."""
        if end.item in (ENTRY, EXIT):
            return 0.0
        sheet = sheets[end.item]
        ports = sheet.entries if entry else sheet.exits
        return ports[port] - sheet.size[1 if horizontal else 0] / 2

    def _sheet(
        self,
        level: Level,
        found: Arrangement,
        keys: list[tuple[str, str | None]],
        sizes: list[Size],
        horizontal: bool,
        aside: Mapping[str, float],
    ) -> _Sheet:
        """Turn across and along into x and y, with the frame of the group around."""
        root = level.group == ROOT
        pad, header = (0.0, 0.0) if root else (self._frame.padding, self._frame.header)
        width, height = (found.along, found.across) if horizontal else (found.across, found.along)
        # Ports sit on the border itself: there the padding would only be a longer wire.
        before = 0.0 if level.entries and not root else pad
        after = 0.0 if level.exits and not root else pad
        left, right = (before, after) if horizontal else (pad, pad)
        top, bottom = (pad, pad) if horizontal else (before, after)
        least = 0.0 if root else self._measure(level.group)[0] + 2.0
        slack = max(0.0, least - (left + width + right))
        if horizontal:
            shift = (left, header + top)
            stretch = slack  # a title wider than the contents: the exits move out to the border
        else:
            shift = (left + slack / 2, header + top)
            stretch = 0.0
        size = (left + width + right + slack, header + top + height + bottom)
        boxes: list[tuple[str, Rect]] = []
        entries: dict[str, float] = {}
        exits: dict[str, float] = {}
        for (item, port), (across, along), (w, h) in zip(keys, found.centres, sizes, strict=True):
            x, y = (along, across) if horizontal else (across, along)
            x, y = x + shift[0], y + shift[1]
            if port is None:
                boxes.append((item, Rect(x - w / 2, y - h / 2, w, h)))
            else:
                (entries if item == ENTRY else exits)[port] = y if horizontal else x
        wires = []
        for wire, route in zip(level.wires, found.routes, strict=True):
            points = [(y + shift[0], x + shift[1]) if horizontal else (x + shift[0], y + shift[1]) for x, y in route]
            if stretch and wire.target.item == EXIT:
                points.append((points[-1][0] + stretch, points[-1][1]))
            wires.append(DrawnWire(level.group, wire, tuple(points)))
        return _Sheet(size, tuple(boxes), tuple(wires), MappingProxyType(entries), MappingProxyType(exits), aside)
