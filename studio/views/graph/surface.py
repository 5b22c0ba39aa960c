"""The canvas with hands: events go to the gestures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)

from studio.views.graph.canvas import Canvas
from studio.views.graph.look import Look
from studio.views.graph.scene import GraphScene

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.views.graph.gestures.drop import Drop
    from studio.views.graph.gestures.gesture import Gestures
    from studio.views.graph.gestures.hover import Hover
    from studio.views.graph.gestures.zoom import Zoom


class Surface(Canvas):
    """`settle` ends a running movement of the items; it is called before a hand changes anything."""

    # Events come while the base class is being made.
    _gestures: Gestures | None = None
    _hover: Hover | None = None
    _zoom: Zoom | None = None
    _drop: Drop | None = None

    def __init__(self, scene: GraphScene, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(scene, look, parent)
        self.settle: Callable[[], None] = lambda: None
        self.ask_menu: Callable[[QPoint, QPoint], None] = lambda place, screen: None
        self.setAcceptDrops(True)

    def give(self, gestures: Gestures, hover: Hover, zoom: Zoom, drop: Drop) -> None:
        """Take over the gestures; before that nothing can be done by hand."""
        self._gestures, self._hover, self._zoom, self._drop = gestures, hover, zoom, drop

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.settle()
        self.stop_glide()
        if self._gestures is None or not self._gestures.press(event):
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._gestures is not None and event.buttons() and self._gestures.move(event):
            return
        if self._hover is not None and not event.buttons():
            self._hover.point(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._gestures is None or not self._gestures.release(event):
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.settle()
        if self._gestures is None or not self._gestures.double_click(event):
            super().mouseDoubleClickEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.settle()
        if self._zoom is not None:
            self._zoom.wheel(event)
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.settle()
        if self._gestures is None or not self._gestures.key(event):
            # The scroll area would scroll with the arrow keys.
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.ask_menu(event.pos(), event.globalPos())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if self._hover is not None and event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._hover.tell(event.pos(), event.globalPos())
            return True
        if self._hover is not None and event.type() == QEvent.Type.Leave:
            self._hover.leave()
        if self._zoom is not None and isinstance(event, QNativeGestureEvent) and self._zoom.pinch(event):
            return True
        return super().viewportEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        # Accepted for the whole canvas: Qt would not tell of moves otherwise.
        if self._drop is not None and event.mimeData().hasFormat(self._drop.mime):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._drop is not None:
            self._drop.over(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        if self._hover is not None:
            self._hover.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._drop is not None:
            self._drop.drop(event)
