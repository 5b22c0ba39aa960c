"""A person opens a ResNet, finds a block, changes its stride, sees code and shapes follow, and takes it back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from studio.views.inspector.node_page import NodePage
from tests.studio.journeys.person import Lost, Person

CONTROL = Qt.KeyboardModifier.ControlModifier


def travel(person: Person, source: Path) -> None:
    """All of it; `source` is torchvision's resnet.py or an example that is written like it."""
    person.see("welcome", "The window opens on a page to drop a file on, with what was open lately and the examples.")
    person.drop_file(source)
    person.settle()
    person.see("opened", f"`{source.name}` is dropped: its network, its source and the target that was written for it.")

    # Find the first convolution of the second stage that halves the picture.
    person.press(Qt.Key.Key_F, CONTROL | Qt.KeyboardModifier.ShiftModifier, person.window)
    if not person.window.graph.search.isVisible():
        raise Lost("the search does not open")
    person.type("layer2.0 downsample op:conv2d", person.window.graph.search.line)
    person.press(Qt.Key.Key_Return, widget=person.window.graph.search.line)
    if "1 / 1" not in person.window.graph.search.count.text():
        raise Lost(f"the search found {person.window.graph.search.count.text()}")
    person.press(Qt.Key.Key_Escape, widget=person.window.graph.search.line)
    person.see("found", "The search opens the groups that hide what it finds; source and target show the same place.")

    path = "layer2.0.downsample.0"
    name = person.node(path)
    person.click_item(name)
    shape, before, text = person.shape(path), person.target, person.source
    page = person.window.panels.inspector.page
    if not isinstance(page, NodePage) or "stride" not in page.editors:
        raise Lost("the inspector does not offer the stride")
    field = page.editors["stride"].field
    person.click(field)
    field.selectAll()
    person.type("1", field)
    person.press(Qt.Key.Key_Return, widget=field)
    person.settle()
    if person.shape(path) == shape or person.target == before or person.source == text:
        raise Lost("shapes, target and source did not follow the stride")
    said = {label.text() for label in page.findChildren(QLabel)}
    if person.shape(path) not in said:
        raise Lost(f"the inspector does not say {person.shape(path)}: {said}")
    if not person.document.changed_target_lines:
        raise Lost("no line of the target is marked as changed")
    person.see("stride", f"Its stride is 1 now: {shape} became {person.shape(path)}, and the changed lines are marked.")

    QApplication.clipboard().clear()
    person.choose(f"Undo {person.document.undo_label}")
    person.settle()
    if person.target != before or person.source != text or person.shape(path) != shape:
        raise Lost("undo did not bring everything back")
    person.see("undone", "Undo: source, shapes and target are what they were, to the byte.")

    person.click_item(name)
    person.press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier, person.window.graph.canvas)
    person.click_item(person.node("conv1"))
    person.click_item(person.node("maxpool"), CONTROL)
    person.press(Qt.Key.Key_L, CONTROL, person.window)
    person.press(Qt.Key.Key_9, CONTROL, person.window)
    if person.window.graph.state is None or not person.window.graph.state.focus:
        raise Lost(f"the way between two nodes does not stand out: {person.window.status.said}")
    person.see("focus", "Two nodes are selected and only what lies between them stands out.")
    person.press(Qt.Key.Key_L, CONTROL | Qt.KeyboardModifier.AltModifier, person.window)

    node = person.node("bn1")
    person.click_item(node)
    before = person.document.project
    person.drag_item(node, 150, 0)
    if person.document.undo_label != "move bn1" or person.document.stale:
        raise Lost(f"the node was not moved: {person.document.undo_label}")
    person.see("moved", "A node is dragged to where a figure wants it: its wires follow, and the project keeps it.")
    person.press(Qt.Key.Key_Z, CONTROL, person.window)
    if person.document.project != before:
        raise Lost("undo does not put the node back")
