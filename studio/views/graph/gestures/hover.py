"""Point at something: its wires stand out, and a moment later a tip tells op, place and shapes."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QToolTip

from studio.translation import tr
from studio.views.graph.gestures.gesture import Gesture

if TYPE_CHECKING:
    from studio.views.graph.state import GraphState

REACH = 6.0  # pixels on the screen from which on a wire is pointed at
_MOST = 6  # tensors that a tip lists


class Hover(Gesture):
    """Boxes come before wires; from afar only boxes can be pointed at."""

    _at: tuple[str | None, int | None] = (None, None)

    def point(self, place: QPointF) -> None:
        """The pointer is at a place of the viewport."""
        scene = self.canvas.graph
        item = self.view.item_at(place)
        wire = None
        if item is None and scene.index is not None and not self.canvas.from_afar and not scene.moving:
            at = self.canvas.scene_at(place)
            wire = scene.index.wire_at(at.x(), at.y(), REACH / self.canvas.zoom)
        if (item, wire) == self._at:
            return
        self._at = (item, wire)
        scene.mark(scene.marks, item)
        if wire is not None:
            scene.light(scene.wires_like(wire))
        else:
            scene.light(self.view.wires_lit(item))
        shape = Qt.CursorShape.PointingHandCursor if item is not None else Qt.CursorShape.ArrowCursor
        self.canvas.viewport().setCursor(shape)

    def leave(self) -> None:
        """The pointer left the canvas."""
        self._at = (None, None)
        self.canvas.graph.mark(self.canvas.graph.marks, None)
        self.canvas.graph.light(self.view.wires_lit(None))

    def tell(self, place: QPoint, screen: QPoint) -> None:
        """Show the tip for what is at a place of the viewport."""
        text = self.text_at(QPointF(place))
        if text:
            QToolTip.showText(screen, text, self.canvas.viewport())
        else:
            QToolTip.hideText()

    def text_at(self, place: QPointF) -> str:
        """The tip as rich text; everything from the source is escaped."""
        state = self.view.state
        if state is None:
            return ""
        item = self.view.item_at(place)
        if item is not None:
            heading, lines = state.faces.tip(item)
        else:
            at = self.canvas.scene_at(place)
            index = self.canvas.graph.index
            number = index.wire_at(at.x(), at.y(), REACH / self.canvas.zoom) if index is not None else None
            if number is None or self.canvas.from_afar:
                return ""
            heading, lines = self._wire_tip(number)
        cells = ((escape(tr(name)), escape(text)) for name, text in lines)
        rows = "".join(f"<tr><td style='padding-right:12px'>{name}</td><td>{text}</td></tr>" for name, text in cells)
        return f"<b>{escape(heading)}</b><table cellspacing='0' cellpadding='1'>{rows}</table>"

    def _wire_tip(self, number: int) -> tuple[str, list[tuple[str, str]]]:
        """From where to where, then shape and type of each tensor that runs there."""
        state = self.view.state
        assert state is not None
        wire = state.drawing.wires[number].wire
        known = [state.picture.values[value] for value in wire.values if value in state.picture.values]
        lines = [("tensor", f"{value.label}  {value.dtype}") for value in known[:_MOST]]
        if len(known) > _MOST:
            lines.append(("", tr("and {0} more").format(len(known) - _MOST)))
        ends = (_titles(state, [end[at] for end in wire.links]) for at in (0, 1))
        return " → ".join(ends), lines


def _titles(state: GraphState, items: Iterable[str]) -> str:
    """What items are called, each once; of many the first ones."""
    once = list(dict.fromkeys(items))
    names = [state.faces.of(item).title for item in once[:3]]
    return ", ".join((*names, "…") if len(once) > 3 else names)
