"""What the inspector says of a call that nothing reads, and of one that is read by hand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QPushButton

from pivot.decisions import Decision
from pivot.edits import decision_at
from studio.document import Document
from studio.picture import Node
from studio.places import place_text
from studio.translation import counted, tr
from studio.views.inspector.rows import narrow
from studio.widgets.code_label import CodeLabel
from studio.widgets.parts import column, label, link, set_style

if TYPE_CHECKING:
    from codegen.mapping.call import Call

_REMEMBERED = {"project": "remembered for this project", "user": "remembered for you"}


class UnmappedCard(QFrame):
    """Original text, place, reason, and three suggestions; each opens the mapping with its op."""

    def __init__(self, document: Document, node: Node, more: int) -> None:
        super().__init__()
        lost = node.unmapped
        assert lost is not None
        set_style(self, role="card", tone="warning" if lost.stopped or lost.waits else "danger")
        if lost.stopped:
            head, tone = self.tr("The target stops here, as was decided"), "warning"
        elif lost.waits:
            head, tone = self.tr("Waits for another call to be mapped"), "warning"
        else:
            head, tone = self.tr("Nothing reads this call yet"), "danger"
        inside = column(narrow(label(head, "", tone=tone, wrap=True)), gap=6, margins=(12, 10, 12, 12))
        inside.addWidget(narrow(CodeLabel(lost.text)))
        if node.site is not None:
            site = node.site
            go = partial(document.go_to, site.file, site.line, site.column, "inspector")
            inside.addWidget(link(place_text(site.file, site.line), go, self.tr("Show the place in the source")))
        inside.addWidget(narrow(CodeLabel(lost.why, "")))  # it names the call
        if lost.waits:
            inside.addWidget(narrow(label(lost.waits, "code", wrap=True)))
        self.suggestions = [_button(document, node, name) for name in lost.suggestions[:3]] if node.call else []
        if self.suggestions:
            inside.addWidget(narrow(label(self.tr("Nearest operations"), "small")))
            for made in self.suggestions:
                inside.addWidget(made)
        elif node.call is not None and not lost.stopped:
            text = self.tr("No operation is close: compose it from several, write own code, or choose by hand.")
            inside.addWidget(narrow(label(text, "small", wrap=True)))
        self.map_button = QPushButton(self.tr("Map First …") if lost.waits else self.tr("Map …"))
        self.map_button.setToolTip(self.tr("Say what it means (Enter on the node, or drop an operation on it)"))
        self.map_button.setEnabled(node.call is not None or bool(lost.waits))
        self.map_button.clicked.connect(lambda: document.ask_mapping(node.id))
        set_style(self.map_button, role="primary")
        inside.addWidget(self.map_button)
        if node.call is None and not lost.waits:
            text = self.tr("This is no call of a library: write it with known operations, or bind it with a value.")
            inside.addWidget(narrow(label(text, "small", wrap=True)))
        if more:
            inside.addWidget(narrow(label(self.tr("and {0} selected").format(counted(more, "more", "more")), "small")))
        self.setLayout(inside)


class MappedCard(QFrame):
    """What a call was mapped to by hand, to be changed or taken back."""

    def __init__(self, document: Document, node: Node, call: Call) -> None:
        super().__init__()
        set_style(self, role="card", tone="success")
        inside = column(label(self.tr("Mapped by hand"), "", tone="success"), gap=6, margins=(12, 10, 12, 12))
        inside.addWidget(narrow(label(call.where.text, "code", wrap=True, selectable=True)))
        decision = _decision(document, call)
        if decision is not None:
            remembered = self.tr(_REMEMBERED[decision.remember]) if decision.remember in _REMEMBERED else ""
            here = self.tr("only here") if decision.where is not None else self.tr("all like this")
            said = [decision.title, here, remembered]
            inside.addWidget(narrow(label(", ".join(text for text in said if text), "small", wrap=True)))
        else:
            inside.addWidget(narrow(label(self.tr("by an op file of yours"), "small", wrap=True)))
        change = QPushButton(self.tr("Change …"))
        change.clicked.connect(lambda: document.ask_mapping(node.id))
        inside.addWidget(change)
        if decision is not None:
            back = QPushButton(self.tr("Take Back"))
            back.clicked.connect(lambda: document.undecide(call))
            inside.addWidget(back)
        self.setLayout(inside)


def _button(document: Document, node: Node, name: str) -> QPushButton:
    from pivot.opset import load_opset  # a window opens without it

    found = load_opset().ops.get(name)
    title = found.title if found is not None else name
    made = QPushButton(title)
    made.setAccessibleName(tr("Map to {0}").format(title))
    made.setToolTip(tr("Map to {0} …").format(name))
    made.clicked.connect(lambda: document.ask_mapping(node.id, name))
    return made


def _decision(document: Document, call: Call) -> Decision | None:
    project = document.project
    return decision_at(project, (call.spelling, call.name), call.where) if project is not None else None
