"""A monkey at the window: random actions, valid and invalid, and after each one everything must still hold.

    python -m tests.studio.journeys.monkey [--seed 1] [--steps 20000]

The same seed does the same things; when the work in the background ends is up to the machine. Where something breaks,
seed, step and the last actions are printed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QPoint,
    QPointF,
    QSize,
    Qt,
    QTimer,
    QtMsgType,
    QUrl,
    qInstallMessageHandler,
)
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from pivot import edits
from pivot.problems import Refusal
from pivot.project import dumps
from studio.views.graph.view import GraphView
from studio.window import Window

SILENT = ("This plugin does not support", "QFont::setPointSizeF")
# They end the window, or leave it for a program of the system.
LEFT_OUT = {"file.quit", "file.close_tab", "run.report_page"}
KEYS = [
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_F,
    Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_1, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape,
    Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Slash, Qt.Key.Key_Tab,
]  # fmt: skip
LITERALS = ["1", "2", "3", "5", "64", "0", "-1", "(3, 3)", "1.5", "True", "'same'", "", "x y", "[", "10**9", "é"]
NONE, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class Broken(AssertionError):
    """An invariant does not hold any more, or something was raised or warned of."""


class Monkey:
    """Acts on one window whose verbs are done by a stand-in. `folder` may be filled with files."""

    def __init__(self, window: Window, sources: list[Path], folder: Path, seed: int) -> None:
        self.window, self.document, self.graph = window, window.document, window.graph
        self.sources, self.folder, self.seed = sources, folder, seed
        self.dice = random.Random(seed)
        self.faults: list[str] = []
        self.log: deque[str] = deque(maxlen=12)
        self.counts: Counter[str] = Counter()
        self.start = ""
        self.steps = 0  # undo steps since the start
        self.actions: list[tuple[int, Callable[[], str]]] = [
            (10, self.click), (6, self.drag), (6, self.wheel), (10, self.key), (10, self.command), (8, self.select),
            (8, self.literal), (6, self.type), (4, self.decide), (6, self.undo), (3, self.all_the_way), (3, self.save),
            (2, self.open), (1, self.disk), (4, self.drop), (3, self.search), (2, self.size), (2, self.tree),
            (4, self.rest),
        ]  # fmt: skip
        filing = window.filing
        filing.tell = lambda parent, title, text, more: None
        filing.ask_unsaved = lambda parent, name: self.dice.choice(["discard", "cancel"])
        filing.ask_changed = lambda parent, name: self.dice.choice(["replace", "cancel"])
        filing.ask_replace = lambda parent, names, out: self.dice.random() < 0.8
        filing.chooser.source = lambda parent, start: self.dice.choice([None, *sources])
        filing.chooser.project = lambda parent, start: folder / f"p{self.dice.randrange(3)}.pivot"
        filing.chooser.folder = lambda parent, start: self.dice.choice([None, folder / "export"])
        filing.chooser.picture = lambda parent, start: folder / f"g.{self.dice.choice(['svg', 'png', 'dot', 'bmp'])}"
        filing.chooser.checkpoint = lambda parent, start: None
        self.document.project_changed.connect(self._project_changed)

    def _project_changed(self, before: object, after: object) -> None:
        if self.document.undo_label is None and self.document.redo_label is None and after is not None:
            self.start = dumps(self.document.project)

    # -- running

    def run(self, steps: int) -> None:
        """So many steps; raises Broken with all that is needed to see it again."""
        closer = QTimer()
        closer.setInterval(30)
        closer.timeout.connect(close_what_waits)
        closer.start()
        before_hook, before_handler = sys.excepthook, qInstallMessageHandler(self._message)
        sys.excepthook = self._raised
        kinds = [act for weight, act in self.actions for _ in range(weight)]
        try:
            for number in range(steps):
                act = self.dice.choice(kinds)
                try:
                    said = act()
                    QApplication.processEvents()
                    self.log.append(f"{number:6} {act.__name__} {said}")
                    self.counts[act.__name__] += 1
                    self.check()
                except Broken:
                    raise
                except Exception:  # noqa: BLE001  whatever is raised is what is looked for
                    self.faults.append(traceback.format_exc())
                if self.faults:
                    raise Broken(f"seed {self.seed}, step {number}: {act.__name__}\n{self.faults[0]}\n" + self.last())
        finally:
            closer.stop()
            sys.excepthook = before_hook
            qInstallMessageHandler(before_handler)

    def last(self) -> str:
        """What was done last."""
        return "\n".join(self.log)

    def _message(self, kind: QtMsgType, context: object, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not text.startswith(SILENT):
            self.faults.append(f"Qt says: {text}")

    def _raised(self, kind: type[BaseException], error: BaseException, trace: object) -> None:
        self.faults.append("".join(traceback.format_exception(error)))

    # -- what must hold

    def check(self) -> None:
        """Raises Broken where something does not hold."""
        document, window, state = self.document, self.window, self.graph.state
        results, project = document.results, document.project
        picture = results.picture if results is not None else None
        self._so((state.picture if state else None) is picture, "the graph shows another picture")
        if picture is not None:
            known = picture.node_by_id
            self._so(all(node in known for node in document.selection.nodes), "a node is selected that is not there")
        if state is not None:
            self._so(state.nodes <= state.picture.node_by_id.keys(), "the graph selects what it has not")
            boxes = state.drawing.boxes
            self._so(all(key in boxes for key in self.graph.scene.boxes), "an item is shown that is not drawn")
            self._so(len(self.graph.scene.wires) <= len(state.drawing.wires), "there are more wires than drawn")
            drawn = {box.parent for box in map(state.tree.groups.get, state.drawing.opened) if box is not None}
            self._so(all(parent is None or parent in state.drawing.visible.levels for parent in drawn), "a hole")
        self._so(window.isWindowModified() == document.modified, "the title says something else about unsaved work")
        for name, label in (("edit.undo", document.undo_label), ("edit.redo", document.redo_label)):
            self._so(window.bound.by_id[name].isEnabled() == (label is not None), f"{name} is wrongly offered")
        if project is None:
            self._so(results is None and not document.selection.nodes, "something is left of what was closed")
            self._so(window._middle.currentIndex() == 0, "the opening page is not shown")
            return
        shown = window.panels.source.editor.toPlainText()
        texts = [document.text(file) or "" for file in document.files()]
        self._so(any(shown == text.replace("\r\n", "\n") for text in texts), "the source pane shows another text")
        target = results.target_text if results is not None else ""
        self._so(window.panels.target.editor.toPlainText() == target, "the target pane shows another text")
        self._so(document.revision > 0, "an open project has no revision")

    def _so(self, fact: bool, otherwise: str) -> None:
        if not fact:
            raise Broken(f"seed {self.seed}: {otherwise}\n{self.last()}")

    # -- actions

    def _point(self, widget: QWidget) -> QPoint:
        return QPoint(self.dice.randrange(max(1, widget.width())), self.dice.randrange(max(1, widget.height())))

    def _keys(self) -> Qt.KeyboardModifier:
        return self.dice.choice([NONE, NONE, NONE, SHIFT, CONTROL])

    def click(self) -> str:
        view = self.graph.canvas.viewport()
        at, keys = self._point(view), self._keys()
        boxes = list(self.graph.scene.boxes)
        if boxes and self.dice.random() < 0.6:
            box = self.graph.state.drawing.boxes[self.dice.choice(boxes)]
            place = self.graph.canvas.viewportTransform().map(QPointF(box.x + 15, box.y + 15)).toPoint()
            at = place if view.rect().contains(place) else at
        button = self.dice.choice([Qt.MouseButton.LeftButton] * 4 + [Qt.MouseButton.RightButton])
        if self.dice.random() < 0.2:
            QTest.mouseDClick(view, Qt.MouseButton.LeftButton, keys, at)
        else:
            QTest.mouseClick(view, button, keys, at)
        return f"{at.x()},{at.y()} {button.name}"

    def drag(self) -> str:
        view = self.graph.canvas.viewport()
        start, stop, keys = self._point(view), self._point(view), self._keys()
        button = self.dice.choice([Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton])
        QTest.mousePress(view, button, keys, start)
        QTest.mouseMove(view, (start + stop) / 2)
        QTest.mouseMove(view, stop)
        if self.dice.random() < 0.1:
            QTest.keyClick(self.graph.canvas, Qt.Key.Key_Escape)
        QTest.mouseRelease(view, button, keys, stop)
        return f"{start.x()},{start.y()} to {stop.x()},{stop.y()}"

    def wheel(self) -> str:
        view = self.graph.canvas.viewport()
        at, turn = QPointF(self._point(view)), self.dice.choice([-480, -120, 120, 480])
        keys = self.dice.choice([NONE, CONTROL, SHIFT])
        event = QWheelEvent(
            at, view.mapToGlobal(at), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, keys,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view, event)
        return str(turn)

    def key(self) -> str:
        key = self.dice.choice(KEYS)
        QTest.keyClick(self.graph.canvas, key, self._keys())
        return key.name

    def command(self) -> str:
        name = self.dice.choice(sorted(set(self.window.bound.by_id) - LEFT_OUT))
        self.window.bound.by_id[name].trigger()
        self.window.palette_.shut()
        return name

    def select(self) -> str:
        picture = self.document.results.picture if self.document.results else None
        nodes = [node.id for node in picture.nodes] if picture else []
        modules = [module.path for module in picture.modules] if picture else []
        some = tuple(self.dice.sample(nodes, min(len(nodes), self.dice.randrange(4)))) + (
            "none",
        ) * self.dice.randrange(2)
        known = tuple(node for node in some if node in nodes)
        self.document.select(
            known, tuple(self.dice.sample(modules, min(len(modules), self.dice.randrange(2)))), "monkey"
        )
        return str(known)

    def literal(self) -> str:
        picture = self.document.results.picture if self.document.results else None
        params = [param for node in picture.nodes for param in node.params if param.span] if picture else []
        if not params:
            return "nothing to write"
        param, text = self.dice.choice(params), self.dice.choice(LITERALS)
        try:
            self.document.write_literal([param], text)
        except Refusal as refusal:
            return f"{param.name} {text!r}: {refusal.problem.code}"
        return f"{param.name} {text!r}"

    def type(self) -> str:
        editor = self.window.panels.source.editor
        if self.document.project is None:
            return "closed"
        cursor = editor.textCursor()
        cursor.setPosition(self.dice.randrange(max(1, len(editor.toPlainText()))))
        editor.setTextCursor(cursor)
        text = self.dice.choice(["x", "# ", " ", "5", "(", "é", "def "])
        for letter in text:  # QTest itself writes ASCII only
            QApplication.sendEvent(editor, QKeyEvent(QEvent.Type.KeyPress, 0, NONE, letter))
        if self.dice.random() < 0.3:
            QTest.keyClick(editor, self.dice.choice([Qt.Key.Key_Return, Qt.Key.Key_Backspace, Qt.Key.Key_Delete]))
        return repr(text)

    def decide(self) -> str:
        project = self.document.project
        if project is None:
            return "closed"
        what = self.dice.randrange(4)
        try:
            if what == 0:
                made = edits.set_model(project, self.dice.choice([None, "Net()", "Net(", "1 +", "Other"]))
            elif what == 1:
                made = edits.set_inputs(project, [self.dice.choice(["2x3x32x32", "", "x", "1x-1", "ids=2x4:int64"])])
            elif what == 2:
                made = edits.set_target(project, self.dice.choice(["keras", "torch", "flax", "none"]))
            else:
                made = edits.drop_text(project, project.source)
        except Refusal as refusal:
            return refusal.problem.code
        self.document.edit(f"decision {what}", made)
        return str(what)

    def undo(self) -> str:
        for _ in range(self.dice.randrange(1, 4)):
            self.window.bound.by_id[self.dice.choice(["edit.undo", "edit.undo", "edit.redo"])].trigger()
        return self.document.undo_label or ""

    def all_the_way(self) -> str:
        """Undo to the start and redo to the end: byte for byte what was there."""
        document = self.document
        if document.project is None:
            return "closed"
        now, count = dumps(document.project), 0
        while document.redo_label is not None:
            document.redo()
            count += 1
        for _ in range(count):
            document.undo()
        self._so(dumps(document.project) == now, "redo and undo do not come back")
        steps = 0
        while document.undo_label is not None:
            document.undo()
            steps += 1
        if steps + count < 900:  # of more than a thousand the first are dropped
            self._so(dumps(document.project) == self.start, "undo does not lead to the start")
        for _ in range(steps):
            document.redo()
        self._so(dumps(document.project) == now, "undo and redo do not come back")
        return f"{steps} steps"

    def save(self) -> str:
        self.window.bound.by_id["file.save"].trigger()
        return str(self.document.path)

    def open(self) -> str:
        saved = sorted(self.folder.glob("*.pivot"))
        path = self.dice.choice([*self.sources, *saved, self.folder / "none.py", self.folder / "broken.pivot"])
        (self.folder / "broken.pivot").write_text('{"version": 1, "source": 3')
        self.window.open_path(path)
        return path.name

    def disk(self) -> str:
        path = self.dice.choice(self.sources)
        text = path.read_text(encoding="utf-8")
        lines = text.split("\n")
        if len(lines) < 120:
            lines.insert(
                self.dice.randrange(len(lines)), "# written by another program" if self.dice.random() < 0.8 else "("
            )
        path.write_text("\n".join(line for line in lines if line != "(" or self.dice.random() < 0.5), encoding="utf-8")
        return path.name

    def drop(self) -> str:
        data = QMimeData()
        what = self.dice.randrange(4)
        if what == 0:
            data.setUrls([QUrl.fromLocalFile(str(self.dice.choice([*self.sources, self.folder / "none.png"])))])
        elif what == 1:
            data.setText("words")
        else:
            data.setData(self.graph.canvas._drop.mime, self.dice.choice([b"conv2d", b"relu", b"nonsense", b"\xff\x00"]))
        widget = self.dice.choice([self.window, self.graph.canvas.viewport()])
        at = self._point(widget)
        copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        enter = QDragEnterEvent(at, copy, data, left, NONE)
        QApplication.sendEvent(widget, enter)
        if enter.isAccepted():
            QApplication.sendEvent(widget, QDropEvent(QPointF(at), copy, data, left, NONE))
        return str(what)

    def search(self) -> str:
        if self.graph.state is None:
            return "nothing"
        text = self.dice.choice(["conv", "op:relu", "shape:16", "zzz", "", "name:", "unmapped"])
        self.graph.open_search()
        self.graph.search.line.setText(text)
        for _ in range(self.dice.randrange(3)):
            QTest.keyClick(self.graph.search.line, Qt.Key.Key_Return, self._keys())
        if self.dice.random() < 0.7:
            self.graph.search.put_away()
        return text

    def size(self) -> str:
        size = QSize(self.dice.randrange(760, 1700), self.dice.randrange(520, 1000))
        self.window.resize(size)
        dock = self.dice.choice(list(self.window.panels.docks.values()))
        if self.document.project is not None:
            dock.setVisible(self.dice.random() < 0.7)
        return f"{size.width()}×{size.height()}"

    def tree(self) -> str:
        view = self.window.panels.tree
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, NONE, self._point(view))
        QTest.keyClick(view, self.dice.choice(KEYS))
        return ""

    def rest(self) -> str:
        """Let the work in the background come to its end."""
        end = time.monotonic() + 20.0
        while self.window.jobs.busy and time.monotonic() < end:
            QTest.qWait(5)
        self._so(not self.window.jobs.busy, "the work does not end")
        return ""


def close_what_waits() -> None:
    """Menus and dialogs that wait for a person are put away."""
    popup, modal = QApplication.activePopupWidget(), QApplication.activeModalWidget()
    for widget in (popup, modal):
        if widget is not None:
            widget.close()


def main() -> int:
    """Run from the command line; 1 when something broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.studio.journeys.monkey", description="Random actions.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=20_000)
    given = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="pivot-studio-monkey-") as home:
        os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_DATA_HOME"] = home
        from studio.app import make_application
        from studio.document import Document
        from studio.jobs.queue import Jobs
        from studio.settings import Settings
        from tests.studio.fixtures.sources import SMALL, UNMAPPED

        make_application()
        fake = Path(__file__).parents[1] / "fixtures" / "fake_command.py"
        sources = []
        for name, text in (("small.py", SMALL), ("unmapped.py", UNMAPPED)):
            sources.append(Path(home) / name)
            sources[-1].write_text(text, encoding="utf-8")
        document = Document()
        jobs = Jobs(document, (sys.executable, str(fake)))
        window = Window(document, jobs, Settings(), GraphView())
        window.show()
        monkey = Monkey(window, sources, Path(home), given.seed)
        begun = time.monotonic()
        try:
            monkey.run(given.steps)
        except Broken as broken:
            print(broken, file=sys.stderr)
            return 1
        finally:
            jobs.shut()
            window.filing.ask_unsaved = lambda parent, name: "discard"
            window.close()
            window.deleteLater()  # as the application does: what dies with the interpreter dies in any order
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        done = ", ".join(f"{name} {count}" for name, count in monkey.counts.most_common())
        print(f"seed {given.seed}: {given.steps} steps in {time.monotonic() - begun:.0f} s, nothing broke ({done})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
