"""The window's figures: start, first picture, frames at ten thousand nodes, an edit, memory; each with its goal.

    python benchmarks/window.py [--cache DIR]

Runs without a display. Every figure is told on the clock and, where this process does the work, as its own processor
time, which a busy machine falsifies less. The source is torchvision's ResNet-50.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.window import Window

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

STARTS = 5
PAUSE = 300  # milliseconds between the last key and Enter

STARTED = """if True:
    import sys, time
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    import studio.app as app
    def told():
        QApplication.processEvents()
        cpu = time.process_time()
        print(time.monotonic(), cpu, flush=True)
        QApplication.exit(0)
    app.WarmProcess.start = lambda self: None
    QTimer.singleShot
    make = app.make_application
    def made():
        found = make()
        QTimer.singleShot(0, told)
        return found
    app.make_application = made
    app.run(None)
"""

MEMORY = """if True:
    import resource, sys
    sys.path.insert(0, {root!r})
    from PySide6.QtWidgets import QApplication
    from studio.app import make_application
    from studio.document import Document
    from studio.results import Results
    from studio.jobs.queue import Jobs
    from studio.links import Links
    from studio.picture import parse_picture
    from studio.settings import Settings
    from studio.views.graph.view import GraphView
    from studio.window import Window
    from tests.studio.fixtures.pictures import chain
    make_application()
    document = Document()
    jobs = Jobs(document, (sys.executable, "-c", "pass"))
    window = Window(document, jobs, Settings(), GraphView())
    window.show()
    jobs.automatic = False
    document.open(__import__("pathlib").Path({source!r}))
    jobs.cancel()
    picture = parse_picture(chain(10_000).json())
    document.set_results(Results(document.revision, picture=picture, links=Links(picture)))
    window.graph.fit()
    for _ in range(5):
        QApplication.processEvents()
        window.grab()
    window.graph.zoom_to(1.0)
    window.grab()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 if sys.platform != "darwin" else 0.0)
    jobs.shut()
    window.filing.ask_unsaved = lambda parent, name: "discard"
    window.close()
"""


Times = tuple[float, float]
"""On the clock, and of the processor, in ms."""


def now() -> Times:
    """When something begins."""
    return 1e3 * time.monotonic(), 1e3 * time.process_time()


def spent(begun: Times, elsewhere: float = 0.0) -> Times:
    """How long something took; `elsewhere`: processor time of the process that works for the window, in ms."""
    clock, processor = now()
    return clock - begun[0], processor - begun[1] + elsewhere


def worker_times() -> dict[str, float]:
    """Filled with the processor time, in ms, that the worker had taken when it sent its last event of each kind."""
    from studio.jobs import job

    found = {"picture": 0.0, "written": 0.0, "draft": 0.0, "result": 0.0}
    parse = job.parse

    def listening(line: str) -> job.Event | None:
        said, kind = re.search(r'"processor_s": ([\d.]+)}$', line[-40:]), re.match(r'{"event": "(\w+)"', line)
        if said is not None and kind is not None:
            found[kind[1]] = 1e3 * float(said[1])
        return parse(line)

    job.parse = listening
    return found


class Table:
    """Prints one figure per line and counts goals that are missed."""

    def __init__(self) -> None:
        self.missed = 0

    def line(self, name: str, clock: float, goal: float, unit: str, processor: float | None = None) -> None:
        """One figure against its goal; what the processor needed counts, where it is known."""
        kept = (processor if processor is not None else clock) <= goal
        self.missed += not kept
        own = f"{processor:9.1f} {unit} processor" if processor is not None else " " * (20 + len(unit) - 1)
        mark = "ok  " if kept else "SLOW"
        print(f"  {mark} {name:52}{clock:9.1f} {unit} clock {own}   goal {goal:g} {unit}", flush=True)

    def figure(self, name: str, times: Sequence[Times], goal: float) -> None:
        """The medians of several times in ms against a goal."""
        clock, processor = (statistics.median(given[at] for given in times) for at in (0, 1))
        self.line(name, clock, goal, "ms", processor)


def starts(table: Table, environment: dict[str, str]) -> None:
    """From the start of the process to a window that takes input."""
    clocks, processors = [], []
    for number in range(STARTS + 1):
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", STARTED], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
        )
        shown, processor = map(float, done.stdout.split())
        if number:  # the first one fills caches
            clocks.append(1e3 * (shown - begun))
            processors.append(1e3 * processor)
    table.line("start to a usable window, warm", statistics.median(clocks), 1000, "ms", statistics.median(processors))


def wait(done: Callable[[], bool], limit: float = 120.0) -> None:
    """Run the event loop until something is so."""
    from PySide6.QtTest import QTest

    end = time.monotonic() + limit
    while not done():
        if time.monotonic() > end:
            raise SystemExit("the window does not come to its end")
        QTest.qWait(5)


def resnet(table: Table, source: Path, folder: Path) -> None:
    """A click on ResNet-50 to its picture, and an edit to the target that follows."""
    from pivot.project import Project, save_project
    from studio.app import make_application
    from studio.document import Document
    from studio.jobs.job import own_command
    from studio.jobs.queue import Jobs
    from studio.jobs.warm import WarmProcess
    from studio.preloading import preload
    from studio.settings import Settings
    from studio.views.graph.view import GraphView
    from studio.window import Window

    app = make_application()
    warm = WarmProcess(own_command(), app)
    warm.start()
    preload().join()
    wait(lambda: warm.ready)
    document = Document()
    jobs = Jobs(document, lambda: warm.command)
    window = Window(document, jobs, Settings(), GraphView())
    window.graph.set_animated(False)
    window.resize(1600, 1000)
    window.show()
    window.filing.ask_unsaved = lambda parent, name: "discard"
    project = folder / "resnet50.pivot"
    save_project(Project(str(source), model="resnet50()", inputs=("1x3x224x224",)), project)
    told = worker_times()
    times: list[Times] = []
    for _ in range(4):
        if document.project is not None:
            document.close()
        begun = now()
        window.open_path(project)
        wait(lambda: document.results is not None)
        window.grab()
        times.append(spent(begun, told["picture"]))
        wait(lambda: not jobs.busy)
    table.figure("ResNet-50: click to picture, opened before", times[1:], 1000)
    table.figure("   the first time after the start", times[:1], 1000)
    for name in ("conv1", "layer3.0.conv2"):
        times, drawn, ends = [], [], []
        for text in "134567":  # always a new program: what was made of a former one is kept, and shown at once
            picture = document.results.picture if document.results is not None else None
            nodes = picture.nodes if picture is not None else ()
            param = next(p for node in nodes if node.path == name for p in node.params if p.name == "stride" and p.span)
            app.processEvents()  # what the edit before has left to be painted
            begun = now()
            document.write_literal([param], text)
            wait(lambda: document.written is not None or not document.stale)
            window.panels.target.grab()
            times.append(spent(begun, told["written"]))
            wait(lambda: not document.stale)
            window.grab()
            drawn.append(spent(begun, told["draft"]))
            wait(lambda: not jobs.busy)
            ends.append(spent(begun, told["result"]))
        table.figure(f"ResNet-50: stride of {name} to the target on screen", times, 200)
        table.figure("   and to its network, with all that belongs together", drawn, 500)
        table.figure("   and to the end of its static proof", ends, 2000)
        typed(table, window, name)
    window.close()
    warm.shut()


def typed(table: Table, window: Window, name: str) -> None:
    """A stride typed into the inspector, a moment, Enter: from that to the target. It is converted from the key on."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    document, times = window.document, []
    for text in "89":
        picture = document.results.picture if document.results is not None else None
        document.select(tuple(node.id for node in (picture.nodes if picture is not None else ()) if node.path == name))
        QTest.qWait(PAUSE)  # the process that has made the last conversion is getting ready for the next one
        field = window.panels.inspector.page.editors["stride"].field
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)
        QTest.qWait(PAUSE)
        begun = now()
        QTest.keyClick(field, Qt.Key.Key_Return)
        wait(lambda: document.written is not None or not document.stale)
        window.panels.target.grab()
        times.append(spent(begun)[0])
        wait(lambda: not window.jobs.busy)
    table.line(f"   typed, {PAUSE} ms, Enter, to the target on screen", statistics.median(times), 200, "ms")


