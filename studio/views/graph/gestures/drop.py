"""Drop an op from the palette on a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from studio.op_mime import MIME, op_of
from studio.views.graph.gestures.gesture import Gesture

if TYPE_CHECKING:
    from PySide6.QtGui import QDropEvent


class Drop(Gesture):
    """Only nodes take an op; the one under the pointer is marked while the op is dragged over it."""

    mime = MIME

    def over(self, event: QDropEvent) -> None:
        """Tell whether the op can be dropped here."""
        node = self._node(event)
        self.canvas.graph.mark(self.canvas.graph.marks, node)
        if node is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    def drop(self, event: QDropEvent) -> None:
        """Hand the op on."""
        node = self._node(event)
        if node is None:
            event.ignore()
            return
        event.acceptProposedAction()
        self.view.op_dropped.emit(op_of(event.mimeData()) or "", node)

    def _node(self, event: QDropEvent) -> str | None:
        if op_of(event.mimeData()) is None:
            return None
        item = self.view.item_at(QPointF(event.position()))
        state = self.view.state
        return item if state is not None and item in state.picture.node_by_id else None
