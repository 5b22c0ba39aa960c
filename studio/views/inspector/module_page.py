"""The page of one or more modules: class, size, places, and the modules that are built alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from studio.document import Document
from studio.editing.editor import Editor
from studio.picture import Module
from studio.translation import counted, tr
from studio.views.inspector.rows import Page, add
from studio.views.inspector.scope_row import ScopeRow
from studio.widgets.parts import badge, link

_MOST = 10
_KINDS = {"user": "class of the program", "layer": "layer of the library", "container": "container"}


class ModulePage(Page):
    """Made for a selection of modules."""

    def __init__(self, document: Document, modules: Sequence[Module], editor: Editor | None = None) -> None:
        super().__init__(document)
        results = document.results
        if results is None or results.picture is None:
            return
        picture, links = results.picture, results.links
        one = modules[0] if len(modules) == 1 else None
        classes = sorted({module.class_name for module in modules})
        if one is not None:
            self.head(one.class_name, one.path or tr("the whole network"), badge(tr(_KINDS[one.kind]), "plain"))
        else:
            self.head(counted(len(modules), "module"), ", ".join(classes))
        nodes = [picture.node_by_id[name] for module in modules for name in links.nodes_below(module.path)]
        if editor is not None:
            grid = self.section(tr("Edits apply to"))
            grid.addWidget(ScopeRow(editor), grid.rowCount(), 0, 1, 3)
        size = self.section(tr("Size"))
        add(size, tr("parameters"), f"{sum(module.parameters for module in modules):,}")
        add(size, tr("nodes"), f"{len(nodes):,}")
        lost = [node for node in nodes if node.unmapped is not None]
        if lost:
            ids = tuple(node.id for node in lost)
            add(
                size,
                tr("unmapped"),
                link(str(len(lost)), lambda: document.select(ids, (), "inspector"), tr("Select them")),
            )
        if one is not None:
            self._places(one)
            alike = [module for module in picture.modules if module.structure and module.structure == one.structure]
            if len(alike) > 1:
                paths = tuple(module.path for module in alike)
                grid = self.section(tr("Built alike"))
                choose = link(
                    tr("all {0}").format(len(alike)),
                    lambda: document.select((), paths, "inspector"),
                    tr("Select all of them"),
                )
                add(grid, counted(len(alike), "module"), choose)
        if nodes:
            grid = self.section(tr("Operations"))
            for title, count in Counter(node.title or node.op for node in nodes).most_common(_MOST):
                add(grid, title, f"{count:,}")
        self.end()

    def _places(self, module: Module) -> None:
        if module.made_at is None and module.definition is None:
            return
        grid = self.section(tr("Source"))
        if module.made_at is not None:
            add(grid, tr("made"), self.place(module.made_at))
        if module.definition is not None:
            add(grid, tr("class"), self.place(module.definition))
