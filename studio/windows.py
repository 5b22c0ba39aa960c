"""All documents of the application, as tabs of one or more windows, remembered so that the next start opens them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QApplication

from studio.document import Document
from studio.jobs.queue import Command, Jobs
from studio.recovery import folder, left_behind
from studio.settings import Settings
from studio.tabs import Sleeping, TabFrame
from studio.views.graph.view import GraphView
from studio.window import Window

STEP = 32  # pixels between a window and the next


class Windows(QObject):
    """Makes documents and windows. `command` is what runs verbs; None: the command of this application."""

    def __init__(self, settings: Settings, command: Command | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._command = command
        self._leaving = False
        self.all: list[Window] = []
        self.frames: list[TabFrame] = []
        self.prepare: Callable[[Window], None] = lambda window: None  # what is to be set in every new document

    def make(self, into: TabFrame | None = None) -> Window:
        """A new document with nothing in it, in the front: in a given window, else in the one that is used."""
        self._leaving = False
        document = Document()
        window = Window(document, Jobs(document, self._command), self._settings, GraphView())
        self.prepare(window)
        self.all.append(window)
        window.tabs_asked.connect(lambda what: self._do(window, what))
        window.elsewhere = lambda path: self.elsewhere(window, path)
        window.shown = self.open_in
        window.leave_all = self.quit
        window.closed.connect(lambda: self._closed(window))
        document.project_changed.connect(lambda before, after: self._remember())
        (into or self._used() or self.new_frame()).add(window)
        self._front(window)
        return window

    def new_frame(self) -> TabFrame:
        """One more window of the system, beside the last one."""
        made = TabFrame(self._settings)
        if self.frames:
            made.move(self.frames[-1].pos() + QPoint(STEP, STEP))
        made.tab_wanted.connect(lambda: self.make(made))
        made.woken.connect(lambda sleeping: self._wake(made, sleeping))
        made.let_go.connect(self._remember)
        made.closing.connect(lambda: self._closing(made))
        made.kept.connect(self._stay)
        made.ended.connect(lambda: self._ended(made))
        self.frames.append(made)
        return made

    def frame_of(self, window: Window) -> TabFrame:
        """The window of the system that a document is in."""
        return next(frame for frame in self.frames if window in frame.pages)

    def open(self, path: Path) -> bool:
        """Show a file: where it is open already, else in an empty or a new tab; False when it was refused."""
        empty = next((window for window in self.all if window.document.project is None), None)
        return (self.open_in(path) or empty or self.make()).open_path(path)

    def open_in(self, path: Path) -> Window | None:
        """The document that has a file open, brought to the front."""
        for frame in self.frames:
            for page in frame.pages:
                if isinstance(page, Sleeping) and page.path == path.absolute():
                    return self._wake(frame, page)
        for window in self.all:
            if self._path(window) == str(path.absolute()):
                self._front(window)
                return window
        return None

    def elsewhere(self, asking: Window, path: Path | None) -> Window:
        """Where to open what is wanted while a document is busy with something else: a new tab beside it."""
        found = self.open_in(path) if path is not None else None
        return found or self.make(self.frame_of(asking))

    def restore(self) -> None:
        """What was open last: the first is read, the others when their tabs are turned to.

        Work that a crash left behind comes first: it is offered on an empty page.
        """
        names = self._settings.session() if self._settings.flag("restore_session") else ()
        found = [Path(name) for name in dict.fromkeys(names) if Path(name).is_file()]
        if left_behind(folder()) or not found:
            self.make()
            return
        first = self.make()
        for path in found[1:]:
            self.frame_of(first).put(Sleeping(path.absolute()))
        first.open_path(found[0])

    def _wake(self, frame: TabFrame, sleeping: Sleeping) -> Window:
        """Read a document that was open last; where it cannot be read any more its tab goes."""
        made = self.make(frame)
        frame.wake(sleeping, made)
        if not made.open_path(sleeping.path) and len(frame.pages) > 1:
            made.close()
        return made

    def _do(self, window: Window, what: str) -> None:
        """What a command of a document asks of the tabs around it."""
        frame = self.frame_of(window)
        match what:
            case "tab":
                self.make(frame)
            case "window":
                self.make(self.new_frame())
            case "next":
                frame.step(1)
            case "previous":
                frame.step(-1)
            case "detach" if len(frame.pages) > 1:
                frame.take_out(window)
                self.new_frame().add(window)
                self._front(window)

    def _used(self) -> TabFrame | None:
        active = QApplication.activeWindow()
        return next((frame for frame in self.frames if frame is active), self.frames[-1] if self.frames else None)

    def _path(self, page: Window | Sleeping) -> str:
        if isinstance(page, Sleeping):
            return str(page.path)
        project = page.document.project if page in self.all else None
        return "" if project is None else str(page.document.path or project.source)

    def _remember(self) -> None:
        if not self._leaving:
            names = [self._path(page) for frame in self.frames for page in frame.pages]
            self._settings.set_session([name for name in names if name])

    def _front(self, window: Window) -> None:
        frame = self.frame_of(window)
        frame.show_page(window)
        frame.show()
        frame.raise_()
        frame.activateWindow()

    def _closing(self, frame: TabFrame) -> None:
        """With its last window the application ends: what is open then is what the next start opens."""
        if self.frames == [frame]:
            self._remember()
            self._leaving = True

    def _stay(self) -> None:
        self._leaving = False
        self._remember()

    def quit(self) -> None:
        """Close all windows; where a person wants to stay in a document, that and the rest stay."""
        self._leaving = True
        for frame in list(self.frames):
            if not frame.close():
                break
        self._leaving = False

    def _closed(self, window: Window) -> None:
        if window not in self.all:
            return
        self.all.remove(window)
        if self.all and not self._leaving:
            self._remember()  # what is closed last is what is opened first
        frame = self.frame_of(window)
        frame.take_out(window)
        window.deleteLater()
        if not frame.pages:
            frame.close()

    def _ended(self, frame: TabFrame) -> None:
        if frame in self.frames:
            self.frames.remove(frame)
            frame.deleteLater()
