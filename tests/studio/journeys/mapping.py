"""A person maps a call that nothing reads: drops an op on it, is told that it is not the same, and says what is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.op_mime import op_data
from studio.views.mapping.dialog import CODE, USER_FOLDER, MappingDialog
from tests.studio.journeys.person import Lost, Person

CONTROL = Qt.KeyboardModifier.ControlModifier
BESSEL = """def bessel_j0(y):
    y = ops.stop_gradient(y)  # as PyTorch's, which has no gradient
    term = ops.ones_like(y)
    total = term
    for k in range(1, 40):
        term = -term * y * y / (4 * k * k)
        total = total + term
    return ops.stop_gradient(total)  # PyTorch does not differentiate it
"""


def travel(person: Person, source: Path, out: Path, numbers: bool) -> None:
    """All of it; `source` is the example with the unknown operation. `numbers`: run both sides too."""
    person.drop_file(source)
    person.settle()
    picture = person.document.results.picture
    if len(picture.unmapped) != 4:
        raise Lost(f"{len(picture.unmapped)} nodes are unmapped")
    person.document.select((picture.unmapped[0].id,), (), "status")
    person.window.panels.show("palette")
    person.see("red", "Four nodes are red: nothing reads `torch.special.bessel_j0`; text, place and reason are told.")

    person.type("cosine", person.window.panels.palette.field)
    name = picture.unmapped[0].id
    person.drop(op_data("cos"), person.window.graph.canvas.viewport(), person.place(name))
    dialog = opened(person)
    if dialog.line.text() != "y = ops.cos(y)" or not dialog.accept_button.isEnabled():
        raise Lost(f"the mapping says {dialog.line.text()!r}, {dialog.why.text()!r}")
    if dialog.everywhere.text() != "All 4 like this (1 place)":
        raise Lost(dialog.everywhere.text())
    person.see("mapping", "Cosine is dropped on it: arguments matched, shapes checked, the line it will be.", dialog)
    person.click(dialog.accept_button)
    person.settle()
    if person.document.results.picture.unmapped or "ops.cos(y)" not in person.target:
        raise Lost("not everything is mapped")
    person.see("mapped", "All four are mapped in one undo step, and the changed lines of the target are marked.")
    if numbers:
        verify(person, equal=False)
        person.see("not-equal", "The verification says that a cosine is not the same, and where both sides part.")
        person.click_named("Open report", person.window.panels.verification)
        person.see("report", "The report as a pane: both lines of the first node that differs, and every number.")
        person.window.panels.show("code")

    mapped = next(node for node in person.document.results.picture.nodes if node.mapped_by_hand)
    person.document.select((mapped.id,), (), "status")
    person.click_named("Change …", person.window.panels.inspector)
    dialog = opened(person)
    person.press(Qt.Key.Key_3, CONTROL, dialog)
    dialog.tabs.setCurrentIndex(CODE)
    dialog.code.editor.selectAll()
    dialog.code.editor.insertPlainText(BESSEL)
    dialog.remember.setCurrentIndex(USER_FOLDER)
    dialog.judge()
    if not dialog.accept_button.isEnabled():
        raise Lost(dialog.why.text())
    person.see("code", "The series of the Bessel function as own code, remembered for every project.", dialog)
    person.click(dialog.accept_button)
    person.settle()
    if "def bessel_j0(y):" not in person.target or person.document.results.picture.unmapped:
        raise Lost("the target does not bring the code along")
    person.see("own-code", "The target brings the function along and calls it.")
    if numbers:
        verify(person, equal=True)
        person.see("equal", "Source and target compute the same; the errors stand on the graph and along the depth.")
    person.window.filing.chooser.folder = lambda parent, start: out
    person.press(Qt.Key.Key_E, CONTROL, person.window)
    person.wait(lambda: (out / f"{source.stem}_keras.py").is_file(), "nothing was exported")
    person.press(Qt.Key.Key_Z, CONTROL, person.window)
    person.settle()
    if "ops.cos(y)" not in person.target:
        raise Lost("undo does not bring the cosine back")


def opened(person: Person) -> MappingDialog:
    """The mapping, once it is to be seen."""
    person.wait(lambda: person.window.mapper.dialog is not None, "the mapping does not open")
    dialog = person.window.mapper.dialog
    assert dialog is not None
    person.wait(dialog.isVisible, "the mapping is not to be seen")
    QTest.qWait(200)
    return dialog


def verify(person: Person, equal: bool) -> None:
    """Run both sides, and see whether they are equal."""
    person.press(Qt.Key.Key_Return, CONTROL | Qt.KeyboardModifier.ShiftModifier, person.window)
    person.wait(lambda: not person.jobs.busy and person.document.report is not None, "there is no verdict")
    report = person.document.report
    if person.document.report_stale or report is None or report.equal != equal:
        raise Lost(f"the verdict is {report.equal if report else None}: {report.why if report else ''}")
