"""Opening and closing groups: the network rearranges, and what was looked at stays where it was on the screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF

from studio.layout.compose import Drawing, Rect
from studio.views.graph.look import HEADER, SIDE
from studio.views.graph.state import GraphState
from studio.views.graph.transition import MOST, Transition

if TYPE_CHECKING:
    from studio.views.graph.view import GraphView


class Kept(NamedTuple):
    """An item that is there before and after, and the point of the viewport where its centre is seen."""

    item: str
    seen_at: QPointF


class Opening:
    """Changes which groups of a view are open."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self._canvas = view.canvas
        self._held: tuple[QPointF, QPointF, QPointF] | None = None
        self.transition = Transition(view.scene, self._follow, self._arrive)

    def open_exactly(
        self, groups: Iterable[str], anchor: str | None = None, at: QPointF | None = None, animated: bool = True
    ) -> None:
        """Open these groups and no others. `anchor` is the group that stays in place: at the point `at` of the
        viewport, else with its title; without an anchor it is what is nearest to the middle of the view.
        """
        state = self._view.state
        if state is None:
            return
        self.transition.finish()
        self._canvas.stop_glide()
        old = state.drawing
        wanted = frozenset(groups)
        centred = anchor is None
        if anchor is None:
            kept = self.nearest(old, (item for item in old.boxes if _stays(state, item, wanted)))
            anchor = kept.item if kept is not None else None
        if not state.set_opened(wanted):
            return
        new = state.drawing
        while anchor is not None and not (anchor in old.boxes and anchor in new.boxes):
            anchor = _around(state, anchor)
        before = [item for item in self._view.scene.boxes if item in new.boxes]
        shift = self._hold(old, new, anchor, at, centred)
        self._view.take_over()
        if animated and self._can_move() and self._move(old, state, before, shift):
            return
        self._follow(1.0)
        self._arrive()

    def nearest(self, drawing: Drawing, items: Iterable[str]) -> Kept | None:
        """Of some items of a drawing the one nearest to the middle of the view."""
        x, y = self._canvas.seen().centre
        best, least = None, float("inf")
        for item in items:
            cx, cy = drawing.boxes[item].centre
            away = abs(cx - x) + abs(cy - y)
            if away < least:
                best, least = item, away
        if best is None:
            return None
        return Kept(best, self._canvas.viewportTransform().map(QPointF(*drawing.boxes[best].centre)))

    def _hold(self, old: Drawing, new: Drawing, anchor: str | None, at: QPointF | None, centred: bool) -> QPointF:
        """Remember what has to stay in place; gives how far it moves in the drawing."""
        if anchor is None:
            middle = QPointF(self._canvas.viewport().rect().center())
            start, stop = self._canvas.scene_at(middle), QPointF(*new.bounds.centre)
            self._held = (start, stop, middle)
            return stop - start
        was, is_now = old.boxes[anchor], new.boxes[anchor]
        if at is None:
            held = QPointF(*was.centre) if centred else QPointF(was.x + SIDE, was.y + HEADER / 2)
            at = self._canvas.viewportTransform().map(held)
        start = self._canvas.scene_at(at)
        if centred:
            stop = QPointF(*is_now.centre)
        else:
            inside_x = min(start.x() - was.x, is_now.width - SIDE)
            inside_y = min(start.y() - was.y, is_now.height - SIDE)
            stop = QPointF(is_now.x + inside_x, is_now.y + inside_y)
        self._held = (start, stop, at)
        return stop - start

    def _can_move(self) -> bool:
        return self._canvas.animated and self._view.isVisible() and not self._canvas.from_afar

    def _move(self, old: Drawing, state: GraphState, before: Iterable[str], shift: QPointF) -> bool:
        """Start a movement with what is seen before or after; whether that is not too much to move."""
        scene = self._view.scene
        index = scene.index
        if index is None:
            return False
        seen = self._canvas.seen()
        then = Rect(seen.x + shift.x(), seen.y + shift.y(), seen.width, seen.height)
        area = self._canvas.populated_around(then)
        boxes = dict.fromkeys((*index.boxes_in(area), *before))
        wires = index.wires_in(area)
        if len(boxes) + len(wires) > MOST:
            return False
        scene.populate_with(boxes, wires)
        self.transition.start(old, state.tree)
        return True

    def _follow(self, part: float) -> None:
        """Keep what is held where it is on the screen while everything moves."""
        if self._held is not None:
            start, stop, at = self._held
            point = start * (1.0 - part) + stop * part
            self._canvas.bring(point.x(), point.y(), at)

    def _arrive(self) -> None:
        self._held = None
        self._canvas.repopulate()
        self._view.scene.light(self._view.wires_lit(None))


def _stays(state: GraphState, item: str, groups: frozenset[str]) -> bool:
    """Whether an item is drawn while these groups are open."""
    return all(group in groups for group in state.crumbs(item)[1:] if group != item)


def _around(state: GraphState, item: str) -> str | None:
    """The group an item is in; None for the root, inputs and outputs."""
    if item in state.tree.home:
        return state.tree.home[item]
    return state.tree.groups[item].parent if item in state.tree.groups else None
