"""A person has two networks open, takes a block of one into the other, and goes from tab to tab."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from tests.studio.journeys.person import Lost, Person

CONTROL = Qt.KeyboardModifier.ControlModifier


def travel(person: Person, first: Path, second: Path) -> None:
    """`first` has a block that takes one tensor, `second` is a network of another program of the same framework."""
    person.drop_file(first)
    person.settle()
    person.window.open_path(second)
    person.turn_to(person.windows.all[-1])
    person.settle()
    if not person.frame.bar.isVisible() or len(person.frame.pages) != 2:
        raise Lost("the second network did not come into a tab")
    person.see("tabs", "Two networks, a tab each: every one has its own panels, commands and history.")

    one, other = person.windows.all
    person.press(Qt.Key.Key_PageUp, CONTROL, other)
    person.turn_to(one)
    if not one.isVisible():
        raise Lost("the key does not go to the other tab")
    block = next(m for m in one.document.results.picture.modules if m.kind == "user" and m.path.endswith("layer1.0"))
    one.document.select((), (block.path,), "tree")
    person.press(Qt.Key.Key_C, CONTROL, one.graph.canvas)
    person.press(Qt.Key.Key_PageDown, CONTROL, one)
    person.turn_to(other)
    last = next(node for node in other.document.results.picture.nodes if node.op == "conv2d")
    other.document.select((last.id,), (), "tree")
    person.press(Qt.Key.Key_V, CONTROL, other.graph.canvas)
    person.wait(lambda: not person.jobs.busy, "the work did not end")
    wanted = f"paste {block.class_name.lower()}"
    if other.document.undo_label != wanted or f"class {block.class_name}(" not in person.source:
        raise Lost(f"nothing was pasted: {other.status.said}")
    person.see("pasted", "A block of the one is pasted into the other: its class comes along, with all that it needs.")
