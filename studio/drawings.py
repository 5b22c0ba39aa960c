"""Saving the graph as a picture: what the view paints, or, where the name asks for it, laid out by Graphviz."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QTimer

from pivot.problems import Problem, Refusal, refuse
from studio.document import Document
from studio.filing import Filing
from studio.views.graph.dot import dot_text
from studio.views.graph.exporting import save_graph
from studio.views.graph.view import GraphView

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

LIMIT_MS = 60_000  # flat networks of some hundred nodes take Graphviz minutes
GRAPHVIZ = {".pdf": "pdf", ".svg": "svg", ".png": "png"}


class DrawingSaver(QObject):
    """Asks for a name and writes. `say` tells what was written."""

    def __init__(
        self, window: QWidget, document: Document, graph: GraphView, filing: Filing, say: Callable[[str], None]
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._graph, self._filing, self._say = window, document, graph, filing, say
        self.program = "dot"
        self._process: QProcess | None = None

    def ask(self) -> None:
        """Ask for a file and write the graph as it is drawn now."""
        project = self._document.project
        if project is None or self._graph.state is None:
            return
        source = Path(project.source)
        path = self._filing.chooser.picture(self._window, source.with_suffix(".svg"))
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> bool:
        """Write to a file whose ending says how; False where that was refused, which is told."""
        state = self._graph.state
        if state is None:
            return False
        try:
            if path.suffixes[-2:-1] == [".gv"]:
                self._lay_out(path, dot_text(state, path.stem))
            else:
                save_graph(state, self._graph.look, path, path.stem)
                self._say(self.tr("Saved {0}").format(path.name))
        except Refusal as refusal:
            self._filing.refused(self.tr("The graph was not saved"), refusal)
            return False
        return True

    def _lay_out(self, path: Path, text: str) -> None:
        """Start Graphviz in a process of its own. Raises Refusal where it is not installed."""
        found = shutil.which(self.program)
        if found is None:
            remedy = "install Graphviz (its program is called dot), or save as .svg or .pdf, which needs nothing"
            raise refuse("graphviz", str(path), 0, 0, "Graphviz is not installed", remedy)
        kind = GRAPHVIZ.get(path.suffix.lower())
        if kind is None:
            raise refuse("graphviz", str(path), 0, 0, f"Graphviz is not asked for {path.suffix}", "use .gv.pdf")
        if self._process is not None:
            raise refuse("graphviz", str(path), 0, 0, "Graphviz is at work already", "wait for it")
        process = self._process = QProcess(self)
        limit = QTimer(process)
        limit.setSingleShot(True)
        limit.timeout.connect(process.kill)
        process.finished.connect(lambda code, how: self._laid_out(path, code if how == _WELL else -1))
        process.start(found, [f"-T{kind}", "-o", str(path)])
        process.write(text.encode())
        process.closeWriteChannel()
        limit.start(LIMIT_MS)
        self._say(self.tr("Graphviz lays the graph out …"))

    def _laid_out(self, path: Path, code: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        said = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip()
        process.deleteLater()
        if code == 0:
            self._say(self.tr("Saved {0}, laid out by Graphviz").format(path.name))
            return
        why = f"Graphviz gave up after {LIMIT_MS // 1000} s" if code < 0 else said or f"Graphviz ended with {code}"
        self._filing.refused(
            self.tr("The graph was not saved"),
            Refusal(Problem("graphviz", "error", str(path), 0, 0, why, "close some groups, or save as .svg")),
        )


_WELL = QProcess.ExitStatus.NormalExit
