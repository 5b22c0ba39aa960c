"""Opens the mapping where it is asked for: a red node, an op dropped on it or taken from the palette, a problem."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from pivot.op_folders import own_folders
from pivot.problems import Refusal
from studio.catalogue import Catalogue
from studio.document import Document
from studio.picture import Node, Picture
from studio.remembering import Remembering
from studio.theme import Theme
from studio.views.palette.view import PaletteView

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from studio.views.mapping.dialog import MappingDialog


class Mapper(QObject):
    """One mapping at a time; it stays above the window while the palette can be reached."""

    def __init__(
        self,
        window: QWidget,
        document: Document,
        palette: PaletteView,
        theme: Callable[[], Theme],
        say: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._palette, self._theme, self._say = window, document, palette, theme, say
        self.dialog: MappingDialog | None = None
        self._catalogue = Catalogue()
        self._folders: tuple[Path, ...] = ()
        self.remembering = Remembering(document, say, self)
        self.remembering.changed.connect(self._read_ops_again)
        document.mapping_wanted.connect(self.open)
        document.project_changed.connect(lambda before, after: self._follow_folders())

    def open(self, name: str, op: str = "") -> None:
        """Ask what the call of a node means, perhaps an op; says why where it cannot be asked."""
        picture, project = self._picture, self._document.project
        node = picture.node_by_id.get(name) if picture is not None else None
        if node is None or picture is None or project is None:
            return
        if node.unmapped is not None and node.unmapped.waits:
            self._open_awaited(picture, node, op)
            return
        from studio.mapping import Mapping  # a window opens without the ops
        from studio.views.mapping.dialog import MappingDialog

        try:
            mapping = Mapping(node, picture, project, self._catalogue.opset)
        except ValueError as error:
            self._say(str(error))
            return
        except Refusal as refusal:
            self._say(str(refusal.problem))
            return
        if self.dialog is not None:
            self.dialog.close()
        self.dialog = dialog = MappingDialog(self._document, mapping, self._catalogue, self._theme(), self._window)
        dialog.destroyed.connect(lambda: self._closed(dialog))
        if op:
            dialog.choose(op)
            dialog.judge()
        dialog.show()
        dialog.one_op.field.setFocus()
        if op:
            dialog.accept_button.setFocus()

    def open_selected(self) -> None:
        """Map the first node of the selection that can be mapped, else the first red one of the network."""
        found = self._wanted()
        if found is None:
            self._say(self.tr("Everything is mapped"))
        else:
            self.open(found.id)

    def take(self, op: str) -> bool:
        """Use an op of the palette: in the open mapping, else on the selected red node; False where neither is."""
        if self.dialog is not None and self.dialog.isVisible():
            self.dialog.choose(op)
            return True
        chosen = [node for node in self._selected() if node.unmapped is not None]
        if not chosen:
            return False
        self.open(chosen[0].id, op)
        return True

    @property
    def _picture(self) -> Picture | None:
        return self._document.results.picture if self._document.results else None

    def _selected(self) -> list[Node]:
        picture = self._picture
        known = picture.node_by_id if picture is not None else {}
        return [known[name] for name in self._document.selection.nodes if name in known]

    def _wanted(self) -> Node | None:
        lost = self._picture.unmapped if self._picture is not None else ()
        return next((node for node in (*self._selected(), *lost) if node.call is not None), None)

    def _open_awaited(self, picture: Picture, node: Node, op: str) -> None:
        """A node whose shapes hang on another call: that one is mapped first."""
        waits = node.unmapped.waits if node.unmapped is not None else ""
        for other in picture.unmapped:
            if other.call is not None and other.text.startswith(waits[:60]):
                self._document.select((other.id,), (), "mapping")
                self.open(other.id, op)
                return
        self._say(self.tr("Map {0} first").format(waits))

    def _closed(self, dialog: MappingDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None

    def _follow_folders(self) -> None:
        project = self._document.project
        folders = own_folders(Path(project.source)) if project is not None else ()
        if folders != self._folders:
            self._folders = folders
            self._read_ops_again()

    def _read_ops_again(self) -> None:
        project = self._document.project
        self._folders = own_folders(Path(project.source)) if project is not None else ()
        self._catalogue = Catalogue(self._folders)
        self._palette.set_catalogue(self._catalogue)
