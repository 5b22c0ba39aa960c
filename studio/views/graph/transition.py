"""A short movement from one drawing to the next, so that the eye does not lose what was clicked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation

from studio.layout.arrange import Point
from studio.layout.compose import Drawing, DrawnWire, Rect
from studio.layout.tree import Tree
from studio.views.graph.box_item import BoxItem
from studio.views.graph.edge_item import EdgeItem
from studio.views.graph.scene import GraphScene

MILLISECONDS = 190
MOST = 700  # items above which the drawing changes at once


class _BoxMove(NamedTuple):
    item: BoxItem
    start: Rect
    stop: Rect
    new: bool


class _WireMove(NamedTuple):
    item: EdgeItem
    start: tuple[Point, ...] | None
    stop: tuple[Point, ...]


class Transition(QObject):
    """Moves the items of a scene from where they were in an old drawing. `on_step` is told how far it has come."""

    def __init__(self, scene: GraphScene, on_step: Callable[[float], None], on_end: Callable[[], None]) -> None:
        super().__init__(scene)
        self._scene = scene
        self._on_step = on_step
        self._on_end = on_end
        self._boxes: list[_BoxMove] = []
        self._wires: list[_WireMove] = []
        self._run = QVariantAnimation(self)
        self._run.setStartValue(0.0)
        self._run.setEndValue(1.0)
        self._run.setDuration(MILLISECONDS)
        self._run.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._run.valueChanged.connect(self._step)
        self._run.finished.connect(self._end)

    @property
    def running(self) -> bool:
        return self._run.state() == QVariantAnimation.State.Running

    def start(self, old: Drawing, tree: Tree) -> None:
        """Begin with the items the scene has now, placed for the new drawing."""
        new = self._scene.drawing
        assert new is not None
        self._boxes = []
        for key, item in self._scene.boxes.items():
            stop = new.boxes[key]
            before = old.boxes.get(key)
            self._boxes.append(_BoxMove(item, before or _inside(key, stop, old, new, tree), stop, before is None))
        numbered = {new.wires[number].key: (number, item) for number, item in self._scene.wires.items()}
        before_wires: Mapping[object, DrawnWire] = {wire.key: wire for wire in old.wires if wire.key in numbered}
        self._wires = []
        for name, (number, wire) in numbered.items():
            known = before_wires.get(name)
            self._wires.append(_WireMove(wire, known.points if known else None, new.wires[number].points))
        self._scene.moving = True
        self._step(0.0)
        self._run.start()

    def finish(self) -> None:
        """Jump to the end."""
        if self.running:
            self._run.stop()
            self._end()

    def _step(self, value: object) -> None:
        part = float(value)  # type: ignore[arg-type]
        rest = 1.0 - part
        for item, start, stop, new in self._boxes:
            item.put(
                start.x * rest + stop.x * part,
                start.y * rest + stop.y * part,
                start.width * rest + stop.width * part,
                start.height * rest + stop.height * part,
            )
            if new:
                item.setOpacity(part * part)
        for wire, before, after in self._wires:
            if before is None:
                wire.setOpacity(max(0.0, 2.0 * part - 1.0))
            else:
                wire.lead(_between(before, after, part))
        self._on_step(part)

    def _end(self) -> None:
        for item, _, stop, _ in self._boxes:
            item.put(stop.x, stop.y, stop.width, stop.height)
            item.setOpacity(1.0)
        for wire, _, after in self._wires:
            wire.lead(after)
            wire.setOpacity(1.0)
        self._boxes, self._wires = [], []
        self._scene.moving = False
        self._on_step(1.0)
        self._on_end()


def _inside(key: str, stop: Rect, old: Drawing, new: Drawing, tree: Tree) -> Rect:
    """Where something that was hidden comes from: its place in the group that hid it, squeezed into that group."""
    home = tree.home.get(key) if key in tree.home else (tree.groups[key].parent if key in tree.groups else None)
    while home is not None and not (home in old.boxes and home in new.boxes):
        home = tree.groups[home].parent
    if home is None:
        return stop
    was, is_now = old.boxes[home], new.boxes[home]
    x = was.x + (stop.x - is_now.x) * was.width / max(is_now.width, 1.0)
    y = was.y + (stop.y - is_now.y) * was.height / max(is_now.height, 1.0)
    return Rect(x, y, stop.width, stop.height)


def _between(before: tuple[Point, ...], after: tuple[Point, ...], part: float) -> list[Point]:
    """The way in between two ways; the shorter one repeats its last points."""
    count = max(len(before), len(after))
    one = before + (before[-1],) * (count - len(before))
    other = after + (after[-1],) * (count - len(after))
    rest = 1.0 - part
    mixed = [(a * rest + c * part, b * rest + d * part) for (a, b), (c, d) in zip(one, other, strict=True)]
    found = [mixed[0]]
    for point in mixed[1:]:
        if abs(point[0] - found[-1][0]) > 0.01 or abs(point[1] - found[-1][1]) > 0.01:
            found.append(point)
    return found if len(found) > 1 else mixed[:2]
