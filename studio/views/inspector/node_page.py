"""The page of one or more nodes: parameters to edit, shapes, weights, places, and why a node is unmapped."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from studio.document import Document
from studio.editing.editor import Editor
from studio.picture import Node, Param, Picture, Span, shape_text
from studio.places import one_line, short_shape
from studio.translation import counted, tr
from studio.views.inspector.editors import ParamEditor
from studio.views.inspector.rows import Page, add
from studio.views.inspector.scope_row import ScopeRow
from studio.views.inspector.unmapped import MappedCard, UnmappedCard
from studio.widgets.code_label import CodeLabel
from studio.widgets.parts import badge, link

_MOST = 12
_Write = Callable[[str], None]
_OWN = ("project", "user")  # families of ops that somebody made; what they are is said by "mapped by hand"


class NodePage(Page):
    """Made for a selection of nodes; `refresh` keeps the editors while the nodes have the same parameters."""

    def __init__(self, document: Document, nodes: Sequence[Node], editor: Editor | None = None) -> None:
        super().__init__(document)
        self._editor = editor
        self._scope: ScopeRow | None = None
        self._ids = tuple(node.id for node in nodes)
        self._meant, self._lines = self._meaning(nodes), _lines(nodes)
        self._editors: dict[str, ParamEditor] = {}
        self._shown: list[CodeLabel] = []  # what follows from the parameters of one node: `_said` has the texts
        picture = document.results.picture if document.results else None
        if picture is None:
            return
        one = nodes[0] if len(nodes) == 1 else None
        ops = sorted({node.title or node.op for node in nodes})
        modes = {node.modes for node in nodes}
        known = len(ops) == 1 and not any(node.unmapped for node in nodes)
        marks = [badge(tr(nodes[0].family), "plain")] if known and nodes[0].family not in _OWN else []
        if any(node.unmapped for node in nodes):
            marks.append(badge(tr("unmapped"), "danger"))
        elif one is not None and one.mapped_by_hand:
            marks.append(badge(tr("mapped by hand"), "success"))
        if len(modes) == 1 and len(next(iter(modes))) == 1:
            marks.append(badge(tr("{0} only").format(next(iter(modes))[0]), "info"))
        if one is not None:
            self.head(one.title or one.op, one.path, *marks)
        else:
            what = ops[0] if len(ops) == 1 else tr("{0} kinds of operation").format(len(ops))
            self.head(counted(len(nodes), "node"), what, *marks)
        self._unmapped(nodes)
        if editor is not None:
            grid = self.section(tr("Edits apply to"))
            self._scope = ScopeRow(editor)
            grid.addWidget(self._scope, grid.rowCount(), 0, 1, 3)
        self._parameters(nodes)
        if one is not None:
            self._shapes(picture, one)
            self._weights(one)
            self._places(one)
        else:
            self._several(picture, nodes)
        self.end()

    @property
    def editors(self) -> dict[str, ParamEditor]:
        """The control of each parameter by name."""
        return self._editors

    def refresh(self, same_picture: bool) -> bool:
        picture = self.document.results.picture if self.document.results else None
        if picture is None or any(name not in picture.node_by_id for name in self._ids):
            return False
        nodes = [picture.node_by_id[name] for name in self._ids]
        if self._meaning(nodes) != self._meant or _lines(nodes) != self._lines:
            return False
        shared = _shared(nodes)
        if list(shared) != list(self._editors) or not (same_picture or self._has_focus()):
            return False
        said = self._said(picture, nodes[0]) if len(nodes) == 1 else []
        if len(said) != len(self._shown):
            return False
        for shown, text in zip(self._shown, said, strict=True):
            if shown.text() != text:
                shown.setText(text)
        if self._scope is not None and not self.document.stale:  # the results of an edit bring the counts along
            self._scope.refresh()
        for name, editor in self._editors.items():
            editor.refresh(shared[name])
        return True

    def _meaning(self, nodes: Sequence[Node]) -> tuple[object, ...]:
        """What the nodes are taken for: another mapping makes another page."""
        project = self.document.project
        decided = project.decisions if project is not None and any(node.call for node in nodes) else ()
        return (*((node.op, node.unmapped, node.origin) for node in nodes), decided)

    def _has_focus(self) -> bool:
        focus = self.focusWidget()
        return focus is not None and focus.hasFocus()

    def _unmapped(self, nodes: Sequence[Node]) -> None:
        lost = [node for node in nodes if node.unmapped is not None]
        card: UnmappedCard | MappedCard
        if lost:
            card = UnmappedCard(self.document, lost[0], len(lost) - 1)
        elif len(nodes) == 1 and nodes[0].mapped_by_hand and nodes[0].call is not None:
            card = MappedCard(self.document, nodes[0], nodes[0].call)
        else:
            return
        self.column.addSpacing(6)
        self.column.addWidget(card)

    def _parameters(self, nodes: Sequence[Node]) -> None:
        shared = _shared(nodes)
        if not shared:
            return
        grid = self.section(tr("Parameters"))
        links = self.document.results.links if self.document.results else None
        for name, params in shared.items():
            write, expect = self._writer(name, nodes)
            editor = self._editors[name] = ParamEditor(self.document, params, write, expect)
            span = params[0].span
            users = links.nodes_written_at(span) if links is not None and span is not None else ()
            remark = None
            if span is not None:
                many = f" · ×{len(users)}" if len(users) > 1 else ""
                remark = self.place(span, f":{span.line}{many}")
                told = tr("Show line {0}").format(span.line)
                shared_by = tr("{0} nodes take their value from here").format(len(users))
                remark.setToolTip(f"{told}; {shared_by}" if len(users) > 1 else told)
            add(grid, name, editor, remark)

    def _writer(self, name: str, nodes: Sequence[Node]) -> tuple[_Write, _Write] | tuple[None, None]:
        """Writes a parameter of the nodes as they are now, and says that it is being typed; None where there is nobody
        to ask for a scope.
        """
        desk = self._editor
        if desk is None or any(node.unmapped is not None for node in nodes):
            return None, None

        def now() -> list[Node]:
            picture = self.document.results.picture if self.document.results else None
            known = picture.node_by_id if picture is not None else {}
            return [known[each] for each in self._ids if each in known]

        return (
            lambda text: desk.set_parameter(now(), name, text),
            lambda text: desk.expect_parameter(now(), name, text),
        )

    def _said(self, picture: Picture, node: Node) -> list[str]:
        """Shapes, weights and texts of one node as they are now, in the order in which they stand on the page."""
        said = [text for text, _ in shapes_of(picture, node)] + [shape_text(weight.shape) for weight in node.weights]
        if node.site is not None:
            said.append(node.text)
        if _made_elsewhere(node) is not None:
            said.append(self._made(node))
        return said

    def _made(self, node: Node) -> str:
        made = self.document.literal(node.made_at) if node.made_at is not None else None
        return one_line(made or node.instance or "")

    def _follows(self, text: str) -> CodeLabel:
        """A text that `refresh` keeps up to date."""
        self._shown.append(CodeLabel(text))
        return self._shown[-1]

    def _shapes(self, picture: Picture, node: Node) -> None:
        grid = self.section(tr("Shapes"))
        names = [tr("in")] * len(node.inputs) + [tr("out")] * len(node.outputs)
        for name, (text, dtype) in zip(names, shapes_of(picture, node), strict=True):
            add(grid, name, self._follows(text), dtype)

    def _weights(self, node: Node) -> None:
        if not node.weights:
            return
        grid = self.section(tr("Weights"))
        for weight in node.weights:
            shown = self._follows(shape_text(weight.shape))
            shown.setToolTip(weight.path)
            add(grid, weight.name, shown)

    def _places(self, node: Node) -> None:
        grid = self.section(tr("Source"))
        if node.site is not None:
            add(grid, tr("called"), self._follows(node.text), self.place(node.site, f":{node.site.line}"))
        made_at = _made_elsewhere(node)
        if made_at is not None:
            add(grid, tr("made"), self._follows(self._made(node)), self.place(made_at, f":{made_at.line}"))

    def _several(self, picture: Picture, nodes: Sequence[Node]) -> None:
        grid = self.section(tr("Nodes"))
        for node in nodes[:_MOST]:
            name = node.id

            def choose(chosen: str = name) -> None:
                self.document.select((chosen,), (), "inspector")

            add(grid, node.title or node.op, link(node.path, choose, tr("Select only this one")), _short(picture, node))
        if len(nodes) > _MOST:
            add(grid, "", tr("and {0} more").format(f"{len(nodes) - _MOST:,}"), code=False)


def _short(picture: Picture, node: Node) -> str:
    """The shape of what a node gives first, as it fits beside a name."""
    known = picture.values.get(node.outputs[0]) if node.outputs else None
    return short_shape(known.shape) if known is not None else ""


def shapes_of(picture: Picture, node: Node) -> list[tuple[str, str | None]]:
    """Shape and type of what goes in, then of what comes out."""
    values = [picture.values.get(value) for value in (*node.inputs, *node.outputs)]
    return [(known.label, known.dtype) if known else ("?", None) for known in values]


def _made_elsewhere(node: Node) -> Span | None:
    """Where the layer of a node is made, if that is another place than where it is called."""
    return node.made_at if node.made_at != node.site else None


def _lines(nodes: Sequence[Node]) -> tuple[int, ...]:
    """The lines that the links of a page lead to."""
    spans = (span for node in nodes for span in (node.site, node.made_at, *(param.span for param in node.params)))
    return tuple(span.line for span in spans if span is not None)


def _shared(nodes: Sequence[Node]) -> dict[str, tuple[Param, ...]]:
    """The parameters that all nodes have, with one entry per node."""
    by_node = [{param.name: param for param in node.params} for node in nodes]
    if len({node.op for node in nodes}) != 1:
        return {}
    return {name: tuple(each[name] for each in by_node) for name in by_node[0] if all(name in each for each in by_node)}
