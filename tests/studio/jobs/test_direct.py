"""Runs in the warm process without a process that asks for them."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from pathlib import Path
from threading import Thread

import pytest
from pytestqt.qtbot import QtBot

from studio.jobs.events import Found
from studio.jobs.job import Job, Outcome
from studio.jobs.warm import CLIENT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no warm process")


class Server:
    """Answers one client: notes what it asks, prints, and tells a status, or waits until it hangs up."""

    def __init__(self, place: Path, printed: bytes, status: int | None) -> None:
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(place))
        self.listener.listen(1)
        self.printed, self.status = printed, status
        self.asked: dict[str, object] = {}
        self.hung_up = False
        self.thread = Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        client, _ = self.listener.accept()
        self.listener.close()
        head, files, _, _ = socket.recv_fds(client, 4, 2)
        data = b""
        while len(data) < struct.unpack("!I", head)[0]:
            data += client.recv(1 << 16)
        self.asked = json.loads(data)
        with os.fdopen(files[0], "wb") as out, os.fdopen(files[1], "wb") as err:
            out.write(self.printed)
            err.write(b"said aloud\n")
        if self.status is not None:
            client.sendall(bytes((self.status,)))
        else:
            self.hung_up = client.recv(1) == b""
        client.close()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "s"


def job_at(place: Path, *cold: str) -> tuple[Job, list[Outcome], list[object]]:
    """A job that asks the server at a place."""
    job = Job((sys.executable, "-I", "-S", str(CLIENT), str(place), *cold, "--", "convert", "a b.py"))
    ended: list[Outcome] = []
    heard: list[object] = []
    job.finished.connect(ended.append)
    job.heard.connect(heard.append)
    return job, ended, heard


def test_a_run_is_asked_for_and_heard(place: Path, qtbot: QtBot) -> None:
    problem = {"event": "problem", "code": "c", "severity": "info", "file": "f", "line": 1, "column": 1, "why": "w"}
    long = json.dumps({**problem, "remedy": "r" * 200_000}) + "\n"
    result = json.dumps({"event": "result", "status": 3}) + "\n"
    server = Server(place, (long + result).encode(), 3)
    job, ended, heard = job_at(place)
    job.start()
    qtbot.waitUntil(lambda: bool(ended))
    assert (ended[0].status, ended[0].said, ended[0].cancelled) == (3, "said aloud", False)
    assert ended[0].result is not None and ended[0].result.status == 3
    assert [len(event.problem.remedy) for event in heard if isinstance(event, Found)] == [200_000]
    assert server.asked["words"] == ["convert", "a b.py"]
    assert server.asked["folder"] == str(Path.cwd())
    assert not job.running
    server.thread.join(10)


def test_a_run_that_is_cancelled_hangs_up(place: Path, qtbot: QtBot) -> None:
    server = Server(place, b"", None)
    job, ended, _ = job_at(place)
    job.start()
    qtbot.waitUntil(lambda: bool(server.asked))
    job.cancel()
    qtbot.waitUntil(lambda: bool(ended))
    assert ended[0].cancelled and ended[0].result is None
    server.thread.join(10)
    assert server.hung_up


def test_where_nobody_answers_the_cold_command_runs(place: Path, qtbot: QtBot) -> None:
    job, ended, _ = job_at(place, sys.executable, "-c", "import sys; sys.exit(len(sys.argv) + 4)")
    job.start()
    qtbot.waitUntil(lambda: bool(ended), timeout=20_000)
    assert ended[0].status == 7
