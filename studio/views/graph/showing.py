"""What the window lays over the graph: errors of a verification, and the node of a line that the pointer is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from studio.views.graph.heat import Heat, with_groups

if TYPE_CHECKING:
    from studio.views.graph.view import GraphView


class Showing:
    """Changes how items look, never what is selected."""

    def __init__(self, view: GraphView) -> None:
        self._view = view

    def light(self, nodes: Iterable[str]) -> None:
        """Let the first of some nodes, or the closed group it is in, look as if the pointer were over it."""
        state, scene = self._view.state, self._view.scene
        found: str | None = None
        first = next(iter(nodes), None)
        if state is not None and first is not None:
            around = (first, *reversed(state.crumbs(first)))
            found = next((item for item in around if item in state.drawing.boxes), None)
        scene.mark(scene.marks, found)

    def set_heat(self, nodes: Mapping[str, Heat]) -> None:
        """Paint the errors of a verification on nodes and closed groups; none takes them away."""
        view = self._view
        heat = with_groups(nodes, view.state.tree) if nodes and view.state is not None else {}
        if view.look.heat != heat:
            view.look.heat = heat
            for item in view.scene.boxes.values():
                item.update()

    def set_broken(self, nodes: Mapping[str, str]) -> None:
        """Paint nodes red that an edit broke, with the reason in place of the op; none takes them away."""
        view = self._view
        if view.look.broken != nodes:
            view.look.broken = dict(nodes)
            for item in view.scene.boxes.values():
                item.update()
