"""The buttons over the canvas: zoom, fit, direction, open and close all, search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from studio.views.graph.colors import GraphColors
from studio.views.graph.overlay import Overlay

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class Controls(Overlay):
    """Sends what was asked for; the view does it."""

    zoom_in = Signal()
    zoom_out = Signal()
    zoom_full = Signal()
    fit = Signal()
    turn = Signal()
    open_all = Signal()
    close_all = Signal()
    search = Signal()

    def __init__(self, parent: QWidget, colors: GraphColors) -> None:
        super().__init__(parent, colors)
        self.setAccessibleName(self.tr("Graph controls"))
        out = self.button(self.tr("Zoom out"), self.tr("Zoom out (-)"), text="−")
        self._zoom = self.button(self.tr("Zoom to 100 %"), self.tr("Zoom to 100 % (1)"), text="100 %")
        self._zoom.setMinimumWidth(52)
        more = self.button(self.tr("Zoom in"), self.tr("Zoom in (+)"), text="+")
        fit = self.button(self.tr("Fit"), self.tr("Show the whole network (F)"), "fit")
        turn = self.button(self.tr("Direction"), self.tr("Downward or to the right"), "orientation")
        opened = self.button(self.tr("Open all groups"), self.tr("Open all groups"), "unfold")
        closed = self.button(self.tr("Close all groups"), self.tr("Close all groups"), "fold")
        search = self.button(self.tr("Search"), self.tr("Search (Ctrl+F)"), "search")
        for made, signal in (
            (out, self.zoom_out),
            (self._zoom, self.zoom_full),
            (more, self.zoom_in),
            (fit, self.fit),
            (turn, self.turn),
            (opened, self.open_all),
            (closed, self.close_all),
            (search, self.search),
        ):
            made.clicked.connect(signal)
            self.row.addWidget(made)
        self._yielding = (closed, opened, turn, self._zoom, more, out)

    def set_room(self, width: int) -> None:
        """In a narrow view buttons give way, one after the other: what they do stands in the menu and has keys."""
        for made in self._yielding:
            made.show()
        for made in self._yielding:
            if self.sizeHint().width() <= width:
                break
            made.hide()
        self.adjustSize()

    def show_zoom(self, zoom: float) -> None:
        """Tell the zoom, 1.0 being 100 %."""
        percent = 100 * zoom
        self._zoom.setText(f"{percent:.0f} %" if percent >= 1 else f"{percent:.1f} %")
