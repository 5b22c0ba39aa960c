"""Op files of decisions that are remembered: written when such a decision is made, taken away when it is taken back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from pivot.atomic import write_atomic
from pivot.decisions import Decision, parse_decisions
from pivot.op_folders import project_folder, user_folder
from pivot.problems import Refusal
from pivot.project import Project
from studio.document import Document


class Remembering(QObject):
    """Follows the decisions of a document, undo and redo included. `changed` is emitted when op files are others."""

    changed = Signal()

    def __init__(self, document: Document, say: Callable[[str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._say = say
        document.project_changed.connect(self._follow)

    def _follow(self, before: Project | None, after: Project | None) -> None:
        """Only steps of one project count: opening another must not write or remove anything."""
        if before is None or after is None or before.source != after.source or before.decisions == after.decisions:
            return
        old, new = _remembered(before), _remembered(after)
        for decision in old - new:
            self._forget(file_of(decision, after), decision)
        for decision in new - old:
            self._keep(file_of(decision, after), decision)
        if old != new:
            self.changed.emit()

    def _keep(self, file: Path, decision: Decision) -> None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(file, _content(decision))
        except OSError as error:
            self._say(self.tr("{0} could not be written: {1}").format(file, error.strerror or error))
        else:
            self._say(self.tr("Remembered in {0}").format(file))

    def _forget(self, file: Path, decision: Decision) -> None:
        """Take the file away, unless somebody changed it since."""
        try:
            if file.is_file() and file.read_bytes() == _content(decision):
                file.unlink()
        except OSError as error:
            self._say(self.tr("{0} could not be removed: {1}").format(file, error.strerror or error))


def file_of(decision: Decision, project: Project) -> Path:
    """Where the op file of a decision lies."""
    folder = user_folder() if decision.remember == "user" else project_folder(Path(project.source))
    return folder / f"{re.sub(r'[^A-Za-z0-9_.-]', '_', decision.name)}.toml"


def _content(decision: Decision) -> bytes:
    return f"# {decision.title}\n{decision.ops}".encode()


def _remembered(project: Project) -> frozenset[Decision]:
    try:
        found = parse_decisions(project.decisions)
    except Refusal:
        return frozenset()
    return frozenset(decision for decision in found if decision.remember and decision.where is None)