def ten_thousand(table: Table) -> None:
    """First picture, frames and one group opened at ten thousand nodes."""
    from graph_frames import pan, timed, view_of
    from PySide6.QtWidgets import QApplication

    from tests.studio.fixtures.pictures import chain, gpt

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    view, (clock, processor) = view_of(chain(10_000, unmapped=2), app)
    table.line("10,000 nodes: first picture", clock, 2000, "ms", processor)
    view.fit()
    app.processEvents()
    frames = pan(view, app, (1, 1), whole=True)
    clock, processor = (statistics.median(frame[at] for frame in frames) for at in (0, 1))
    table.line("10,000 nodes: everything in sight, painted whole", clock, 16, "ms", processor)
    view.canvas.look_at(*view.state.drawing.bounds.centre, 1.0)
    app.processEvents()
    frames = pan(view, app, (7, 9), whole=True)
    clock, processor = (statistics.median(frame[at] for frame in frames) for at in (0, 1))
    table.line("10,000 nodes: at 100 %, painted whole", clock, 25, "ms", processor)
    view.close()
    view.deleteLater()
    view, _ = view_of(gpt(770), app)
    blocks, fold = "/h", view.state.tree.groups["/h"].children[0]
    for group in (blocks, fold):
        if group not in view.state.opened:
            view.toggle(group)
    block = view.state.tree.groups[fold].children[0]

    def expand() -> None:
        view.toggle(block)
        app.processEvents()
        view.canvas.viewport().repaint()

    clock, processor = timed(expand)
    table.line("10,000 nodes: one of 770 blocks opened", clock, 100, "ms", processor)
    view.close()
    view.deleteLater()
    view, _ = view_of(gpt(770), app)
    clock, processor = timed(lambda: (view.toggle("/h"), app.processEvents(), view.canvas.viewport().repaint()))
    table.line("10,000 nodes: a group of the first picture opened", clock, 100, "ms", processor)
    view.close()


def memory(table: Table, source: Path, environment: dict[str, str]) -> None:
    """What a window with ten thousand nodes takes."""
    text = MEMORY.format(root=str(ROOT), source=str(source))
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    table.line("10,000 nodes: memory of the window", float(done.stdout.split()[-1]), 400, "MB")


def main() -> int:
    """Print all figures; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "pivot-studio")
    given = parser.parse_args()
    from measure import machine
    from torchvision_resnet import fetch

    source = fetch(given.cache) / "torchvision" / "models" / "resnet.py"
    print(f"the window; {machine()}")
    table = Table()
    with tempfile.TemporaryDirectory(prefix="pivot-studio-bench-") as home:
        os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_DATA_HOME"] = home
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        starts(table, environment)
        resnet(table, source, Path(home))
        ten_thousand(table)
        memory(table, source, environment)
    return 1 if table.missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
