"""The panels that lie over the graph: where the path, the controls, the search and the map stand, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAccessible, QAccessibleEvent

from studio.layout.tree import ROOT

if TYPE_CHECKING:
    from studio.views.graph.view import GraphView

INSET = 12  # pixels between the panels and the border of the view
_MOST = 0.3  # of the width of the view that a map may take


class Overlays:
    """Keeps the panels of one view in their corners; in a small view those that are not needed give way."""

    def __init__(self, view: GraphView) -> None:
        self._view = view

    def place(self) -> None:
        """Put all of them where they belong."""
        view = self._view
        controls, search, breadcrumb, minimap = view.controls, view.search, view.breadcrumb, view.minimap
        for overlay in (breadcrumb, controls, search):
            overlay.adjustSize()
        right = view.width() - INSET
        controls.set_room(view.width() - 2 * INSET)
        search.set_room(view.width() - 2 * INSET)
        # In a small view the path and the map give way: the controls are needed.
        room = right - controls.width() - 2 * INSET
        breadcrumb.set_room(room)
        breadcrumb.setVisible(breadcrumb.width() <= room)
        breadcrumb.move(INSET, INSET)
        controls.move(max(INSET, right - controls.width()), INSET)
        search.move(max(INSET, right - search.width()), INSET + controls.height() + 8)
        minimap.move(right - minimap.width(), view.height() - INSET - minimap.height())
        self._show_map()

    def follow(self) -> None:
        """The canvas shows another part of the drawing, or in another size."""
        view = self._view
        view.controls.show_zoom(view.canvas.zoom)
        view.minimap.show_seen(view.canvas.seen())
        self._show_map()

    def tell_current(self) -> None:
        """Say what is selected: in the path above, and to who cannot see it."""
        view, state, current = self._view, self._view.state, self._view.current
        if state is None:
            return
        crumbs = []
        for group in state.crumbs(current):
            found = state.tree.groups[group]
            name = found.class_name if group == ROOT else found.path.rpartition(".")[2]
            crumbs.append((group, name))
        if current is not None and current not in state.tree.groups:
            crumbs.append((current, state.faces.of(current).title))
        view.breadcrumb.show_path(crumbs)
        text = state.faces.describe(current) if current is not None else ""
        view.canvas.setAccessibleDescription(text)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(view.canvas, QAccessible.Event.DescriptionChanged))
        self.place()

    def _show_map(self) -> None:
        """A map helps where not all is to be seen anyway; else it would lie on what it shows."""
        view, state = self._view, self._view.state
        below = view.height() - view.controls.height() - 3 * INSET
        fits = view.minimap.height() <= below and view.minimap.width() <= _MOST * view.width()
        view.minimap.setVisible(state is not None and fits and not view.canvas.seen().covers(state.drawing.bounds))
