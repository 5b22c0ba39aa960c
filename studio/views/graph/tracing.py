"""Following values by command: to producers and consumers, along the way between two places, near to what is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.layout.tree import ROOT
from studio.translation import counted
from studio.views.graph.trace import between, consumers, producers

if TYPE_CHECKING:
    from studio.views.graph.view import GraphView

NEAR = 1.25  # zooming to what is chosen goes no nearer than this


class Tracing(QObject):
    """Acts on the selection of a view. `said` carries one line where there is nothing to do, and why."""

    said = Signal(str)

    def __init__(self, view: GraphView) -> None:
        super().__init__(view)
        self._view = view

    def to_producers(self) -> None:
        """Select what the selected items take their values from."""
        self._go(True)

    def to_consumers(self) -> None:
        """Select what takes the values of the selected items."""
        self._go(False)

    def zoom_to_selection(self) -> None:
        """Show what is selected as large as it can be read."""
        view = self._view
        marks = view.scene.marks
        items = [item for item in (*marks.chosen, *marks.holding) if view.state and item in view.state.drawing.boxes]
        if not items:
            self.said.emit(self.tr("Nothing is selected in the graph"))
            return
        view.canvas.fit(view.around(items), most=NEAR)

    def focus(self) -> None:
        """Let only what lies between the selected items stand out; with nothing between them, say so."""
        state = self._view.state
        if state is None:
            return
        parts = [frozenset((node,)) for node in state.nodes]
        for path in state.modules:
            group = state.tree.of_module.get(path)
            inside = state.tree.nodes_below(group) if group is not None else ()
            parts.append(frozenset(inside) or frozenset(n.id for n in state.picture.nodes if n.instance == path))
        for end in state.ends:
            value = end[1:]
            if end.startswith(">"):
                parts.append(frozenset(node.id for node in state.picture.consumers.get(value, ())))
            elif value in state.picture.producer:
                parts.append(frozenset((state.picture.producer[value].id,)))
        found = between(state.picture, parts) if len(parts) > 1 else frozenset()
        if not found:
            text = self.tr("Select two places that a value passes one after the other")
            self.said.emit(text if len(parts) < 2 else self.tr("No value passes from one of these places to another"))
            return
        state.focus = found
        self._view.scene.focus(state.focused())
        self._view.canvas.repaint_afar()
        self.said.emit(counted(len(found), "node lies on the way", "nodes lie on the way"))

    def unfocus(self) -> None:
        """Show everything alike again."""
        state = self._view.state
        if state is not None and state.focus is not None:
            state.focus = None
            self._view.scene.focus(None)
            self._view.canvas.repaint_afar()

    def _go(self, up: bool) -> None:
        view = self._view
        if view.state is None:
            return
        marks = view.scene.marks
        start = marks.chosen or marks.holding
        if not start:
            self.said.emit(self.tr("Nothing is selected in the graph"))
            return
        inside = set(start)
        for item in start:
            # An open group stands for what is drawn in it.
            if item in view.state.drawing.visible.levels and item != ROOT:
                inside |= {view.state.drawing.visible.shown[node] for node in view.state.tree.nodes_below(item)}
        found = (producers if up else consumers)(view.state.drawing, inside)
        if not found:
            self.said.emit(self.tr("Nothing comes before") if up else self.tr("Nothing comes after"))
            return
        view.choose(found)
        view.canvas.ensure_seen(view.around(found))
