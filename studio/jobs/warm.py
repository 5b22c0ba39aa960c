"""The warm process of the application: started once, shared by all documents, ended with the application."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess

CLIENT = Path(__file__).with_name("client.py")


class WarmProcess(QObject):
    """Gives the command that runs verbs: the warm one once it is there, the cold one before that and elsewhere."""

    def __init__(self, cold: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cold = tuple(cold)
        self._folder: Path | None = None
        self._process: QProcess | None = None

    def start(self) -> None:
        """Start loading; nothing where processes cannot be forked, or the program is frozen."""
        if os.name == "nt" or getattr(sys, "frozen", False) or self._process is not None:
            return
        self._folder = Path(tempfile.mkdtemp(prefix="pivot-warm-"))
        process = self._process = QProcess(self)
        from studio.jobs.job import job_environment

        process.setProcessEnvironment(job_environment())
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.start(self._cold[0], [*self._cold[1:], "serve", str(self._socket)])

    @property
    def ready(self) -> bool:
        """Whether verbs can be run warm now."""
        return self._folder is not None and self._socket.exists()

    @property
    def command(self) -> tuple[str, ...]:
        """What a verb and its arguments are appended to."""
        if not self.ready:
            return self._cold
        return (sys.executable, "-I", "-S", str(CLIENT), str(self._socket), *self._cold, "--")

    @property
    def _socket(self) -> Path:
        return (self._folder or Path()) / "verbs"

    def shut(self) -> None:
        """End it; what it runs for clients that are still there ends with them."""
        if self._process is not None:
            self._process.closeWriteChannel()
            if not self._process.waitForFinished(1_000):
                self._process.kill()
                self._process.waitForFinished(1_000)
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
