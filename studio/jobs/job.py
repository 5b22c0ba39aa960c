"""One run of the command in a child process of its own group: events out, cancel by kill."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from studio.jobs.direct import DirectRun, connected
from studio.jobs.events import Draft, Event, Found, Lines, Progress, Result, Sketch, Text, parse

_TAIL = 4_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `result` is None after a crash, a refusal or a cancel; `said` is the end of stderr."""

    status: int
    result: Result | None
    said: str
    cancelled: bool


def own_command() -> tuple[str, ...]:
    """What starts this application's verbs: the frozen program itself, or the interpreter with the package."""
    return (sys.executable,) if getattr(sys, "frozen", False) else (sys.executable, "-m", "studio")


class Job(QObject):
    """Runs `command`; `heard` carries Found events and the newest Progress of a batch, `finished` one Outcome.

    A job that is held back says nothing until it is released, and then all at once: it runs for somebody who has not
    asked yet.
    """

    heard = Signal(object)
    finished = Signal(object)

    def __init__(self, command: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines = Lines()
        self._result: Result | None = None
        self._said = ""
        self._cancelled = False
        self._ended = False
        self._held: list[Event] | None = None
        self._outcome: Outcome | None = None
        self._pid = 0
        self._command = tuple(command)
        self._process: QProcess | DirectRun | None = None

    def start(self) -> None:
        """Start the child; a program that cannot be started ends as an Outcome of status -1."""
        warm = connected(self._command)
        if warm is not None:
            run = DirectRun(warm[0], self)
            with contextlib.suppress(OSError):  # it went away at this moment: then as where it is not there
                run.start(warm[1], job_environment())
                self._process = run
                self._listen(run)
                return
        process = self._process = QProcess(self)
        process.setProgram(self._command[0])
        process.setArguments(list(self._command[1:]))
        process.setProcessEnvironment(job_environment())
        if hasattr(process, "setUnixProcessParameters") and os.name != "nt":
            process.setUnixProcessParameters(QProcess.UnixProcessFlag.CreateNewSession)
        process.errorOccurred.connect(self._failed)
        self._listen(process)
        process.start()
        self._pid = process.processId()

    def _listen(self, process: QProcess | DirectRun) -> None:
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_errors)
        process.finished.connect(self._end)

    def hold(self) -> None:
        """Say nothing from now on."""
        self._held = []

    def release(self) -> None:
        """Say what was held back, and from now on everything as it comes."""
        held, self._held = self._held or [], None
        for event in held:
            self._emit(event)
        if self._outcome is not None:
            self.finished.emit(self._outcome)

    @property
    def running(self) -> bool:
        return not self._ended

    def cancel(self) -> None:
        """Kill the child and all it started. `finished` follows once the system has reaped it."""
        if self._ended or self._cancelled:
            return
        self._cancelled = True
        self._kill()

    def stop(self, milliseconds: int = 2_000) -> None:
        """Cancel and wait, for the end of the application."""
        self.cancel()
        if not self._ended and self._process is not None:
            self._process.waitForFinished(milliseconds)

    def _kill(self) -> None:
        if self._process is None:
            return
        pid = self._process.processId() or self._pid
        if pid and os.name == "nt":
            subprocess.Popen(["taskkill", "/F", "/T", "/PID", str(pid)], creationflags=0x08000000)
        elif pid:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        self._process.kill()

    def _read(self) -> None:
        assert self._process is not None
        try:
            self._take(list(self._lines.feed(bytes(self._process.readAllStandardOutput().data()))))
        except OverflowError as error:
            self._said += f"\nthe command printed {error}"
            self._kill()

    def _take(self, lines: Sequence[str]) -> None:
        newest: Progress | None = None
        for line in lines:
            match parse(line):
                case Progress() as progress:
                    newest = progress
                case Found() | Sketch() | Text() | Draft() as found:
                    self._emit(found)
                case Result() as result:
                    self._result = result
        if newest is not None:
            self._emit(newest)

    def _emit(self, event: Event) -> None:
        if self._held is not None:
            self._held.append(event)
        elif not self._cancelled:
            self.heard.emit(event)

    def _finish(self, outcome: Outcome) -> None:
        if self._held is not None:
            self._outcome = outcome
        else:
            self.finished.emit(outcome)

    def _read_errors(self) -> None:
        assert self._process is not None
        text = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        self._said = (self._said + text)[-_TAIL:]

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and not self._ended and self._process is not None:
            self._ended = True
            self._finish(Outcome(-1, None, self._process.errorString(), self._cancelled))

    def _end(self, code: int, how: QProcess.ExitStatus) -> None:
        if self._ended:
            return
        self._read()
        self._take(list(self._lines.end()))
        self._read_errors()
        self._ended = True
        crashed = how == QProcess.ExitStatus.CrashExit
        result = None if self._cancelled or crashed else self._result
        self._finish(Outcome(-1 if crashed else code, result, self._said.strip(), self._cancelled))


def job_environment() -> QProcessEnvironment:
    """The parent's environment, unbuffered UTF-8, with our packages importable wherever the application was started."""
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert("PYTHONUNBUFFERED", "1")
    environment.insert("PYTHONIOENCODING", "utf-8")
    root = str(Path(__file__).resolve().parents[2])
    before = environment.value("PYTHONPATH")
    environment.insert("PYTHONPATH", f"{root}{os.pathsep}{before}" if before else root)
    return environment
