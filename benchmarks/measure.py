"""Whole-process measurements: wall time, processor time and peak memory of a command, several times."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command: seconds of wall and processor time, peak resident memory in MB."""

    wall: float
    processor: float
    memory: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """Several runs of one command."""

    name: str
    runs: tuple[Run, ...]

    @property
    def wall(self) -> float:
        """Median wall time in seconds."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def processor(self) -> float:
        """Median processor time in seconds: what other work on the machine disturbs least."""
        return statistics.median(run.processor for run in self.runs)

    @property
    def memory(self) -> float:
        """Largest resident memory of any run, in MB."""
        return max(run.memory for run in self.runs)

    def __str__(self) -> str:
        walls = sorted(run.wall for run in self.runs)
        spread = f"{walls[0]:.2f} to {walls[-1]:.2f}, {len(walls)} runs"
        return f"{self.name:28} {self.wall:8.2f} s ({spread}), processor {self.processor:.2f} s, {self.memory:.0f} MB"


def run_once(command: Sequence[str], accepted: tuple[int, ...] = (0,), cwd: Path = ROOT) -> Run:
    """Run a command to its end. Exits with the end of its stderr when its status is not accepted."""
    with tempfile.TemporaryFile() as noise:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=noise, stderr=subprocess.STDOUT, cwd=cwd, env=environment())
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in accepted:
            noise.seek(0)
            tail = noise.read().decode(errors="replace").splitlines()[-8:]
            sys.exit(f"{' '.join(command)}: status {process.returncode}\n" + "\n".join(tail))
    scale = 1 if sys.platform == "darwin" else 1024  # ru_maxrss: bytes on macOS, KiB on Linux
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale / 1e6)


def measure(
    name: str,
    command: Sequence[str],
    repeats: int,
    *,
    accepted: tuple[int, ...] = (0,),
    cwd: Path = ROOT,
    warm: bool = True,
) -> Measurement:
    """Run a command `repeats` times; with `warm`, after one run that fills the file cache and does not count."""
    if warm:
        run_once(command, accepted, cwd)
    return Measurement(name, tuple(run_once(command, accepted, cwd) for _ in range(repeats)))


def environment() -> Mapping[str, str]:
    """No graphics card, quiet TensorFlow: what is measured is the converter, compiled once as an installed one is."""
    found = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    return found


def command() -> list[str]:
    """`pivot-studio` of the interpreter that runs the benchmark."""
    script = Path(sys.executable).with_name("pivot-studio")
    return [str(script)] if script.exists() else [sys.executable, "-m", "studio"]


def machine() -> str:
    """One line about where the numbers come from; a loaded machine is not a good one."""
    load = os.getloadavg()[0]
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, "
        f"Python {platform.python_version()}"
    )
