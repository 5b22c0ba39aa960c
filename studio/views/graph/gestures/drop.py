"""Drop an op from the palette on a node, or on a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from studio.op_mime import MIME, op_of
from studio.views.graph.gestures.gesture import Gesture
from studio.views.graph.wiring import ends_of

if TYPE_CHECKING:
    from PySide6.QtGui import QDropEvent

REACH = 14.0  # pixels: what is dragged hides the wire below it


class Drop(Gesture):
    """Nodes and wires take an op; what is under the pointer is marked while the op is dragged over it."""

    mime = MIME

    def over(self, event: QDropEvent) -> None:
        """Tell whether the op can be dropped here."""
        node = self._node(event)
        wire = self._wire(event) if node is None else None
        self.canvas.graph.mark(self.canvas.graph.marks, node)
        self.canvas.graph.light(frozenset((wire,)) if wire is not None else self.view.wires_lit(node))
        if node is not None or wire is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    def drop(self, event: QDropEvent) -> None:
        """Hand the op on."""
        node = self._node(event)
        wire = self._wire(event) if node is None else None
        self.canvas.graph.light(self.view.wires_lit(None))
        if wire is not None and self.view.state is not None:
            event.acceptProposedAction()
            value, taker = ends_of(self.view.state, wire)
            self.view.op_inserted.emit(op_of(event.mimeData()) or "", value, taker)
            return
        if node is None:
            event.ignore()
            return
        event.acceptProposedAction()
        self.view.op_dropped.emit(op_of(event.mimeData()) or "", node)

    def _wire(self, event: QDropEvent) -> int | None:
        scene = self.canvas.graph
        if op_of(event.mimeData()) is None or scene.index is None or self.canvas.from_afar:
            return None
        at = self.canvas.scene_at(QPointF(event.position()))
        return scene.index.wire_at(at.x(), at.y(), REACH / self.canvas.zoom)

    def _node(self, event: QDropEvent) -> str | None:
        if op_of(event.mimeData()) is None:
            return None
        item = self.view.item_at(QPointF(event.position()))
        state = self.view.state
        return item if state is not None and item in state.picture.node_by_id else None
