"""Between the commands, the graph and the editor: asks for names and ops, and hands on what hands do in the graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMenu, QWidget

from pivot.problems import Refusal
from studio.catalogue import Catalogue
from studio.document import Document
from studio.editing.editor import Editor
from studio.filing import Filing
from studio.picture import Node
from studio.translation import tr
from studio.views.graph.view import GraphView
from studio.widgets.command_palette import CommandPalette, Entry


def ask_text(parent: QWidget, title: str, question: str, text: str) -> str | None:
    """One line from a person; None where they gave up."""
    answer, given = QInputDialog.getText(parent, title, question, QLineEdit.EchoMode.Normal, text)
    return answer.strip() if given and answer.strip() else None


def _is_in(node: Node, path: str) -> bool:
    return any(name == path or name.startswith(f"{path}.") for name in (node.instance or "", node.module))


class EditingDesk(QObject):
    """What the commands of the Network menu do. `ask` can be answered by a test."""

    palette_wanted = Signal()

    def __init__(
        self, window: QWidget, editor: Editor, graph: GraphView, palette: CommandPalette, filing: Filing
    ) -> None:
        super().__init__(window)
        self._filing = filing
        self.editor = editor
        self._window = window
        self._graph = graph
        self._palette = palette
        self._catalogue = Catalogue()
        self.ask: Callable[[QWidget, str, str, str], str | None] = ask_text
        self.mapping: Callable[[], bool] = lambda: False  # whether a mapping is open, which takes ops first
        graph.op_inserted.connect(self.editor.insert)
        graph.op_dropped.connect(self._dropped)
        graph.wire_led.connect(self.editor.lead)

    @property
    def document(self) -> Document:
        return self.editor.document

    def set_catalogue(self, catalogue: Catalogue) -> None:
        """The ops to choose from."""
        self._catalogue = catalogue

    # -- ops

    def append(self) -> None:
        """Choose an op to be put behind the selected node."""
        self._choose_op(self.tr("Insert"), self.editor.append)

    def replace(self) -> None:
        """Choose an op to stand in the place of the selected one."""
        self._choose_op(self.tr("Replace by"), self.editor.replace)

    def take_op(self, op: str) -> None:
        """An op was chosen in the palette: it goes behind what is selected, or onto the only wire there is."""
        nodes = self.editor.nodes()
        if self.mapping() or any(node.unmapped is not None or node.call is not None for node in nodes):
            return  # what has no op is mapped
        if nodes:
            self.editor.append(op)
            return
        picture = self.document.results.picture if self.document.results else None
        if picture is not None and picture.outputs and not picture.unmapped:
            # Nothing is selected: the op goes to the end, where a network that is drawn grows.
            self.editor.insert(op, picture.outputs[-1].id, None)

    def _dropped(self, op: str, node: str) -> None:
        """An op was dropped on a node that has one: ask whether it is to stand behind it or in its place."""
        picture = self.document.results.picture if self.document.results else None
        if picture is None:
            return
        found = picture.node_by_id[node]
        if found.unmapped is not None or found.call is not None:
            return  # what has no op is mapped
        self.document.select((node,), (), "graph")
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = self._title(op)
        menu.addAction(self.tr("Insert {op} behind").replace("{op}", title)).triggered.connect(
            lambda: self.editor.append(op)
        )
        menu.addAction(self.tr("Replace by {op}").replace("{op}", title)).triggered.connect(
            lambda: self.editor.replace(op)
        )
        menu.popup(QCursor.pos())

    def _choose_op(self, group: str, use: Callable[[str], object]) -> None:
        entries = [
            Entry(entry.title, group, tr(entry.family), True, partial(use, entry.name), entry.words)
            for entry in self._catalogue.entries
        ]
        self._palette.open(entries, self.tr("Type the name of an operation"))

    def _title(self, op: str) -> str:
        return next((entry.title for entry in self._catalogue.entries if entry.name == op), op)

    # -- wires, inputs and outputs

    def lead_input(self) -> None:
        """Choose what the selected node takes, and what it is to take instead."""
        nodes, picture = self.editor.nodes(), self.document.results.picture if self.document.results else None
        if not nodes or picture is None:
            return
        node = nodes[0]
        before: list[Entry] = []
        for value in dict.fromkeys(node.inputs):
            group = self.tr("Instead of {value}").replace("{value}", picture.shape_label([value]))
            for terminal in picture.inputs:
                run = partial(self.editor.lead, value, node.id, terminal.id)
                before.append(Entry(terminal.name, group, picture.shape_label([terminal.id]), True, run))
            for other in picture.nodes:
                if other.id == node.id:
                    break
                for output in other.outputs[:1]:
                    run = partial(self.editor.lead, value, node.id, output)
                    before.append(Entry(other.path, group, picture.shape_label([output]), output != value, run))
        self._palette.open(before, self.tr("Type the name of a node or input"))

    def add_input(self) -> None:
        """Ask for a name and a shape."""
        from studio.editing.drawing import add_input

        text = self.ask(self._window, self.tr("Add Input"), self.tr("Name and shape, as in mask=1x32"), "y=1x3x32x32")
        if text is not None:
            name, _, shape = text.partition("=")
            self.editor.run(lambda context: add_input(context, name.strip(), shape.strip()))

    def add_output(self) -> None:
        """What the selected node gives is an output, too."""
        from studio.editing.drawing import add_output

        nodes = self.editor.nodes()
        if nodes:
            self.editor.run(lambda context: add_output(context, nodes[0]))

    # -- the selection

    def delete(self) -> None:
        self.editor.delete()

    def duplicate(self) -> None:
        self.editor.duplicate()

    def rename(self) -> None:
        """Ask for another name."""
        path = self.editor.renamed()
        name = path.rpartition(".")[2]
        text = self.ask(
            self._window, self.tr("Rename"), self.tr("Another name for {name}").replace("{name}", name), name
        )
        if text is not None and text != name:
            self.editor.rename(text)

    def rename_class(self) -> None:
        """Ask for another name of the class."""
        picture = self.document.results.picture if self.document.results else None
        modules = self.editor.modules()
        if picture is None or not modules:
            return
        name = picture.module_by_path[modules[0]].class_name
        question = self.tr("Another name for the class {name}").replace("{name}", name)
        text = self.ask(self._window, self.tr("Rename Class"), question, name)
        if text is not None and text != name:
            self.editor.rename_class(text)

    def group(self) -> None:
        """Ask for a name and make one block."""
        text = self.ask(self._window, self.tr("Group into Block"), self.tr("Name of the new class"), "Block")
        if text is not None:
            self.editor.group(text)

    def ungroup(self) -> None:
        self.editor.ungroup()

    # -- the clipboard

    def copy(self) -> None:
        """The selected nodes and blocks, for any window of this application; their names as text for others."""
        from studio.editing.clipboard import MIME, copied

        nodes: Sequence[Node] = self.editor.nodes()
        modules = self.editor.modules()
        inside = [node for node in nodes if not any(_is_in(node, path) for path in modules)]
        if not inside and not modules:
            return
        try:
            found = copied(self.editor.context(), inside, modules)
        except Refusal as refusal:
            self.editor.said.emit(f"{refusal.problem.why}: {refusal.problem.remedy}")
            return
        data = QMimeData()
        data.setData(MIME, found)
        data.setText("\n".join([*modules, *(node.path for node in inside)]))
        QGuiApplication.clipboard().setMimeData(data)

    def paste(self) -> None:
        """What was copied goes behind the selected node or block."""
        from studio.editing.clipboard import MIME, pasted

        picture = self.document.results.picture if self.document.results else None
        nodes, path = self.editor.nodes(), next(iter(self.editor.modules()), "")
        if path and picture is not None:
            nodes = list(picture.nodes_below(path))
        held: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None where nothing was ever copied
        data = bytes(held.data(MIME).data()) if held is not None else b""
        if nodes:
            self.editor.run(lambda context: pasted(context, data, nodes[-1], self.editor.scope, path))

    # -- files

    def new_network(self) -> bool:
        """Begin a network from nothing, with the list of ops at hand."""
        done = self._filing.new_network()
        if done:
            self.palette_wanted.emit()
        return done

    def save_source(self) -> bool:
        """Write the program with all edits."""
        return self._filing.save_source()
