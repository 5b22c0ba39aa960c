"""One child process: events, its end, its death with all its children."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.jobs.events import Found, Progress
from studio.jobs.job import Job, Outcome

LIMIT = 20_000


def run(qtbot: QtBot, script: str) -> tuple[list[object], Outcome]:
    job = Job((sys.executable, "-c", script))
    events: list[object] = []
    job.heard.connect(events.append)
    with qtbot.waitSignal(job.finished, timeout=LIMIT) as ended:
        job.start()
    return events, ended.args[0]


def test_events_result_and_status(qtbot: QtBot) -> None:
    script = """if True:
        import json, sys
        for done in range(3):
            print(json.dumps({"event": "progress", "step": "read", "done": done, "total": 3}))
        print("noise")
        print(json.dumps({"event": "problem", "why": "odd"}))
        print(json.dumps({"event": "result", "status": 3}), end="")
        sys.stderr.write("said\\n")
        sys.exit(3)
    """
    events, outcome = run(qtbot, script)
    assert Progress("read", 2, 3) in events
    assert any(isinstance(event, Found) and event.problem.why == "odd" for event in events)
    assert outcome.status == 3
    assert outcome.result is not None
    assert outcome.result.status == 3
    assert outcome.said == "said"
    assert not outcome.cancelled


def test_a_crash_is_an_outcome_without_a_result(qtbot: QtBot) -> None:
    script = """if True:
        import os, signal
        print('{"event": "result", "status": 0}', flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    _, outcome = run(qtbot, script)
    assert outcome.status == -1
    assert outcome.result is None


def test_a_program_that_does_not_exist(qtbot: QtBot) -> None:
    job = Job(("/nowhere/at/all",))
    with qtbot.waitSignal(job.finished, timeout=LIMIT) as ended:
        job.start()
    assert ended.args[0].status == -1
    assert ended.args[0].said


@pytest.mark.skipif(os.name == "nt", reason="process groups are a matter of the system")
def test_cancel_kills_the_child_and_its_children(qtbot: QtBot, tmp_path: Path) -> None:
    note = tmp_path / "pids"
    script = f"""if True:
        import os, signal, subprocess, sys
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
        with open({str(note)!r} + ".new", "w") as file: file.write(f"{{os.getpid()}} {{child.pid}}")
        os.rename({str(note)!r} + ".new", {str(note)!r})
        signal.pause()
    """
    job = Job((sys.executable, "-c", script))
    job.start()
    qtbot.waitUntil(note.exists, timeout=LIMIT)
    pids = [int(word) for word in note.read_text().split()]
    with qtbot.waitSignal(job.finished, timeout=LIMIT) as ended:
        job.cancel()
    assert ended.args[0].cancelled
    assert ended.args[0].result is None
    qtbot.waitUntil(lambda: not any(map(lives, pids)), timeout=LIMIT)


def lives(pid: int) -> bool:
    """Whether a process runs; one that waits to be reaped by nobody does not."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat")
        return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
    return False
