"""A person edits, the process is killed, and everything is there again when the window is opened anew."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.recovery import DELAY_MS, folder
from studio.views.inspector.node_page import NodePage
from tests.studio.journeys.person import Lost, Person

ROOT = Path(__file__).parents[3]
LABEL = "stride"


def work(source: Path, place: Path) -> None:
    """In a process of its own: open, change a number by hand, wait as long as work may be lost, say so, stay."""
    from studio.app import make_application

    make_application()
    person = Person(None, "before")
    person.window.swap.file = place / person.window.swap.file.name
    person.drop_file(source)
    person.settle()
    picture = person.document.results.picture if person.document.results else None
    node = next(n for n in picture.nodes if any(p.name == "kernel" and p.span for p in n.params)) if picture else None
    if node is None:
        raise Lost("no kernel is written as a literal")
    person.document.select((node.id,), (), "journey")
    page = person.window.panels.inspector.page
    if not isinstance(page, NodePage):
        raise Lost("the inspector shows no node")
    field = page.editors["kernel"].field
    person.click(field)
    field.selectAll()
    person.type("5", field)
    person.press(Qt.Key.Key_Return, widget=field)
    QTest.qWait(DELAY_MS + 900)
    print(f"edited {person.document.undo_label}", flush=True)
    QTest.qWait(600_000)


def travel(person_of: type[Person], shots: Path | None, source: Path) -> Person:
    """Start that process, kill it, open a window and take the work up; the person, who has seen all of it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "tests.studio.journeys.killed", str(source), str(folder())]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as child:
        line = child.stdout.readline() if child.stdout else ""
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    if not line.startswith("edited "):
        raise Lost("the process that was to be killed did not come to its edit")
    person = person_of(shots, "killed")
    person.see(
        "offered", f"The process was killed after “{line.removeprefix('edited ').strip()}”; its work is offered."
    )
    person.click_named("Take it up")
    person.settle()
    project = person.document.project
    if project is None or not project.texts or not person.document.modified:
        raise Lost("the edit did not come back")
    person.see("back", "The edit is back, as unsaved work: source, network and target show it.")
    return person


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    work(Path(sys.argv[1]), Path(sys.argv[2]))
