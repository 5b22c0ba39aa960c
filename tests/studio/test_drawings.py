"""Saving the graph from the window."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from studio.jobs.queue import Jobs
from studio.window import Window

Settle = Callable[[Jobs], None]


def test_saving_a_picture_of_the_graph(
    window: Window, jobs: Jobs, source: Path, settle: Settle, tmp_path: Path
) -> None:
    window.open_path(source)
    settle(jobs)
    window.filing.chooser.picture = lambda parent, start: tmp_path / start.name
    window.bound.trigger("file.save_graph")
    assert (tmp_path / "small_net.svg").read_text().startswith("<?xml")
    assert "small_net.svg" in window.status.said


def test_graphviz_is_named_where_it_is_absent(
    window: Window, jobs: Jobs, source: Path, settle: Settle, tmp_path: Path
) -> None:
    window.open_path(source)
    settle(jobs)
    told: list[str] = []
    window.filing.tell = lambda parent, title, text, more: told.append(f"{text} {more}")
    window.drawings.program = "no-such-program"
    assert not window.drawings.save(tmp_path / "net.gv.pdf")
    assert "Graphviz is not installed" in told[0] and "dot" in told[0]


def test_graphviz_lays_out_and_its_faults_are_told(
    window: Window, jobs: Jobs, source: Path, settle: Settle, tmp_path: Path, qtbot: QtBot
) -> None:
    window.open_path(source)
    settle(jobs)
    program = tmp_path / "dot"
    program.write_text('#!/bin/sh\ncat > "$3"\n')
    os.chmod(program, 0o755)
    window.drawings.program = str(program)
    assert window.drawings.save(tmp_path / "net.gv.pdf")
    qtbot.waitUntil(lambda: "laid out by Graphviz" in window.status.said)
    assert (tmp_path / "net.gv.pdf").read_text().startswith("digraph")
    told: list[str] = []
    window.filing.tell = lambda parent, title, text, more: told.append(text)
    program.write_text("#!/bin/sh\ncat > /dev/null\necho broken >&2\nexit 1\n")
    assert window.drawings.save(tmp_path / "net.gv.svg")
    qtbot.waitUntil(lambda: bool(told))
    assert "broken" in told[0]
