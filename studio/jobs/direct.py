"""A run in the warm process without a process of its own that asks for it: what a job needs of QProcess.

It speaks with the warm process as `client.py` does, and saves the start of an interpreter at each edit.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QProcess, QProcessEnvironment, QSocketNotifier, QTimer, Signal

from studio.jobs.warm import CLIENT

CHUNK = 1 << 16
CRASHED = 134
OUT, ERR = 0, 1


def connected(command: Sequence[str]) -> tuple[socket.socket, list[str]] | None:
    """The warm process that a command asks, and the words of its verb; None where it asks none, or none answers."""
    if len(command) < 5 or command[3] != str(CLIENT) or not hasattr(socket, "AF_UNIX"):
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(command[4])
    except OSError:
        connection.close()
        return None
    return connection, list(command[command.index("--") + 1 :])


class DirectRun(QObject):
    """One verb in the warm process."""

    readyReadStandardOutput = Signal()
    readyReadStandardError = Signal()
    finished = Signal(int, object)

    def __init__(self, connection: socket.socket, parent: QObject) -> None:
        super().__init__(parent)
        self._connection = connection
        self._held = [b"", b""]
        self._open: dict[int, int] = {}  # which stream each descriptor is
        self._notifiers: dict[int, QSocketNotifier] = {}
        self._status: int | None = None
        self._ended = False

    def start(self, words: list[str], environment: QProcessEnvironment) -> None:
        """Ask for the run. Raises OSError."""
        values = dict(entry.partition("=")[::2] for entry in environment.toStringList())
        request = {"words": words, "environment": values, "folder": str(Path.cwd())}
        data = json.dumps(request).encode()
        reading, writing = zip(os.pipe(), os.pipe(), strict=True)
        try:
            socket.send_fds(self._connection, [struct.pack("!I", len(data))], writing)
            self._connection.sendall(data)
        finally:
            for number in writing:
                os.close(number)
        for stream, number in enumerate(reading):
            os.set_blocking(number, False)
            self._open[number] = stream
            self._listen(number, partial(self._read, number))
        self._connection.setblocking(False)
        self._listen(self._connection.fileno(), self._told)

    def _listen(self, number: int, heard: partial[None] | object) -> None:
        notifier = QSocketNotifier(number, QSocketNotifier.Type.Read, self)
        notifier.activated.connect(lambda *_: heard())  # type: ignore[operator]
        self._notifiers[number] = notifier

    def _read(self, number: int) -> None:
        stream = self._open.get(number)
        if stream is None:
            return
        try:
            data = os.read(number, CHUNK)
        except BlockingIOError:
            return
        if not data:
            self._drop(number)
            os.close(number)
            del self._open[number]
            self._end()
            return
        self._held[stream] += data
        (self.readyReadStandardOutput if stream == OUT else self.readyReadStandardError).emit()

    def _told(self) -> None:
        """The exit status came, or the run went away without one."""
        try:
            said = self._connection.recv(1)
        except BlockingIOError:
            return
        self._status = said[0] if said else CRASHED
        self._drop(self._connection.fileno())
        self._connection.close()
        self._end()

    def _drop(self, number: int) -> None:
        notifier = self._notifiers.pop(number)
        notifier.setEnabled(False)
        notifier.deleteLater()

    def _end(self) -> None:
        """Tell the end once all that was printed is here."""
        if self._status is not None and not self._open and not self._ended:
            self._ended = True
            self.finished.emit(self._status, QProcess.ExitStatus.NormalExit)

    # -- what a job asks of a process

    def readAllStandardOutput(self) -> QByteArray:
        held, self._held[OUT] = self._held[OUT], b""
        return QByteArray(held)

    def readAllStandardError(self) -> QByteArray:
        held, self._held[ERR] = self._held[ERR], b""
        return QByteArray(held)

    def processId(self) -> int:
        """The run is no child of this process."""
        return 0

    def errorString(self) -> str:
        return ""

    def kill(self) -> None:
        """Hang up: the warm process ends the run and all it started."""
        if self._ended:
            return
        for number in list(self._notifiers):
            self._drop(number)
        for number in self._open:
            os.close(number)
        self._open.clear()
        self._connection.close()
        QTimer.singleShot(0, self._killed)

    def _killed(self) -> None:
        if not self._ended:
            self._ended = True
            self.finished.emit(-1, QProcess.ExitStatus.CrashExit)

    def waitForFinished(self, milliseconds: int) -> bool:
        """Of a run that was hung up, nothing is waited for."""
        self._killed()
        return True
