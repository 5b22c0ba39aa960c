"""Makes edits in a document: the scope that is chosen, one undo step per edit, a sentence for people. QtCore only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pivot.problems import Refusal, refuse
from studio.document import Document
from studio.editing.scope import SCOPES, Scope
from studio.picture import Node

if TYPE_CHECKING:
    from studio.editing.context import Context, Outcome


class Editor(QObject):
    """Edits what is selected. `said` carries what was unrolled, or why an edit was refused and what to do.

    The scope is what a person chose last; it is no part of the project.
    """

    said = Signal(str)
    scope_changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self._scope: Scope = "written"
        self._context: tuple[object, Context] | None = None
        self._unrolled = False  # whether an edit since the last conversion unrolled a definition
        self._counts: tuple[object, dict[Scope, int]] | None = None

    # -- scope

    @property
    def scope(self) -> Scope:
        """How far an edit reaches."""
        return self._scope

    def set_scope(self, scope: Scope) -> None:
        if scope != self._scope:
            self._scope = scope
            self.scope_changed.emit()

    def title(self, scope: Scope) -> str:
        """A scope in words."""
        return {
            "instance": self.tr("This instance"),
            "structure": self.tr("All of this structure"),
            "class": self.tr("Every instance of the class"),
            "written": self.tr("Where it is written"),
        }[scope]

    def counts(self, name: str | None = None) -> dict[Scope, int]:
        """How many nodes or blocks an edit of the selected one would reach in each scope; empty where that cannot be
        told.
        """
        nodes, paths = self.nodes(), self.modules()
        if len(nodes) + len(paths) != 1:
            return {}
        key = (id(self.document.results), self.document.revision, nodes[0].id if nodes else paths[0], name)
        if self._counts is None or self._counts[0] != key:
            try:
                context = self.context()
                found = (
                    edits().scope_counts(context, nodes[0], name) if nodes else edits().module_counts(context, paths[0])
                )
            except Refusal:
                found = {}
            self._counts = (key, found)
        return self._counts[1]

    # -- what is selected

    def nodes(self) -> list[Node]:
        """The selected nodes, in the order of the network."""
        results = self.document.results
        if results is None or results.picture is None:
            return []
        chosen = set(self.document.selection.nodes)
        return [node for node in results.picture.nodes if node.id in chosen] if chosen else []

    def modules(self) -> list[str]:
        """The paths of the selected modules; those inside another selected one go with it."""
        chosen = set(self.document.selection.modules)
        inside = {path for path in chosen if any(path != other and path.startswith(f"{other}.") for other in chosen)}
        return [path for path in self.document.selection.modules if path and path not in inside]

    def context(self, literals: bool = False) -> Context:
        """What the edits work on now. Raises Refusal: after definitions were unrolled, only literals can be written
        over before the network of the new program is there.
        """
        from studio.editing.context import Context  # a window opens without it

        if not self.document.stale:
            self._unrolled = False
        elif self._unrolled and not literals:
            why = self.tr("the network of the last edit is not there yet")
            raise refuse("edit-program", "", 0, 0, why, self.tr("wait for the conversion, or undo"))
        key = (id(self.document.results), self.document.project)
        if self._context is None or self._context[0] != key:
            self._context = (key, Context(self.document))
        return self._context[1]

    # -- edits

    def run(self, edit: Callable[[Context], Outcome]) -> bool:
        """One edit, one undo step; whether it was made. A refusal changes nothing and is told."""
        try:
            outcome = edit(self.context())
        except Refusal as refusal:
            self.said.emit(f"{refusal.problem.why}: {refusal.problem.remedy}")
            return False
        self._make(outcome)
        self.document.select_fresh()
        self.said.emit(f"{outcome.label} · {outcome.said}" if outcome.said else outcome.label)
        return True

    def set_parameter(self, nodes: Sequence[Node], name: str, text: str) -> None:
        """Write another value in the chosen scope. Raises Refusal."""
        outcome = self._parameter(nodes, name, text)
        self._make(outcome)
        if outcome.said:
            self.said.emit(f"{outcome.label} · {outcome.said}")

    def expect_parameter(self, nodes: Sequence[Node], name: str, text: str) -> None:
        """The same is being typed: what it leads to may be converted ahead. Raises Refusal."""
        self.document.expect(self._parameter(nodes, name, text).project)

    def _parameter(self, nodes: Sequence[Node], name: str, text: str) -> Outcome:
        literals = self._scope == "written" and all(p.span for node in nodes for p in node.params if p.name == name)
        outcome: Outcome = edits().set_parameter(self.context(literals), nodes, name, text, self._scope)
        return outcome

    def _make(self, outcome: Outcome) -> None:
        """One undo step."""
        self._context = None
        self._unrolled = self._unrolled or bool(outcome.said)
        self.document.edit(outcome.label, outcome.project)

    def delete(self) -> bool:
        return self.run(lambda context: edits().delete(context, self.nodes(), self.modules(), self._scope))

    def duplicate(self) -> bool:
        return self.run(lambda context: edits().double(context, self.nodes(), self.modules(), self._scope))

    def insert(self, op: str, value: str, taker: str | None) -> bool:
        """Put an op on a wire."""
        return self.run(lambda context: edits().insert_op(context, op, value, taker, self._scope))

    def append(self, op: str) -> bool:
        """Put an op behind the selected node."""
        nodes = self.nodes()
        return bool(nodes) and self.run(lambda context: edits().append_op(context, op, nodes[-1], self._scope))

    def replace(self, op: str, nodes: Sequence[Node] | None = None) -> bool:
        """Another op in the place of the selected one."""
        chosen = list(nodes) if nodes is not None else self.nodes()
        return bool(chosen) and self.run(lambda context: edits().replace_op(context, op, chosen, self._scope))

    def lead(self, value: str, taker: str, other: str) -> bool:
        """Let a node take another value where it takes `value` now."""
        return self.run(lambda context: blocks().connect(context, value, taker, other, self._scope))

    def group(self, name: str) -> bool:
        return self.run(lambda context: blocks().make_block(context, self.nodes(), self.modules(), name, self._scope))

    def ungroup(self) -> bool:
        modules = self.modules()
        return bool(modules) and self.run(lambda context: blocks().take_apart(context, modules[0], self._scope))

    def renamed(self) -> str:
        """The path of what a new name would be for: the selected block, or the layer of the selected node."""
        modules, nodes = self.modules(), self.nodes()
        return modules[0] if modules else (nodes[0].instance or "") if nodes else ""

    def rename(self, name: str) -> bool:
        path = self.renamed()
        return self.run(lambda context: edits().rename(context, path, name))

    def rename_class(self, name: str) -> bool:
        modules = self.modules()
        path = modules[0] if modules else ""
        return self.run(lambda context: edits().rename_class(context, path, name))


def scopes() -> tuple[Scope, ...]:
    """The four scopes, the narrowest first."""
    return SCOPES


def edits() -> ModuleType:
    """The edits of nodes; a window opens without them."""
    from studio.editing import commands

    return commands


def blocks() -> ModuleType:
    """The edits of wires and blocks."""
    from studio.editing import blocks

    return blocks
