"""Between the document and the graph, which knows pictures only: picture in, selection both ways, commands by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut

from studio import positions
from studio.document import Document
from studio.picture import Picture
from studio.report import Report, part_of, within
from studio.theme import Theme
from studio.views.graph.colors import GraphColors
from studio.views.graph.heat import Heat
from studio.views.graph.view import GraphView

ORIGIN = "graph"


class GraphBridge(QObject):
    """Keeps one graph equal to one document."""

    def __init__(self, document: Document, graph: GraphView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._graph = graph
        self._shown: Picture | None = None
        self._following = False
        self._heated = True
        self._commands: Mapping[str, Callable[[], object]] = {
            "fit": graph.fit,
            "orientation": lambda: graph.set_horizontal(not graph.horizontal),
            "open": graph.open_all,
            "close": graph.close_all,
            "search": graph.open_search,
            "zoom_selection": graph.tracing.zoom_to_selection,
            "producers": graph.tracing.to_producers,
            "consumers": graph.tracing.to_consumers,
            "focus": graph.tracing.focus,
            "unfocus": graph.tracing.unfocus,
            "heat": self._toggle_heat,
            "reset_positions": partial(positions.reset, document),
        }
        for shortcut in graph.findChildren(QShortcut):
            if shortcut.key() == QKeySequence(QKeySequence.StandardKey.Find):
                # The window's own command finds in whatever has the focus; two takers of a key would both get nothing.
                shortcut.setEnabled(False)
        graph.selection_changed.connect(self._chosen)
        graph.activated.connect(self._activated)
        graph.op_dropped.connect(self._dropped)
        graph.items_moved.connect(partial(positions.move, document))
        document.results_changed.connect(self._show)
        document.project_changed.connect(lambda before, after: self._place())
        document.project_changed.connect(lambda before, after: self._show_heat())
        document.project_changed.connect(lambda before, after: graph.showing.set_broken(self._broken()))
        document.selection_changed.connect(self._follow)
        document.hovered.connect(graph.showing.light)
        self._place()
        self._show()

    def command(self, name: str) -> None:
        """Run a command of the graph by its name; raises KeyError where there is none."""
        self._commands[name]()

    def _show(self) -> None:
        picture = self._document.results.picture if self._document.results else None
        if picture is not self._shown:
            self._shown = picture
            self._following = True
            self._graph.set_picture(picture)
            self._following = False
            self._follow()
        self._show_heat()
        self._graph.showing.set_broken(self._broken())

    def _place(self) -> None:
        project = self._document.project
        self._graph.set_positions(project.positions if project is not None else {})

    def _broken(self) -> dict[str, str]:
        """The nodes at which the present program breaks, and why; the graph shows the last one that did not."""
        failure = self._document.failure
        if failure is None or failure[0] != self._document.revision:
            return {}
        found: dict[str, str] = {}
        for problem in failure[1]:
            if problem.severity == "error" and problem.line:
                place = self._document.at_source(problem.file, problem.line, problem.column)
                found.update(dict.fromkeys(place.nodes, problem.why))
        return found

    def _toggle_heat(self) -> None:
        self._heated = not self._heated
        self._show_heat()

    def _show_heat(self) -> None:
        """The errors of the verification on the graph, while they are those of the present program."""
        report = self._document.report if self._heated and not self._document.report_stale else None
        self._graph.showing.set_heat(heat_of(report) if report is not None else {})

    def _follow(self) -> None:
        chosen = self._document.selection
        if chosen.origin != ORIGIN and self._shown is not None:
            self._following = True
            one = len(chosen.nodes) + len(chosen.modules) == 1
            # One thing is worth opening the groups that hide it; of many, their groups are marked.
            (self._graph.reveal if one else self._graph.select)(chosen.nodes, chosen.modules)
            self._following = False

    def _chosen(self, chosen: tuple[Iterable[str], Iterable[str]]) -> None:
        if not self._following:
            nodes, modules = chosen
            self._document.select(self._in_order(nodes), tuple(sorted(modules)), ORIGIN)

    def _activated(self, name: str) -> None:
        """A double click on a node shows where it is written; one that nothing reads is mapped."""
        node = self._shown.node_by_id.get(name) if self._shown is not None else None
        if node is not None and node.unmapped is not None and (node.call is not None or node.unmapped.waits):
            self._document.ask_mapping(name)
            return
        place = node.made_at or node.site if node is not None else None
        if place is not None:
            self._document.go_to(place.file, place.line, place.column, "activated")

    def _dropped(self, op: str, name: str) -> None:
        """An op dropped on a node that nothing reads opens the mapping."""
        node = self._shown.node_by_id.get(name) if self._shown is not None else None
        if node is not None and node.unmapped is not None:
            self._document.select((name,), (), "mapping")
            self._document.ask_mapping(name, op)

    def _in_order(self, nodes: Iterable[str]) -> tuple[str, ...]:
        """Sets have no order: the picture's is the one people see."""
        wanted = set(nodes)
        return tuple(name for name in self._shown.node_by_id if name in wanted) if self._shown is not None else ()


def heat_of(report: Report) -> dict[str, Heat]:
    """Per node how large its error is on the scale of the plot, and whether it passes."""
    found: dict[str, Heat] = {}
    for row in report.rows:
        part = part_of(row.error)
        if row.id and not row.is_output and part is not None:
            found[row.id] = Heat(part, within(row.error, report.gate) is True, f"{row.error:.1e}")
    return found


def graph_colors(theme: Theme) -> GraphColors:
    """The theme as the graph wants it: each colour by its name with "graph_" before it, else by its name alone."""
    named = {item.name for item in fields(GraphColors)} - {"families", "other"}
    colors = {name: theme.colors.get(f"graph_{name}") or theme.colors[name] for name in named}
    return GraphColors(other=theme.families["other"], families=theme.families, **colors)
