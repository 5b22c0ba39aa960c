"""A process that edits and saves is killed, again and again: no project is ever broken, and little is lost.

    python -m tests.studio.journeys.kills [--count 200]

The process tells the time of every edit. What the saved project and the file of unsaved work hold afterwards is
compared with that: the newest state that is there may be older than the kill by no more than LOST seconds of edits.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from pivot.project import load_project
from studio.recovery import left_behind

LOST = 2.0
ROOT = Path(__file__).parents[3]
SOURCE = "from torch import nn\n\n\nclass Net(nn.Module):\n    pass\n"


@dataclass(frozen=True, slots=True)
class Kill:
    """What one kill left: how many edits were made, how many are there, and how old the first lost one was."""

    made: int
    kept: int
    lost_s: float
    saves: int


def work(folder: Path, seed: int) -> None:
    """In a process of its own: edit for ever, save now and then, tell when."""
    from PySide6.QtCore import QCoreApplication, QTimer

    from pivot import edits
    from studio.document import Document
    from studio.recovery import SwapFile

    app = QCoreApplication([])
    dice = random.Random(seed)
    document = Document()
    source, saved = folder / "net.py", folder / "net.pivot"
    document.open(source)
    swap = SwapFile(document, folder / "recovery")
    made, saves = 0, 0

    def edit() -> None:
        nonlocal made, saves
        made += 1
        document.edit(f"edit {made}", edits.set_text(document.project, str(source), f"{SOURCE}# {made}\n"))
        os.write(1, f"{made} {time.monotonic()} {saves}\n".encode())
        if dice.random() < 0.006:
            document.save(saved)
            saves += 1
        turn.setInterval(dice.choice([0, 1, 5, 30]))

    turn = QTimer()
    turn.timeout.connect(edit)
    turn.start(0)
    app.exec()
    del swap


def kill_once(folder: Path, seed: int) -> Kill:
    """Let it work for a while, kill it, look at what is there. Raises what loading raises."""
    dice = random.Random(seed)
    (folder / "net.py").write_text(SOURCE, encoding="utf-8")
    words = [sys.executable, "-m", "tests.studio.journeys.kills", "--work", str(folder), "--seed", str(seed)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=ROOT, env=environment) as child:
        out = child.stdout
        assert out is not None
        told = out.readline()
        time.sleep(dice.uniform(0.0, 2.5))
        os.kill(child.pid, signal.SIGKILL)
        killed = time.monotonic()
        told += out.read()
        child.wait()
    lines = [line.split() for line in told.decode().splitlines() if line.count(" ") == 2]
    times = {int(number): float(when) for number, when, _ in lines}
    made = max(times)
    kept = 0
    saved = folder / "net.pivot"
    if saved.exists():
        kept = number_in(load_project(saved).texts)
    for item in left_behind(folder / "recovery"):
        kept = max(kept, number_in(item.project.texts))
    lost = killed - times[kept + 1] if kept < made else 0.0
    return Kill(made, kept, lost, int(lines[-1][2]))


def number_in(texts: object) -> int:
    """The number of the edit that a state holds."""
    (text,) = getattr(texts, "values", dict)() or (SOURCE + "# 0\n",)
    return int(text.rpartition("# ")[2])


def kill_often(count: int, seed: int = 0) -> list[Kill]:
    """So many kills, each in a folder of its own."""
    found = []
    for number in range(count):
        with tempfile.TemporaryDirectory(prefix="pivot-studio-kill-") as folder:
            found.append(kill_once(Path(folder), seed + number))
    return found


def main() -> int:
    """Run from the command line; 1 when too much was lost. A broken project ends it with a traceback."""
    parser = argparse.ArgumentParser(prog="python -m tests.studio.journeys.kills", description="Kill and look.")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    if given.work is not None:
        work(given.work, given.seed)
        return 0
    found = kill_often(given.count, given.seed)
    worst = max(kill.lost_s for kill in found)
    edits_made, saves = sum(kill.made for kill in found), sum(kill.saves for kill in found)
    print(f"{len(found)} kills, {edits_made} edits and {saves} saves before them: no project is broken, ", end="")
    print(f"at most {worst:.2f} s of edits were lost (allowed: {LOST} s)")
    return 0 if worst <= LOST else 1


if __name__ == "__main__":
    sys.exit(main())
