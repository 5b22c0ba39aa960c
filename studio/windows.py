"""All windows of the application: a document each, remembered so that the next start opens them again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint

from studio.document import Document
from studio.jobs.queue import Command, Jobs
from studio.recovery import folder, left_behind
from studio.settings import Settings
from studio.views.graph.view import GraphView
from studio.window import Window

STEP = 32  # pixels between a window and the next


class Windows(QObject):
    """Makes windows. `command` is what runs verbs; None: the command of this application."""

    def __init__(self, settings: Settings, command: Command | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._command = command
        self._leaving = False
        self.all: list[Window] = []
        self.prepare: Callable[[Window], None] = lambda window: None  # what is to be set in every new window

    def make(self) -> Window:
        """A new window with nothing in it, shown beside the last one."""
        document = Document()
        window = Window(document, Jobs(document, self._command), self._settings, GraphView())
        if self.all:
            window.move(self.all[-1].pos() + QPoint(STEP, STEP))
        self.prepare(window)
        self.all.append(window)
        window.place_wanted.connect(self.open)
        window.leave_all = self.quit
        window.closed.connect(lambda: self._closed(window))
        document.project_changed.connect(lambda before, after: self._remember())
        window.show()
        return window

    def open(self, path: Path | None) -> bool:
        """Show a file: in the window that has it, else in an empty or a new one; False when it was refused."""
        if path is None:
            self._front(self.make())
            return True
        for window in self.all:
            if self._path(window) == str(path.absolute()):
                self._front(window)
                return True
        empty = next((window for window in self.all if window.document.project is None), None)
        return (empty or self.make()).open_path(path)

    def restore(self) -> None:
        """What was open last. Work that a crash left behind comes first: it is offered on an empty page."""
        names = self._settings.session() if self._settings.flag("restore_session") else ()
        found = [Path(name) for name in names if Path(name).is_file()]
        if left_behind(folder()) or not found:
            self.make()
            return
        for path in found:
            self.make().open_path(path)

    def _path(self, window: Window) -> str:
        project = window.document.project
        return "" if project is None else str(window.document.path or project.source)

    def _remember(self) -> None:
        if not self._leaving:
            self._settings.set_session([name for name in map(self._path, self.all) if name])

    def _front(self, window: Window) -> None:
        window.show()
        window.raise_()
        window.activateWindow()

    def quit(self) -> None:
        """Close all windows; where a person wants to stay in one, that and the rest stay."""
        self._leaving = True
        for window in list(self.all):
            if not window.close():
                break
        self._leaving = False

    def _closed(self, window: Window) -> None:
        if window in self.all:
            self.all.remove(window)
            if self.all and not self._leaving:
                self._remember()  # what is closed last is what is opened first
            window.deleteLater()
