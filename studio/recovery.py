"""Unsaved work survives a crash: a JSON file written a second after the first edit that is not in it yet.

A clean end takes it away.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QTimer

from pivot.atomic import write_atomic
from pivot.problems import Refusal
from pivot.project import Project, loads, to_json
from studio.document import Document

DELAY_MS = 1_000


@dataclass(frozen=True, slots=True)
class Recovered:
    """Work that a process left behind."""

    file: Path
    project: Project
    path: Path | None

    @property
    def title(self) -> str:
        return (self.path or Path(self.project.source)).name


def folder() -> Path:
    """Where the files of this user are."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "recovery"


class SwapFile(QObject):
    """Follows a document; `drop` takes the file away."""

    def __init__(self, document: Document, place: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.file = place / f"{os.getpid()}-{id(self)}.json"
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY_MS)
        self._timer.timeout.connect(self.write)
        document.project_changed.connect(lambda before, after: self._edited())

    def write(self) -> None:
        """Write what is unsaved now. A full disk must not disturb the work: then the old copy stays."""
        project = self._document.to_keep()
        if project is None or not self._document.modified:
            self.drop()
            return
        record = {"pid": os.getpid(), "path": str(self._document.path or ""), "project": to_json(project, None)}
        with suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self.file, json.dumps(record).encode("utf-8", "surrogateescape"))

    def drop(self) -> None:
        self._timer.stop()
        with suppress(OSError):
            self.file.unlink(missing_ok=True)

    def _edited(self) -> None:
        if self._document.modified:
            if not self._timer.isActive():  # who types on and on loses no more than who stops
                self._timer.start()
        else:
            self.drop()


def left_behind(place: Path) -> tuple[Recovered, ...]:
    """The work of processes that are gone, newest first; files that cannot be read are skipped and stay."""
    found: list[tuple[float, Recovered]] = []
    for file in place.glob("*.json") if place.is_dir() else ():
        try:
            record = json.loads(file.read_text("utf-8"))
            pid, path = int(record["pid"]), str(record["path"])
            project = loads(json.dumps(record["project"]), str(file))
            when = file.stat().st_mtime
        except (OSError, ValueError, KeyError, TypeError, RecursionError, Refusal):
            continue
        if not _alive(pid):
            found.append((when, Recovered(file, project, Path(path) if path else None)))
    return tuple(item for _, item in sorted(found, key=lambda pair: -pair[0]))


def discard(recovered: Recovered) -> None:
    """Take the file away: the work was taken over, or is not wanted."""
    with suppress(OSError):
        recovered.file.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    """Whether a process runs; on Windows, where asking would end it, every process but this one counts as gone."""
    if pid == os.getpid():
        return True
    if sys.platform == "win32" or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
