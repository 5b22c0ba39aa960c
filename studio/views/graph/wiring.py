"""What a wire of the drawing is in the network: the value it carries, who takes it, what else could be taken. No Qt."""

from __future__ import annotations

from studio.views.graph.state import GraphState


def ends_of(state: GraphState, wire: int) -> tuple[str, str | None]:
    """The value that a wire carries, and a node that takes it where the wire leads; None where it goes out."""
    drawn = state.drawing.wires[wire].wire
    shown = state.drawing.visible.shown
    for value in drawn.values:
        for _, target in drawn.links:
            for node in state.picture.consumers.get(value, ()):
                if shown.get(node.id) == target:
                    return value, node.id
    return drawn.values[0], None


def led(state: GraphState, wire: int, source: bool, item: str) -> tuple[str, str, str] | None:
    """An end of a wire is dragged to an item: (value, node that takes it, value that it is to take instead).

    The source end leads what the wire's node takes to the item; the target end leads what the wire carries into it.
    """
    value, taker = ends_of(state, wire)
    if not source:
        node = state.picture.node_by_id.get(item)
        if node is None or not node.inputs or node.id == taker or value in node.inputs:
            return None
        return node.inputs[0], node.id, value
    given = given_by(state, item)
    return None if taker is None or given is None or given == value else (value, taker, given)


def given_by(state: GraphState, item: str) -> str | None:
    """The value that an item gives: of a node its first, of a closed group what leaves it."""
    picture, shown = state.picture, state.drawing.visible.shown
    node = picture.node_by_id.get(item)
    if node is not None:
        return node.outputs[0] if node.outputs else None
    if item.startswith(">"):
        return item[1:]
    inside = [found for found in picture.nodes if shown.get(found.id) == item]
    for found in reversed(inside):
        for value in found.outputs:
            if any(shown.get(user.id) != item for user in picture.consumers.get(value, ())):
                return value
    return inside[-1].outputs[0] if inside and inside[-1].outputs else None
