"""What a gesture is: it may take part in a press, and the first that claims the drag has it alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from studio.views.graph.view import GraphView

DRAG = 4  # pixels from which on a press is a drag


class Gesture:
    """Answers are False where a gesture does not care."""

    def __init__(self, view: GraphView) -> None:
        self.view = view
        self.canvas = view.canvas

    def press(self, event: QMouseEvent) -> bool:
        """Whether the gesture takes part in what begins with this press."""
        return False

    def drag(self, event: QMouseEvent) -> bool:
        """Whether the gesture claims the drag; once it does, it alone is told of what follows."""
        return False

    def release(self, event: QMouseEvent) -> None:
        """The button went up; told to the one that claimed the drag, or to all that took part where none did."""

    def cancel(self) -> None:
        """Another gesture claimed the drag."""

    def double_click(self, event: QMouseEvent) -> bool:
        """Whether the gesture took the double click."""
        return False

    def key(self, event: QKeyEvent) -> bool:
        """Whether the gesture took the key."""
        return False


class Gestures:
    """Hands events to gestures, those that come first being asked first."""

    def __init__(self, gestures: Iterable[Gesture]) -> None:
        self._all = tuple(gestures)
        self._part: list[Gesture] = []
        self._claimed: Gesture | None = None

    def press(self, event: QMouseEvent) -> bool:
        self._part = [gesture for gesture in self._all if gesture.press(event)]
        self._claimed = None
        return bool(self._part)

    def move(self, event: QMouseEvent) -> bool:
        if self._claimed is not None:
            self._claimed.drag(event)
            return True
        for gesture in self._part:
            if gesture.drag(event):
                self._claimed = gesture
                for other in self._part:
                    if other is not gesture:
                        other.cancel()
                break
        return bool(self._part)

    def release(self, event: QMouseEvent) -> bool:
        told = [self._claimed] if self._claimed is not None else self._part
        for gesture in told:
            gesture.release(event)
        took_part = bool(self._part)
        self._part, self._claimed = [], None
        return took_part

    def double_click(self, event: QMouseEvent) -> bool:
        return any(gesture.double_click(event) for gesture in self._all)

    def key(self, event: QKeyEvent) -> bool:
        return any(gesture.key(event) for gesture in self._all)
