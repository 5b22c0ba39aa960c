"""Where the arrow keys lead: along the wires with the flow, to neighbours across it. No Qt here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from studio.layout.compose import Drawing
from studio.views.graph.state import GraphState

Step = Literal["up", "down", "left", "right"]


def step_from(state: GraphState, item: str | None, step: Step) -> str | None:
    """The item one step on; None where nothing is there. From nothing, the first item."""
    leaves = _leaves(state.drawing)
    if item is None or item not in state.drawing.boxes:
        return next(iter(leaves), None)
    forward, backward = ("right", "left") if state.drawing.horizontal else ("down", "up")
    if step in (forward, backward):
        beside = _along(state, item, step == forward)
        if beside:
            return _nearest(state.drawing, item, beside)
        return None
    return _across(state.drawing, item, step)


def _leaves(drawing: Drawing) -> list[str]:
    opened = set(drawing.opened)
    return [item for item in drawing.boxes if item not in opened]


def first_item(state: GraphState) -> str | None:
    """The item at the beginning of the flow."""
    return min(_leaves(state.drawing), key=lambda item: _flow(state.drawing, item), default=None)


def last_item(state: GraphState) -> str | None:
    """The item at the end of the flow."""
    return max(_leaves(state.drawing), key=lambda item: _flow(state.drawing, item), default=None)


def _flow(drawing: Drawing, item: str) -> tuple[float, float]:
    x, y = drawing.boxes[item].centre
    return (x, y) if drawing.horizontal else (y, x)


def _along(state: GraphState, item: str, forward: bool) -> list[str]:
    """What an item feeds, or is fed by. From an open group the way leads into it, at its beginning or its end."""
    if item in state.drawing.opened:
        inside = set(state.tree.nodes_below(item))
        shown = state.drawing.visible.shown
        leaves = list(dict.fromkeys(shown[node] for node in state.picture.node_by_id if node in inside))
        return leaves[:1] if forward else leaves[-1:]
    edges = state.drawing.visible.edges
    if forward:
        return [edge.target for edge in edges if edge.source == item]
    return [edge.source for edge in edges if edge.target == item]


def _nearest(drawing: Drawing, item: str, others: Iterable[str]) -> str:
    """The trunk rather than the short cut: what is straight ahead, then what is near."""
    x, y = drawing.boxes[item].centre

    def away(other: str) -> tuple[float, float]:
        ox, oy = drawing.boxes[other].centre
        across, along = (abs(oy - y), abs(ox - x)) if drawing.horizontal else (abs(ox - x), abs(oy - y))
        return along + across, across

    return min(others, key=away)


def _across(drawing: Drawing, item: str, step: Step) -> str | None:
    here = drawing.boxes[item]
    x, y = here.centre
    best, least = None, float("inf")
    for other in _leaves(drawing):
        box = drawing.boxes[other]
        if other == item or box.covers(here):
            continue
        ox, oy = box.centre
        ahead = {"left": x - ox, "right": ox - x, "up": y - oy, "down": oy - y}[step]
        aside = abs(oy - y) if step in ("left", "right") else abs(ox - x)
        if ahead > 4.0 and aside < 1.5 * ahead and ahead + 2.0 * aside < least:
            best, least = other, ahead + 2.0 * aside
    return best
