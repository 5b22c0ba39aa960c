"""A person draws a network from nothing, with drops and keys, and exports it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt

from studio.op_mime import op_data
from tests.studio.journeys.person import Lost, Person

CONTROL = Qt.KeyboardModifier.ControlModifier


def travel(person: Person, folder: Path) -> None:
    """All of it."""
    window, document = person.window, person.document
    person.press(Qt.Key.Key_N, CONTROL, window)
    person.settle()
    if document.project is None or document.results is None:
        raise Lost("no new network is begun")
    window.panels.show("code")
    person.see("nothing", "A new network: an input, a wire, an output. Its source is PyTorch that can be read at once.")
    window.graph.zoom_to(1.0)
    person.drop(op_data("conv2d"), window.graph.canvas.viewport(), _middle_of_wire(person))
    _wait_for(person, ["conv2d"])
    person.see("first", "A convolution is dropped on the wire: a line in the constructor and one in the forward pass.")

    window.panels.show("palette")
    palette = window.panels.palette
    person.wait(lambda: palette.model.rowCount() > 0, "the palette stays empty")
    ops = ["conv2d"]
    for op in ("relu", "flatten", "linear"):
        window.graph.choose(())
        person.click(palette.field)
        palette.field.clear()
        person.type(op, palette.field)
        if op not in palette.names():
            raise Lost(f"the palette does not find {op}")
        _take(person, op)
        ops.append(op)
        _wait_for(person, ops)
    person.see("grown", "The keyboard alone: a name, Enter, and the operation stands at the end.")

    window.bound.trigger("edit.undo")
    _wait_for(person, ops[:-1])
    window.bound.trigger("edit.redo")
    _wait_for(person, ops)
    out = folder / "drawn"
    window.filing.chooser.folder = lambda parent, start: out  # type: ignore[method-assign]
    person.press(Qt.Key.Key_E, CONTROL, window)
    programs = [path.name for path in out.glob("*.py")] if out.exists() else []
    if not programs:
        raise Lost(f"nothing was exported: {window.status.said}")
    person.see("exported", f"Exported: `{programs[0]}` is the same network in the other framework.")


def _take(person: Person, op: str) -> None:
    """Enter on the row of an op."""
    palette = person.window.panels.palette
    for _ in range(12):
        if palette.tree.currentIndex().isValid() and op in str(palette.tree.currentIndex().data() or "").lower():
            break
        if _name(person) == op:
            break
        person.press(Qt.Key.Key_Down, widget=palette.field)
    person.press(Qt.Key.Key_Return, widget=palette.field)


def _name(person: Person) -> str:
    from studio.views.palette.model import NAME

    return str(person.window.panels.palette.tree.currentIndex().data(NAME) or "")


def _middle_of_wire(person: Person) -> QPoint:
    """A point of the viewport on the first wire."""
    graph = person.window.graph
    if graph.state is None:
        raise Lost("nothing is drawn")
    start, stop = graph.state.drawing.wires[0].points[:2]
    middle = QPointF((start[0] + stop[0]) / 2, (start[1] + stop[1]) / 2 + 4)
    return graph.canvas.viewportTransform().map(middle).toPoint()


def _wait_for(person: Person, ops: list[str]) -> None:
    """Until the network has exactly these ops."""
    person.settle()
    results = person.document.results
    found = [node.op for node in results.picture.nodes] if results is not None and results.picture is not None else []
    if found != ops:
        raise Lost(f"{found} instead of {ops}: {person.window.status.said}")
