"""The items on the canvas: only those near what is to be seen exist, so the size of a network costs nothing."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QRectF
from PySide6.QtWidgets import QGraphicsScene

from studio.layout.compose import Drawing, DrawnWire, Rect
from studio.layout.index import DrawingIndex
from studio.layout.pause import collection_paused
from studio.views.graph.box_item import BoxItem
from studio.views.graph.edge_item import EdgeItem
from studio.views.graph.group_item import GroupItem
from studio.views.graph.labels import Labels
from studio.views.graph.look import Look
from studio.views.graph.node_item import NodeItem, TerminalItem
from studio.views.graph.overview import Overview
from studio.views.graph.state import GraphState, Marks

EXTENT = 4e6  # pixels from the origin: scrolling never ends before the network does
Z_WIRE, Z_NODE = 50.0, 100.0
LIT_MOST = 40  # wires that stand out and are made wherever they are
FADED = 0.2  # how much of what is out of focus is to be seen


class GraphScene(QGraphicsScene):
    """Keeps items equal to the part of a drawing that is looked at."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # A handful of items move all the time: an index would be rebuilt more often than it is asked.
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setSceneRect(QRectF(-EXTENT, -EXTENT, 2 * EXTENT, 2 * EXTENT))
        self.look = look
        self.state: GraphState | None = None
        self.index: DrawingIndex | None = None
        self.labels: Labels | None = None
        self.overview: Overview | None = None
        self.boxes: dict[str, BoxItem] = {}
        self.wires: dict[int, EdgeItem] = {}
        self.lit: frozenset[int] = frozenset()
        self.marks = Marks()
        self.hovered: str | None = None
        self.moving = False
        self.focused: frozenset[str] | None = None
        self._around: dict[str, frozenset[int]] = {}

    @property
    def drawing(self) -> Drawing | None:
        return self.state.drawing if self.state is not None else None

    def show_drawing(self, state: GraphState | None) -> None:
        """Forget all items and take over the drawing of a state; `populate` then makes what is to be seen."""
        self._drop_items()
        self.state = state
        self.lit, self.hovered, self._around = frozenset(), None, {}
        if state is None:
            self.index = self.labels = self.overview = None
            self.marks = Marks()
            self.focused = None
            return
        drawing = state.drawing
        with collection_paused():
            self.index = DrawingIndex(drawing)
        self.labels = Labels(self.index, state.picture, state.tree, self.look.small_width)
        self.overview = Overview(drawing, state.faces, state.tree)
        self.marks = state.marks()
        self.focused = state.focused()

    def populate(self, area: Rect) -> None:
        """Make the items that have a point in an area and take away the others."""
        if self.index is None or self.state is None:
            return
        self.populate_with(self.index.boxes_in(area), self.index.wires_in(area))

    def populate_with(self, items: Iterable[str], wires: Iterable[int]) -> None:
        """Have exactly these items and wires on the canvas."""
        lit = self.lit if len(self.lit) <= LIT_MOST else ()
        wanted_boxes, wanted_wires = dict.fromkeys(items), dict.fromkeys((*wires, *lit))
        for key in [key for key in self.boxes if key not in wanted_boxes]:
            self.removeItem(self.boxes.pop(key))
        for number in [number for number in self.wires if number not in wanted_wires]:
            self.removeItem(self.wires.pop(number))
        for key in wanted_boxes:
            if key not in self.boxes:
                self._add_box(key)
        for number in wanted_wires:
            if number not in self.wires:
                self._add_wire(number)

    def recolor(self) -> None:
        """Take the colours of the look once more."""
        for wire in self.wires.values():
            wire.color()
        for box in self.boxes.values():
            box.update()

    def clear_items(self) -> None:
        """No item is needed while the overview is painted."""
        self._drop_items()

    def mark(self, marks: Marks, hovered: str | None) -> None:
        """Show a selection and what the pointer is over."""
        changed = marks.chosen ^ self.marks.chosen | marks.holding ^ self.marks.holding | {self.hovered, hovered}
        self.marks, self.hovered = marks, hovered
        for key in changed:
            item = self.boxes.get(key) if key is not None else None
            if item is not None:
                item.mark(key in marks.chosen, key in marks.holding, key == hovered)

    def light(self, wires: frozenset[int]) -> None:
        """Let some wires stand out."""
        missing = [number for number in wires - self.wires.keys() if self.drawing and number < len(self.drawing.wires)]
        if self.boxes and len(missing) <= LIT_MOST:
            # Of a bundle only the trunk is there; what stands out is drawn by itself.
            for number in missing:
                self._add_wire(number)
        for number in wires ^ self.lit:
            item = self.wires.get(number)
            if item is not None:
                item.light(number in wires)
        self.lit = wires

    def focus(self, items: frozenset[str] | None) -> None:
        """Let some items stand out and the others fade; None lets all be alike."""
        self.focused = items
        for key, box in self.boxes.items():
            box.setOpacity(self._opacity((key,)))
        for wire in self.wires.values():
            wire.setOpacity(self._wire_opacity(wire.drawn))
        self.update()  # labels reach beyond their wires

    def label_opacity(self, wire: int) -> float:
        """How much of the label of a wire is to be seen, by the number of the wire."""
        if self.focused is None or self.index is None:
            return 1.0
        return self._wire_opacity(self.index.drawing.wires[wire])

    def _opacity(self, keys: Iterable[str]) -> float:
        return 1.0 if self.focused is None or self.focused.issuperset(keys) else FADED

    def _wire_opacity(self, drawn: DrawnWire) -> float:
        return max((self._opacity(link) for link in drawn.wire.links), default=1.0)

    def wires_around(self, item: str) -> frozenset[int]:
        """The wires that lead to or from an item; for an open group, those that cross its border."""
        if self.drawing is None:
            return frozenset()
        if item not in self._around:
            # One look at all wires for one item: of thousands, few are ever asked about.
            found = []
            for number, (_, (source, target, _, links), _) in enumerate(self.drawing.wires):
                if source[0] == item or target[0] == item or any(item in link for link in links):
                    found.append(number)
            self._around[item] = frozenset(found)
        return self._around[item]

    def wires_like(self, number: int) -> frozenset[int]:
        """The wires that carry one of the values of a wire: all the places where that tensor goes."""
        if self.drawing is None:
            return frozenset()
        values = set(self.drawing.wires[number].wire.values)
        return frozenset(at for at, drawn in enumerate(self.drawing.wires) if not values.isdisjoint(drawn.wire.values))

    def _add_box(self, key: str) -> None:
        assert self.state is not None
        face = self.state.faces.of(key)
        rect = self.state.drawing.boxes[key]
        item: BoxItem
        if face.kind == "group":
            depth = len(self.state.tree.ancestors(key)) - 1
            opened = key in self.state.drawing.visible.levels
            item = GroupItem(key, face, self.look, rect, opened, depth)
            item.setZValue(float(depth) if opened else Z_NODE)
        else:
            item = (NodeItem if face.kind == "node" else TerminalItem)(key, face, self.look, rect)
            item.setZValue(Z_NODE)
        item.mark(key in self.marks.chosen, key in self.marks.holding, key == self.hovered)
        item.setOpacity(self._opacity((key,)))
        self.boxes[key] = item
        self.addItem(item)

    def _add_wire(self, number: int) -> None:
        assert self.state is not None
        drawing = self.state.drawing
        item = EdgeItem(drawing.wires[number], self.look, drawing.horizontal)
        item.setZValue(Z_WIRE)
        item.light(number in self.lit)
        item.setOpacity(self._wire_opacity(item.drawn))
        self.wires[number] = item
        self.addItem(item)

    def _drop_items(self) -> None:
        self.clear()
        self.boxes, self.wires = {}, {}
