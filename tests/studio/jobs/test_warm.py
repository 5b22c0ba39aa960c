"""Verbs in a process that is warm."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from studio.document import Document
from studio.jobs.job import own_command
from studio.jobs.queue import Jobs
from studio.jobs.warm import CLIENT, WarmProcess
from studio.results import Results

pytestmark = pytest.mark.skipif(os.name == "nt", reason="processes cannot be forked")


@pytest.fixture
def warm(qtbot: QtBot) -> Iterator[WarmProcess]:
    made = WarmProcess(own_command())
    made.start()
    yield made
    made.shut()


def test_it_serves_as_the_cold_command_does(warm: WarmProcess, qtbot: QtBot, root: Path, tmp_path: Path) -> None:
    assert warm.command == own_command(), "until it is loaded, runs start cold"
    qtbot.waitUntil(lambda: warm.ready, timeout=30_000)
    words = ["ops", "--missing", "keras"]
    hot, cold = (
        subprocess.run([*command, *words], capture_output=True, cwd=root, timeout=60, check=False)
        for command in (warm.command, own_command())
    )
    assert (hot.returncode, hot.stdout, hot.stderr) == (cold.returncode, cold.stdout, cold.stderr)
    missing = ["convert", "none.py", "--to", "keras", "-o", "out"]
    done = subprocess.run([*warm.command, *missing], capture_output=True, cwd=tmp_path, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"none.py:")

    document = Document()
    jobs = Jobs(document, lambda: warm.command)
    shown: list[Results] = []  # each state, however short: a loaded machine may show one for no time at all

    def note() -> None:
        if document.results is not None:
            shown.append(document.results)

    document.results_changed.connect(note)
    document.open(root / "resources" / "examples" / "cifar_cnn.py")
    qtbot.waitUntil(lambda: any(results.pending for results in shown), timeout=30_000)
    assert shown[0].partial, "the network is there before the target"
    before_proof = next(results for results in shown if results.pending)
    assert "keras" in before_proof.target_text, "the target is there before it is proved"
    drawn = before_proof.picture
    qtbot.waitUntil(lambda: not jobs.busy, timeout=30_000)
    assert not document.results.pending
    assert document.results.picture is drawn
    assert document.results.conversion["nodes"]["unmapped"] == 0
    assert document.results.directory is not None
    assert "keras" in document.results.target_text
    assert document.changed_target_lines == frozenset()
    jobs.convert()
    begun = time.monotonic()
    jobs.cancel()
    jobs.shut()
    assert time.monotonic() - begun < 1.0
    socket = warm._socket
    warm.shut()
    assert not socket.exists()


def test_where_it_is_gone_the_cold_command_runs(tmp_path: Path) -> None:
    echo = [sys.executable, "-c", "import sys; print(sys.argv[1:])"]
    client = [sys.executable, "-I", "-S", str(CLIENT), str(tmp_path / "none"), *echo, "--", "show", "x.py"]
    assert subprocess.run(client, capture_output=True, text=True, timeout=60, check=True).stdout == "['show', 'x.py']\n"


def test_a_run_after_others_prints_what_a_cold_one_does(
    warm: WarmProcess, qtbot: QtBot, root: Path, tmp_path: Path
) -> None:
    qtbot.waitUntil(lambda: warm.ready, timeout=30_000)
    text = (root / "resources" / "examples" / "cifar_cnn.py").read_text(encoding="utf-8")
    source = tmp_path / "net.py"
    for change in (("", ""), ("kernel_size=3", "kernel_size=5"), ("class", "klass"), ("", "")):
        source.write_text(text.replace(*change) if change[0] else text, encoding="utf-8")
        words = ["convert", str(source), "--to", "keras", "-o", str(tmp_path / "out"), "--json"]
        hot, cold = (
            subprocess.run([*command, *words], capture_output=True, cwd=root, timeout=60, check=False)
            for command in (warm.command, own_command())
        )
        assert (hot.returncode, hot.stdout, hot.stderr) == (cold.returncode, cold.stdout, cold.stderr)
