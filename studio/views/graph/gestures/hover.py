"""Point at something: its wires stand out, and a moment later a tip tells op, place and shapes."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QToolTip

from studio.views.graph.gestures.gesture import Gesture

REACH = 6.0  # pixels on the screen from which on a wire is pointed at


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
        cells = ((escape(name), escape(text)) for name, text in lines)
        rows = "".join(f"<tr><td style='padding-right:12px'>{name}</td><td>{text}</td></tr>" for name, text in cells)
        return f"<b>{escape(heading)}</b><table cellspacing='0' cellpadding='1'>{rows}</table>"

    def _wire_tip(self, number: int) -> tuple[str, list[tuple[str, str]]]:
        state = self.view.state
        assert state is not None
        wire = state.drawing.wires[number].wire
        names = state.faces
        lines = []
        for value in wire.values[:6]:
            known = state.picture.values.get(value)
            if known is not None:
                lines.append(("shape", f"{known.label}  {known.dtype}"))
        sources = dict.fromkeys(source for source, _ in wire.links)
        targets = dict.fromkeys(target for _, target in wire.links)
        lines.append(("from", ", ".join(names.of(item).title for item in list(sources)[:4])))
        lines.append(("to", ", ".join(names.of(item).title for item in list(targets)[:4])))
        return state.picture.shape_label(wire.values), lines
