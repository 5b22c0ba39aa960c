"""What of a network is seen first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.views.graph.navigate import first_item

if TYPE_CHECKING:
    from studio.views.graph.view import GraphView

READABLE = 0.65  # zoom below which a picture is first shown from its beginning instead of whole
START_ZOOM = 0.8


class Sight:
    """`pending`: a new network waits for the size of the view to be known."""

    def __init__(self, view: GraphView) -> None:
        self._view = view
        self.pending = False

    def start(self) -> None:
        """Show a new network once the size of the view is known."""
        if self.pending and self._view.state is not None and self._view.isVisible():
            self.pending = False
            self.first()

    def first(self) -> None:
        """The whole network where it can be read so, else its beginning."""
        view = self._view
        if view.state is None:
            return
        bounds = view.state.drawing.bounds
        view.canvas.fit(bounds, glide=False)
        first = first_item(view.state)
        if view.canvas.zoom < READABLE and first is not None:
            width = view.canvas.viewport().width() / START_ZOOM
            height = view.canvas.viewport().height() / START_ZOOM
            x, y = view.state.drawing.boxes[first].centre
            if view.horizontal:
                at = (bounds.x + width / 2 - 60.0, across(y, bounds.y, bounds.height, height))
            else:
                at = (across(x, bounds.x, bounds.width, width), bounds.y + height / 2 - 80.0)
            view.canvas.look_at(*at, START_ZOOM, glide=False)


def across(place: float, start: float, extent: float, seen: float) -> float:
    """What to look at across the flow: the middle where all is in sight, else the first item."""
    return start + extent / 2 if extent <= seen else place
