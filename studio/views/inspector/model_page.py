"""The page without a selection: the model as a whole, and what a person decides about its conversion."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit

from pivot import edits
from pivot.problems import Refusal
from pivot.project import Project
from studio.document import Document
from studio.frameworks import WRITTEN, framework_title
from studio.picture import shape_text
from studio.translation import tr
from studio.views.inspector.rows import Page, add
from studio.widgets.parts import badge, label, link, set_style


class ModelPage(Page):
    """Model expression, inputs, bindings and target of the project; numbers of the network."""

    def __init__(self, document: Document, project: Project) -> None:
        super().__init__(document)
        self._shown = shown_of(document)
        picture = document.results.picture if document.results else None
        name = picture.source.model if picture else Path(project.source).stem
        marks = [badge(framework_title(picture.source.framework), "info")] if picture else []
        self.head(name, Path(project.source).name, *marks)
        if picture is not None:
            grid = self.section(tr("Network"))
            root = picture.module_by_path.get("")
            add(grid, tr("parameters"), f"{root.parameters if root else 0:,}")
            add(grid, tr("nodes"), f"{len(picture.nodes):,}")
            if picture.unmapped:
                ids = tuple(node.id for node in picture.unmapped)
                add(
                    grid,
                    tr("unmapped"),
                    link(str(len(ids)), lambda: document.select(ids, (), "inspector"), tr("Select them")),
                )
            grid = self.section(tr("Inputs and outputs"))
            for kind, terminals in (("in", picture.inputs), ("out", picture.outputs)):
                for terminal in terminals:
                    add(grid, terminal.name or kind, shape_text(terminal.shape), terminal.dtype)
        grid = self.section(tr("Conversion"))
        self.target = QComboBox()
        self.target.setAccessibleName(tr("Framework to write"))
        for target in WRITTEN:
            self.target.addItem(framework_title(target), target)
        self.target.setCurrentIndex(self.target.findData(project.target))
        self.target.activated.connect(lambda at: self._edit("target", str(self.target.itemData(at))))
        add(grid, tr("write"), self.target)
        taken = picture.source.model if picture is not None else ""
        self.model = self._field("model", project.model or "", taken or tr("found in the file"))
        self.model.setToolTip(tr('What to build: "Net", "Net(hidden=64)", "resnet18(num_classes=10)"'))
        add(grid, tr("model"), self.model)
        guess = next((p for p in picture.problems if p.code == "input-guess"), None) if picture is not None else None
        self.inputs = self._field(
            "inputs", "; ".join(project.inputs), tr("guessed") if guess else tr("found in the file")
        )
        meant = tr('Shapes of the inputs, separated by semicolons: "1x3x32x32; ids=2x16:int64"')
        self.inputs.setToolTip(f"{guess.why}\n{meant}" if guess else meant)
        add(grid, tr("inputs"), self.inputs)
        self.bind = self._field("bind", "; ".join(project.bind), tr("none"))
        self.bind.setToolTip(tr('Names the file leaves open, separated by semicolons: "latent_dim=100"'))
        add(grid, tr("set"), self.bind)
        self._said = label("", "small", wrap=True, tone="danger")
        self._said.hide()
        self.column.addWidget(self._said)
        self.end()

    def focus_field(self, name: str) -> None:
        """Let a person write into a field by its name: model, inputs or set."""
        field = {"model": self.model, "inputs": self.inputs}.get(name, self.bind)
        field.setFocus(Qt.FocusReason.OtherFocusReason)
        field.selectAll()

    def refresh(self, same_picture: bool) -> bool:
        """Most edits change nothing that stands here."""
        return shown_of(self.document) == self._shown

    def _field(self, name: str, text: str, empty: str) -> QLineEdit:
        made = QLineEdit(text)
        made.setPlaceholderText(empty)
        made.setAccessibleName(
            {"model": tr("Model"), "inputs": tr("Inputs"), "bind": tr("Names that are set")}.get(name, name)
        )
        set_style(made, role="code")
        made.editingFinished.connect(lambda: self._edit(name, made.text()))
        return made

    def _edit(self, name: str, text: str) -> None:
        project = self.document.project
        if project is None:
            return
        parts = [part.strip() for part in text.split(";")]
        try:
            match name:
                case "target":
                    edited, said = edits.set_target(project, text), f"write {framework_title(text)}"
                case "model":
                    edited, said = edits.set_model(project, text), f"model {text.strip() or 'found in the file'}"
                case "inputs":
                    edited, said = edits.set_inputs(project, parts), "inputs"
                case _:
                    edited, said = edits.set_bindings(project, parts), "set names"
        except Refusal as refusal:
            self._said.setText(f"{refusal.problem.why}: {refusal.problem.remedy}")
            self._said.show()
            return
        self._said.hide()
        self.document.edit(said, edited)


def shown_of(document: Document) -> tuple[object, ...]:
    """All that the page tells of a document."""
    project, picture = document.project, document.results.picture if document.results else None
    if project is None:
        return ()
    said = (project.source, project.target, project.model, project.inputs, project.bind)
    if picture is None:
        return said
    root = picture.module_by_path.get("")
    lost = tuple(node.id for node in picture.unmapped)
    counts = (root.parameters if root else 0, len(picture.nodes), lost)
    return (*said, picture.source.model, picture.source.framework, counts, picture.inputs, picture.outputs)
