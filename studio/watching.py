"""Another program writes a file that is open: noticed, read again, and put together with what was edited here."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from pivot import edits
from pivot.merging import merge
from studio.document import Document
from studio.translation import counted, tr

SETTLE_MS = 150  # writers that write twice are read once
POLL_MS = 2_000  # on file systems that tell nothing


class SourceWatch(QObject):
    """Follows the files of a document; `changed` is called when one of them holds something else now.

    The watcher of the system follows the file and not its name: after a file was replaced it is silent. So the folders
    are watched too, names are added again, and times and sizes are looked at now and then.
    """

    def __init__(self, document: Document, changed: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._changed = changed
        self._watcher = QFileSystemWatcher(self)
        self._seen: dict[str, tuple[int, int] | None] = {}
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._look)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._compare)
        self._watcher.fileChanged.connect(lambda path: self._settle.start())
        self._watcher.directoryChanged.connect(lambda path: self._compare())
        document.project_changed.connect(lambda before, after: self._follow())
        document.results_changed.connect(self._follow)

    def stop(self) -> None:
        """Watch nothing any more."""
        self._settle.stop()
        self._poll.stop()
        old = [*self._watcher.files(), *self._watcher.directories()]
        if old:
            self._watcher.removePaths(old)
        self._seen = {}

    def _follow(self) -> None:
        files = [file for file in self._document.files() if os.path.isabs(file)]
        if not files:
            self.stop()
            return
        wanted = {*files, *(os.path.dirname(file) for file in files)}
        known = {*self._watcher.files(), *self._watcher.directories()}
        gone, new = known - wanted, [path for path in wanted - known if os.path.exists(path)]
        if gone:
            self._watcher.removePaths([*gone])
        if new:
            self._watcher.addPaths(new)
        self._seen = {file: self._seen.get(file, _stamp(file)) for file in files}
        if not self._poll.isActive():
            self._poll.start()

    def _compare(self) -> None:
        now = {file: _stamp(file) for file in self._seen}
        if now != self._seen:
            self._seen = now
            self._settle.start()

    def _look(self) -> None:
        self._seen = {file: _stamp(file) for file in self._seen}
        if self._document.outdated_files():
            self._changed()
        self._follow()


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def take_over(document: Document, outdated: tuple[str, ...]) -> str:
    """Read files again and put their new text together with what was edited here, as one undo step; what happened.

    Where both changed the same lines, what was edited here stays, and the lines are named. The text of a file that is
    gone is kept as if it had been edited here.
    """
    project = document.project
    bases = {path: document.on_disk(path) for path in outdated}
    document.reload()
    names = ", ".join(Path(path).name for path in outdated[:2])
    if project is None:
        return ""
    merged = project
    conflicts: list[str] = []
    gone: list[str] = []
    for path, base in bases.items():
        mine, theirs = project.texts.get(path), document.on_disk(path)
        if theirs is None:
            gone.append(Path(path).name)
            if mine is None and base is not None:
                merged = edits.set_text(merged, path, base)
            continue
        if mine is None:
            continue
        if base is None:  # it was gone, and is there again
            merged = edits.set_text(merged, path, mine, theirs)
            conflicts += [f"{Path(path).name}:1"] if mine != theirs else []
            continue
        done = merge(base, mine, theirs)
        merged = edits.set_text(merged, path, done.text, theirs)
        conflicts += [f"{Path(path).name}:{line}" for line in done.conflicts]
    if merged != project:
        document.edit(f"keep {', '.join(gone)}" if gone else f"merge {names} with the disk", merged)
        document.seal()
    if gone:
        return tr("{0} is gone from the disk: its text is kept here, save the project").format(", ".join(gone))
    if conflicts:
        places, many = ", ".join(conflicts[:3]), counted(len(conflicts), "place")
        return tr("{0} changed here and on disk: yours stays at {1}").format(many, places)
    if merged != project:
        return tr("Put together with the edits here, it changed on disk: {0}").format(names)
    return tr("Read again, it changed on disk: {0}").format(names)
