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
        self._path: list[tuple[str, str]] = []
        self._room = 1 << 20

    def show_path(self, crumbs: Iterable[tuple[str, str]]) -> None:
        """Show items from the outermost group in, as (id, text)."""
        path = list(crumbs)
        texts = tuple(text for _, text in path)
        if texts != self.texts:
            self.texts, self._path = texts, path
            self._fit()

    def set_room(self, width: int) -> None:
        """How wide the path may be, in pixels; of one that is wider the middle is left out."""
        if width != self._room:
            self._room = width
            self._fit()

    def _fit(self) -> None:
        for most in range(MOST, 1, -1):
            self._build(most)
            if self.width() <= self._room:
                return

    def _build(self, most: int) -> None:
        path = self._path
        while (old := self.row.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._icons.clear()
        left_out = len(path) > most
        if left_out:
            path = [path[0], *path[len(path) - max(most - 2, 1) :]]
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
