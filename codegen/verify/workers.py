"""Runs a job in a worker process of its own: limits, progress, cancelling, and one clear line when it fails."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_HERE = Path(__file__).resolve().parent
WORKER = _HERE / "worker.py"
RUNTIMES = {name: _HERE.parent / name / "runtime.py" for name in ("torch", "keras")}
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP")
_TICK = 0.1


class WorkerFailure(Exception):
    """The job was not done; the text is one line, `file` and `line` name the place in the model's code if known."""

    def __init__(
        self, why: str, file: str | None = None, line: int = 0, report: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(why)
        self.why, self.file, self.line = why, file, line
        self.report: Mapping[str, object] = report or {}


class Cancelled(Exception):
    """Somebody no longer wants the result; the worker was ended."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of wall time, bytes of address space (None: as the system has it)."""

    seconds: float = 300.0
    memory: int | None = None


def run_worker(
    framework: str,
    job: Mapping[str, object],
    folder: Path,
    name: str,
    limits: Limits,
    *,
    python: str | None = None,
    backend: str = "tensorflow",
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, object]:
    """The report of the job; its arrays lie where the job said. Raises WorkerFailure, Cancelled."""
    path, report = folder / f"{name}.json", folder / f"{name}.report.json"
    content = {**job, "report": str(report), "memory": limits.memory}
    path.write_text(json.dumps(content), encoding="utf-8")
    report.unlink(missing_ok=True)
    command = [python or sys.executable, "-P", "-s", str(WORKER), str(RUNTIMES[framework]), str(path)]
    errors = folder / f"{name}.stderr"
    with errors.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=folder,
            env=_environment(folder, backend),
            text=True,
            start_new_session=True,
        )
        try:
            _wait(process, limits.seconds, progress, cancelled)
        finally:
            _end(process)
    return _outcome(process.returncode, report, errors)


def _environment(folder: Path, backend: str) -> dict[str, str]:
    """A small environment: no secrets of the user, one thread, no graphics card, no chatter."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return kept | {
        "HOME": str(folder),
        "KERAS_HOME": str(folder),
        "KERAS_BACKEND": backend,
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONIOENCODING": "utf-8",
    }


def _wait(
    process: subprocess.Popen[str], seconds: float, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
) -> None:
    """Until the worker has closed its output: hands progress on, looks at the clock and at `cancelled`."""
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read_lines, args=(process.stdout, lines), daemon=True).start()
    deadline = time.monotonic() + seconds
    while True:
        try:
            line = lines.get(timeout=_TICK)
        except queue.Empty:
            line = ""
        if line is None:
            break
        if line.startswith("{"):
            event = json.loads(line)
            progress(int(event["done"]), int(event["total"]))
        if cancelled():
            raise Cancelled
        if time.monotonic() > deadline:
            raise WorkerFailure(f"it did not finish within {seconds:g} s")
    try:
        process.wait(timeout=max(1.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise WorkerFailure(f"it did not finish within {seconds:g} s") from error


def _read_lines(stream: TextIO | None, lines: queue.Queue[str | None]) -> None:
    for line in stream or ():
        lines.put(line)
    lines.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    """The whole process group, so that nothing the model started lives on."""
    if os.name == "nt":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):  # it is gone already
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _outcome(code: int, report: Path, errors: Path) -> dict[str, object]:
    if report.exists():
        found: dict[str, object] = json.loads(report.read_text(encoding="utf-8"))
        if found["ok"]:
            return found
        line = found.get("line")
        raise WorkerFailure(str(found["error"]), _text(found.get("file")), line if isinstance(line, int) else 0, found)
    lines = [line.strip() for line in errors.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    last = lines[-1][:300] if lines else "it said nothing"
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        raise WorkerFailure(f"it was ended by the system ({name}), perhaps for want of memory: {last}")
    raise WorkerFailure(f"it ended with status {code}: {last}")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
