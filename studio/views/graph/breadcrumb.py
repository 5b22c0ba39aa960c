"""Where one is: the groups around what is selected, and that itself, each a button that leads there."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from studio.views.graph.colors import GraphColors
from studio.views.graph.overlay import Overlay

MOST = 6  # crumbs; of a deeper path the outermost and the innermost are shown


class Breadcrumb(Overlay):
    """`chosen` carries the id of an item."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, colors: GraphColors) -> None:
        super().__init__(parent, colors)
        self.setAccessibleName(self.tr("Path in the network"))
        self.texts: tuple[str, ...] = ()

    def show_path(self, crumbs: Iterable[tuple[str, str]]) -> None:
        """Show items from the outermost group in, as (id, text)."""
        path = list(crumbs)
        texts = tuple(text for _, text in path)
        if texts == self.texts:
            return
        self.texts = texts
        while (old := self.row.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._icons.clear()
        left_out = len(path) > MOST
        if left_out:
            path = [path[0], *path[-(MOST - 2) :]]
        for place, (item, text) in enumerate(path):
            if place:
                arrow = QLabel("› …  ›" if left_out and place == 1 else "›", self)
                self.row.addWidget(arrow)
                arrow.show()
            made = self.button(text, self.tr("Go to {0}").format(text), text=text)
            made.clicked.connect(lambda _=False, item=item: self.chosen.emit(item))
            self.row.addWidget(made)
            made.show()  # what is added to a visible panel is not shown by itself
        self.row.activate()
        self.adjustSize()
