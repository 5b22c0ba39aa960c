"""The inspector: one page at a time, chosen by the selection."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget

from studio.document import Document
from studio.editing.editor import Editor
from studio.theme import Theme
from studio.translation import tr
from studio.views.inspector.model_page import ModelPage
from studio.views.inspector.module_page import ModulePage
from studio.views.inspector.node_page import NodePage
from studio.views.inspector.rows import Page
from studio.widgets.parts import label


class Inspector(QWidget):
    """Shows nodes, modules, or the model when nothing is selected."""

    def __init__(
        self, document: Document, theme: Theme, parent: QWidget | None = None, editor: Editor | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._editor = editor
        self._theme = theme
        self._key: tuple[object, ...] | None = None
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setAccessibleName(self.tr("Inspector"))
        self._area.setHorizontalScrollBarPolicy(self._area.horizontalScrollBarPolicy().ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        document.selection_changed.connect(self._refresh)
        document.results_changed.connect(self._refresh)
        document.project_changed.connect(self._refresh)
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    @property
    def area(self) -> QScrollArea:
        """What scrolls the page."""
        return self._area

    @property
    def page(self) -> QWidget | None:
        """The page that is shown."""
        return self._area.widget()

    def focus_field(self, name: str) -> None:
        """Show what is decided about the whole model, and let a person write into one field of it."""
        self._document.select((), (), "inspector")
        if isinstance(self.page, ModelPage):
            self.page.focus_field(name)

    def _refresh(self, *_: object) -> None:
        chosen, results, project = self._document.selection, self._document.results, self._document.project
        picture = results.picture if results else None
        key = (chosen.nodes, chosen.modules, id(picture), project)
        if key == self._key:
            return
        before, self._key = self._key, key
        same = before is not None and before[:2] == key[:2]
        if same and isinstance(self.page, Page) and self.page.refresh(before is not None and before[2] == key[2]):
            return
        scroll = self._area.verticalScrollBar().value() if same else 0
        self._put(self._make())
        self._area.verticalScrollBar().setValue(scroll)

    def _make(self) -> QWidget:
        chosen, project = self._document.selection, self._document.project
        picture = self._document.results.picture if self._document.results else None
        if project is None:
            return _empty(tr("Open a Python file to see its network here."))
        if picture is not None:
            nodes = [picture.node_by_id[name] for name in chosen.nodes if name in picture.node_by_id]
            if nodes:
                return NodePage(self._document, nodes, self._editor)
            modules = [picture.module_by_path[path] for path in chosen.modules if path in picture.module_by_path]
            if modules:
                return ModulePage(self._document, modules, self._editor)
        return ModelPage(self._document, project)

    def _put(self, page: QWidget) -> None:
        held = QApplication.focusWidget()
        old = self._area.takeWidget()
        inside = held is not None and old is not None and old.isAncestorOf(held)
        self._area.setWidget(page)
        # A new page would come behind everything else that Tab goes through.
        before: QWidget = self._area
        for part in page.findChildren(QWidget):
            # What a box drops down is a window of its own.
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.window() is page.window():
                QWidget.setTabOrder(before, part)
                before = part
        if inside and held is not None:
            # Who wrote into a field goes on there, or at least in this panel.
            same = [part for part in page.findChildren(type(held)) if part.accessibleName() == held.accessibleName()]
            (same[0] if same and held.accessibleName() else self._area).setFocus()
        if old is not None:
            # The old page may be what is handling the event that led here.
            old.hide()
            old.deleteLater()


def _empty(text: str) -> QWidget:
    page = QWidget()
    page.setProperty("role", "page")
    layout = QVBoxLayout(page)
    layout.setContentsMargins(16, 16, 16, 16)
    layout.addWidget(label(text, "muted", wrap=True))
    layout.addStretch(1)
    return page
