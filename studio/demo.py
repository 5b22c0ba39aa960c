"""The demonstration: drives the real window through a whole migration, offscreen, and takes its pictures.

`python -m studio.demo [-o FOLDER]` opens ResNet-18, edits it through the inspector, undoes and redoes the edit,
converts, verifies, exports, and says where everything is. The exit status is 1 when any step fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

EXAMPLE = "examples/resnet18.py"
LIMIT_CONVERT, LIMIT_VERIFY, LIMIT_PAINT = 120.0, 900.0, 5.0


class StepFailed(Exception):
    """A step of the demonstration did not come to what it should; says which and why."""


class Demo:
    """One run; every step is a method whose docstring is printed."""

    def __init__(self, out: Path, command: Sequence[str] | None = None, source: Path | None = None) -> None:
        from studio.app import make_application
        from studio.document import Document
        from studio.jobs.queue import Jobs
        from studio.resources import resource
        from studio.settings import Settings
        from studio.views.graph.view import GraphView
        from studio.window import Window

        make_application().setCursorFlashTime(0)
        self.out = out
        self.source = source or resource(EXAMPLE)
        self.settings = Settings()
        self.settings.set("convert_on_edit", True)
        self.document = Document()
        self.jobs = Jobs(self.document, command)
        self.window = Window(self.document, self.jobs, self.settings, GraphView())
        self.window.filing.ask_unsaved = lambda parent, name: "discard"
        self.window.filing.ask_replace = lambda parent, names, folder: True
        self.window.filing.tell = self._refused
        self.window.graph.set_animated(False)
        self.window.resize(1600, 1000)
        self.window.show()
        self._edited = ""

    def run(self) -> list[Path]:
        """All steps in order; the pictures that were taken. Raises StepFailed."""
        shots: list[Path] = []
        for step in (
            self.welcome,
            self.open,
            self.select,
            self.edit,
            self.undo,
            self.redo,
            self.convert,
            self.verify,
            self.export,
        ):
            begun = time.monotonic()
            said = step()
            print(f"  ok  {step.__doc__ or step.__name__:<64}{time.monotonic() - begun:6.1f} s   {said}", flush=True)
            shots += self._pictures(step.__name__)
        return shots

    def welcome(self) -> str:
        """the opening page"""
        self._check(self.window.welcome.isVisible(), "the opening page is not shown")
        return ""

    def open(self) -> str:
        """open the example and read its network"""
        self._check(self.window.open_path(self.source), "the example was refused")
        self._wait(lambda: not self.jobs.busy, LIMIT_CONVERT, "the conversion did not end")
        results = self.document.results
        if results is None or results.picture is None:
            raise StepFailed(f"no picture: {'; '.join(map(str, self.document.problems))}")
        self._wait(self.window.graph.isVisible, LIMIT_PAINT, "the graph is not shown")
        return f"{len(results.picture.nodes)} nodes"

    def select(self) -> str:
        """select a convolution: graph, source and target follow"""
        results = self.document.results
        picture = results.picture if results is not None else None
        found = [node for node in picture.nodes if self._kernel(node.params)] if picture is not None else []
        self._check(bool(found), "no node has a kernel that is written as a literal")
        self.document.select((found[0].id,), (), "demo")
        chosen = self.document.selection
        self._check(bool(chosen.source), "nothing is selected in the source")
        self._check(bool(chosen.target), "nothing is selected in the target")
        return found[0].path

    def edit(self) -> str:
        """change its kernel through the inspector; the target follows"""
        from studio.views.inspector.node_page import NodePage

        before = self._target()
        page = self.window.panels.inspector.page
        if not isinstance(page, NodePage) or "kernel" not in page.editors:
            raise StepFailed("the inspector shows no kernel")
        editor = page.editors["kernel"]
        old = editor.field.text().strip()
        editor.field.setText("5" if old != "5" else "3")
        editor.commit(editor.field.text())
        self._check(self.document.undo_label is not None, "the edit is no undo step")
        self._edited = self.document.undo_label or ""
        self._settle()
        self._check(self._target() != before, "the target did not follow the edit")
        return self._edited

    def undo(self) -> str:
        """undo"""
        self.window.bound.trigger("edit.undo")
        project = self.document.project
        self._check(project is not None and not project.texts, "undo left an edited text")
        self._settle()
        return f"{len(self.document.changed_target_lines)} target lines changed back"

    def redo(self) -> str:
        """redo"""
        self.window.bound.trigger("edit.redo")
        self._check(self.document.undo_label == self._edited, "redo did not bring the edit back")
        self._settle()
        return self._edited

    def convert(self) -> str:
        """convert by command"""
        self.window.bound.trigger("run.convert")
        self._settle()
        results = self.document.results
        return Path(results.target_path).name if results is not None else ""

    def verify(self) -> str:
        """verify in both frameworks"""
        self.window.bound.trigger("run.verify")
        self._wait(lambda: not self.jobs.busy, LIMIT_VERIFY, "the verification did not end")
        report = self.document.report
        if report is None:
            raise StepFailed(f"there is no report: {self.window.status.said}")
        self._check(report.equal, f"not equal: {[step.text for step in report.steps]}")
        return f"equal, worst float64 error {report.worst:.1e}" if report.worst is not None else "equal"

    def export(self) -> str:
        """export to a folder"""
        folder = self.out / "export"
        self.window.filing.chooser.folder = lambda parent, start: folder  # type: ignore[method-assign]
        self._check(self.window.filing.export(), "the export was refused")
        files = sorted(path.name for path in folder.iterdir())
        self._check(any(name.endswith(".py") for name in files), f"no program among {files}")
        return f"{len(files)} files"

    def close(self) -> None:
        """End everything that runs."""
        self.jobs.shut()
        self.window.swap.drop()
        self.window.close()
        self.window.deleteLater()

    def _settle(self) -> None:
        self._wait(lambda: not self.jobs.busy, LIMIT_CONVERT, "the conversion did not end")
        self._check(not self.document.stale, f"the results are stale: {'; '.join(map(str, self.document.problems))}")

    def _target(self) -> str:
        return self.document.results.target_text if self.document.results is not None else ""

    def _kernel(self, params: Sequence[object]) -> bool:
        return any(getattr(param, "name", "") == "kernel" and getattr(param, "span", None) for param in params)

    def _pictures(self, name: str) -> list[Path]:
        """The window in both themes, once everything is laid out and painted."""
        if name in ("undo", "redo", "convert", "export"):
            return []
        made: list[Path] = []
        for theme in ("light", "dark"):
            self.settings.set("theme", theme)
            self._rest()
            path = self.out / f"{name}-{theme}.png"
            self._check(self.window.grab().save(str(path)), f"{path} could not be written")
            made.append(path)
        return made

    def _rest(self) -> None:
        """Until everything is laid out and painted: two pictures in a row are equal."""
        last = self.window.grab().toImage()

        def steady() -> bool:
            nonlocal last
            before, last = last, self.window.grab().toImage()
            return before == last

        self._wait(steady, LIMIT_PAINT, "the window does not come to rest")

    def _wait(self, done: Callable[[], bool], limit: float, otherwise: str) -> None:
        """Run the event loop until something is so; raises StepFailed after `limit` seconds."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        look, end = QTimer(), QTimer()
        look.setInterval(10)
        look.timeout.connect(lambda: loop.quit() if done() else None)
        end.setSingleShot(True)
        end.timeout.connect(loop.quit)
        look.start()
        end.start(round(limit * 1_000))
        loop.exec()
        self._check(done(), otherwise)

    def _check(self, fact: bool, otherwise: str) -> None:
        if not fact:
            raise StepFailed(otherwise)

    def _refused(self, parent: object, title: str, text: str, more: str) -> None:
        raise StepFailed(f"{title}: {text} {more}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demonstration; 0 when every step came to what it should."""
    parser = argparse.ArgumentParser(prog="python -m studio.demo", description="Drive the window through a migration.")
    parser.add_argument("-o", "--out", type=Path, default=Path("build/demo"), help="folder for pictures and results")
    given = parser.parse_args(argv)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    home = tempfile.mkdtemp(prefix="pivot-studio-demo-")
    # What a person kept (settings, recent files, unsaved work) is neither read nor written.
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        os.environ[name] = home
    given.out.mkdir(parents=True, exist_ok=True)
    print("Pivot Studio, demonstration")
    try:
        demo = Demo(given.out.resolve())
        try:
            shots = demo.run()
        finally:
            demo.close()
    except StepFailed as failed:
        print(f"  FAILED  {failed}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(f"\nThe converted program and its reports:  {given.out.resolve() / 'export'}")
    print(f"Pictures of the window:                 {given.out.resolve()} ({len(shots)} files)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
