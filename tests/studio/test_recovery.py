"""Unsaved work outlives a process that was killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from pivot import edits
from studio.document import Document
from studio.recovery import SwapFile, discard, left_behind

GONE = 2**22 + 5


def test_it_is_written_after_an_edit_and_taken_away_by_saving(
    qtbot: QtBot, document: Document, source: Path, tmp_path: Path
) -> None:
    swap = SwapFile(document, tmp_path / "recovery")
    document.open(source)
    assert not swap.file.exists()
    document.edit("model", edits.set_model(document.project, "Net()"))
    qtbot.waitUntil(swap.file.exists, timeout=10_000)
    assert json.loads(swap.file.read_text())["project"]["model"] == "Net()"
    assert left_behind(tmp_path / "recovery") == ()
    document.save(tmp_path / "p.pivot")
    assert not swap.file.exists()


def test_what_a_dead_process_left_comes_back(document: Document, source: Path, tmp_path: Path) -> None:
    document.open(source)
    document.edit("text", edits.set_text(document.project, str(source), "x = 1\n"))
    swap = SwapFile(document, tmp_path)
    swap.write()
    record = json.loads(swap.file.read_text())
    swap.file.write_text(json.dumps(record | {"pid": GONE}))
    (tmp_path / "broken.json").write_text("{")
    (found,) = left_behind(tmp_path)
    assert found.project == document.project
    assert found.title == source.name
    discard(found)
    assert left_behind(tmp_path) == ()
    assert (tmp_path / "broken.json").exists()


def test_a_killed_process(tmp_path: Path, source: Path, root: Path) -> None:
    """A real process edits, says so, and is killed before it can do anything more."""
    script = f"""if True:
        import sys, signal
        from pathlib import Path
        from PySide6.QtCore import QCoreApplication
        from pivot import edits
        from studio.document import Document
        from studio.recovery import SwapFile
        app = QCoreApplication([])
        document = Document()
        document.open(Path({str(source)!r}))
        swap = SwapFile(document, Path({str(tmp_path / "left")!r}))
        document.edit("text", edits.set_text(document.project, {str(source)!r}, "mine"))
        swap.write()
        print("written", flush=True)
        signal.pause()
    """
    child = subprocess.Popen([sys.executable, "-c", script], cwd=root, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "written"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    (found,) = left_behind(tmp_path / "left")
    assert found.project.texts == {str(source): "mine"}
