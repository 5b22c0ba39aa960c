"""Move what is dragged: a node, a group by its title, or all that is selected; the wires follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from studio.layout.arrange import Point
from studio.layout.moved import follow
from studio.views.graph.gestures.gesture import DRAG, Gesture
from studio.views.graph.gestures.walk import ARROWS

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent

STEP = 10.0  # what an arrow key moves, in the drawing


class Move(Gesture):
    """While the button is down only items move; what is kept, and the room around, follow when it goes up."""

    _items: tuple[str, ...] = ()
    _from = QPointF()
    _claimed = False

    def press(self, event: QMouseEvent) -> bool:
        self._items = ()
        if event.button() != Qt.MouseButton.LeftButton or event.modifiers() or self.canvas.from_afar:
            return False
        item = self.view.item_at(event.position())
        if item is None or self.view.on_arrow(item, event.position()):
            return False
        self._items, self._from, self._claimed = self._taken_along(item), event.position(), False
        return True

    def drag(self, event: QMouseEvent) -> bool:
        if not self._items:
            return False
        if not self._claimed:
            if (event.position() - self._from).manhattanLength() < DRAG:
                return False
            self._claimed = True
            self.canvas.graph.moving = True  # labels would stay behind
            self.canvas.viewport().setCursor(Qt.CursorShape.SizeAllCursor)
        self._show((event.position() - self._from) / self.canvas.zoom)
        return True

    def release(self, event: QMouseEvent) -> None:
        items, claimed = self._items, self._claimed
        by = (event.position() - self._from) / self.canvas.zoom
        self.cancel()
        if claimed and items:
            self._tell(items, by.x(), by.y(), "")

    def cancel(self) -> None:
        if self._claimed:
            self.canvas.graph.moving = False
            self.canvas.viewport().unsetCursor()
            self._show(QPointF())
            self.canvas.viewport().update()
        self._items, self._claimed = (), False

    def key(self, event: QKeyEvent) -> bool:
        """Ctrl with an arrow moves what is selected; with Shift in larger steps. Escape lets go of what is dragged."""
        if event.key() == Qt.Key.Key_Escape and self._claimed:
            self.cancel()
            return True
        if event.key() not in ARROWS or not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        items = self._taken_along(None)
        if not items:
            return False
        step = STEP * (5 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        x, y = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}[ARROWS[event.key()]]
        self._tell(items, x * step, y * step, f"move {sorted(items)}")
        return True

    def _taken_along(self, item: str | None) -> tuple[str, ...]:
        """The item and, where it is selected, all else that is; what lies in a group that moves moves anyway."""
        state, chosen = self.view.state, self.canvas.graph.marks.chosen
        if state is None:
            return ()
        items = {item} if item is not None and item not in chosen else set(chosen)
        items &= state.drawing.boxes.keys()
        return tuple(sorted(name for name in items if not items & {*state.crumbs(name)} - {name}))

    def _tell(self, items: tuple[str, ...], x: float, y: float, merge: str) -> None:
        state = self.view.state
        if state is not None and (x or y):
            across, along = (y, x) if state.horizontal else (x, y)
            self.view.items_moved.emit(state.placed(items, across, along), merge)

    def _show(self, by: QPointF) -> None:
        """Let the items stand that far from where they are drawn."""
        state, scene = self.view.state, self.canvas.graph
        if state is None:
            return
        with_them: set[str] = set()
        for item in self._items:
            if item in state.tree.groups:
                with_them.update((item, *state.tree.descendants(item)))
        for key, box in scene.boxes.items():
            if key in self._items or state.level_of(key) in with_them:
                rect = state.drawing.boxes[key]
                box.put(rect.x + by.x(), rect.y + by.y(), rect.width, rect.height)
        offset = (by.y(), by.x()) if state.horizontal else (by.x(), by.y())
        for wire in scene.wires.values():
            drawn = wire.drawn
            inside = drawn.group in with_them
            source = offset if inside or drawn.wire.source.item in self._items else None
            target = offset if inside or drawn.wire.target.item in self._items else None
            if source is not None or target is not None:
                way = follow(_turned(drawn.points, state.horizontal), source, target)
                wire.lead(_turned(way, state.horizontal))


def _turned(points: tuple[Point, ...], turn: bool) -> tuple[Point, ...]:
    return tuple((y, x) for x, y in points) if turn else points
