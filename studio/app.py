"""The application around the window: names, crash reports, the event loop."""

from __future__ import annotations

import atexit
import faulthandler
import os
import platform
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QLibraryInfo, QMimeData, QStandardPaths, Qt, QTimer, qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QWidget

from pivot.reading.limits import VARIABLE
from studio.dialogs import app_version
from studio.icons import app_icon
from studio.jobs.job import own_command
from studio.jobs.warm import WarmProcess
from studio.preloading import preload
from studio.settings import Settings
from studio.translation import tr
from studio.widgets.parts import column, label
from studio.window import Window
from studio.windows import Windows

_KEPT = 20
_PAINTED = 250  # ms after the start of the event loop


def make_application() -> QApplication:
    """The one QApplication, with the names under which settings and reports are kept."""
    found = QApplication.instance()
    if found is None:
        # A screen of 1.5 is drawn at 1.5, and not at 2 or 1.
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        atexit.register(leave_clipboard)
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("pivot-studio")
    app.setOrganizationName("pivot-studio")
    app.setApplicationDisplayName("Pivot Studio")
    app.setDesktopFileName("pivot-studio")
    app.setWindowIcon(app_icon())
    return app


def run(file: str | None, *, exit_after_load: bool = False) -> int:
    """Show a window and stay until it is closed; 2 when it was only to load a file and that was refused."""
    app = make_application()
    catcher = CrashCatcher(reports_folder())
    catcher.install()
    settings = Settings()
    # Before anything is read here or in a child: limits are taken up with the reader.
    os.environ.setdefault(VARIABLE, settings.text("reading_limits"))
    warm = WarmProcess(own_command(), app)
    windows = Windows(settings, lambda: warm.command, app)
    loading: list[Thread] = []
    if exit_after_load:
        windows.prepare = silence
    else:
        windows.prepare = lambda window: setattr(window, "tour_wanted", True)
        QTimer.singleShot(0, warm.start)
        # Once the window is painted: a thread that loads would take turns with what paints it.
        QTimer.singleShot(_PAINTED, lambda: loading.append(preload()))
    loaded = True
    if file is not None:
        loaded = windows.open(Path(file))
    elif exit_after_load:
        windows.make()
    else:
        windows.restore()
    if exit_after_load:
        leave = _leaver(app, windows.all[0], 0 if loaded else 2)
        jobs_done = QTimer(app)
        jobs_done.setInterval(20)
        jobs_done.timeout.connect(leave)
        jobs_done.start()
    status = app.exec()
    warm.shut()
    for thread in loading:
        thread.join()  # a thread that is inside Qt's import hook must not be cut off
    catcher.uninstall()
    return status


def leave_clipboard() -> None:
    """Nodes that were copied are an object of Python's, which must not outlive it; their names stay as text.

    It is the last thing Python does, however the process comes to its end.
    """
    if QGuiApplication.instance() is None:
        return
    clipboard = QGuiApplication.clipboard()
    held: QMimeData | None = clipboard.mimeData()  # None where nothing was ever copied
    if held is not None and any(name.startswith("application/x-pivot") for name in held.formats()):
        clipboard.setText(held.text())


def silence(window: Window) -> None:
    """Nobody is there to answer a dialog."""
    window.filing.tell = lambda parent, title, text, more: window.status.say(f"{title}: {text}")
    window.filing.ask_unsaved = lambda parent, name: "discard"
    window.filing.ask_changed = lambda parent, name: "cancel"


def _leaver(app: QApplication, window: Window, status: int) -> Callable[[], None]:
    def leave() -> None:
        if not window.jobs.busy:
            failed = window.document.failure is not None
            window.close()
            app.exit(status or (2 if failed else 0))

    return leave


def reports_folder() -> Path:
    """Where crash reports are written."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "crashes"


class CrashCatcher:
    """Turns an exception that nobody caught into a report file and a dialog; the window stays alive."""

    def __init__(self, folder: Path, show: Callable[[Path | None, str], None] | None = None) -> None:
        self._folder = folder
        self._show = show or show_crash
        self._log: TextIO | None = None
        self._showing = False
        self._before = sys.excepthook

    def install(self) -> None:
        """Catch exceptions from now on, and write a trace when the interpreter itself dies."""
        self._before = sys.excepthook
        sys.excepthook = self.catch
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._log = (self._folder / "fatal.log").open("a", encoding="utf-8")
            faulthandler.enable(self._log)

    def uninstall(self) -> None:
        sys.excepthook = self._before
        if self._log is not None:
            faulthandler.disable()
            self._log.close()
            self._log = None

    def catch(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """The hook. One dialog at a time: a fault in painting comes back with every frame."""
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        text = report_text(kind, error, trace)
        sys.stderr.write(text)
        path = self._write(text)
        if not self._showing:
            self._showing = True
            try:
                self._show(path, text)
            finally:
                self._showing = False

    def _write(self, text: str) -> Path | None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"crash-{datetime.now():%Y%m%d-%H%M%S-%f}.txt"
            path.write_text(text, encoding="utf-8")
            for old in sorted(self._folder.glob("crash-*.txt"))[:-_KEPT]:
                old.unlink(missing_ok=True)
        except OSError:
            return None
        return path


def build_text() -> str:
    """How Qt was built; some versions give bytes."""
    build: object = QLibraryInfo.build()
    return build.decode("utf-8", "replace") if isinstance(build, bytes) else str(build)


def report_text(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """What a person can send: versions and the trace; no texts of the project."""
    head = (
        f"Pivot Studio {app_version()}\nPython {platform.python_version()}, Qt {qVersion()}, {platform.platform()}\n"
        f"{build_text()}\n\n"
    )
    return head + "".join(traceback.format_exception(kind, error, trace))


def show_crash(path: Path | None, text: str) -> None:
    """Tell what happened, with the report to copy."""
    app = QApplication.instance()
    parent: QWidget | None = QApplication.activeWindow() if isinstance(app, QApplication) else None
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("Something went wrong"))
    dialog.resize(640, 420)
    shown = QPlainTextEdit(text)
    shown.setReadOnly(True)
    shown.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    shown.setAccessibleName(tr("Report of the fault"))
    kept = tr("The report is kept in {0}.").format(path)
    where = kept if path is not None else tr("The report could not be kept.")
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    copy = QPushButton(tr("Copy report"))
    copy.setAutoDefault(False)
    copy.clicked.connect(lambda: QApplication.clipboard().setText(text))
    buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
    buttons.rejected.connect(dialog.reject)
    said = label(tr("A fault of the application was caught. Your work is still open; save it now."), "title", wrap=True)
    dialog.setLayout(
        column(
            said, label(where, "muted", wrap=True, selectable=True), shown, buttons, gap=12, margins=(20, 18, 20, 16)
        )
    )
    dialog.exec()
