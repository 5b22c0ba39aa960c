"""The application: crash reports, and a probe for a fault of the Qt binding."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QPainterPath

from studio.app import CrashCatcher, report_text
from tests.studio.fixtures.sources import SMALL, UNMAPPED


def test_void_calls_do_not_take_references_of_none() -> None:
    """PySide6 6.12.0 lost one at every void call: CPython 3.11 aborts after some thousand of them."""
    path = QPainterPath()
    before = sys.getrefcount(None)
    for at in range(1_000):
        path.moveTo(float(at), 0.0)
    assert sys.getrefcount(None) >= before - 50


def test_an_uncaught_exception_becomes_a_report_and_one_dialog(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[tuple[Path | None, str]] = []
    catcher = CrashCatcher(tmp_path, lambda path, text: shown.append((path, text)))
    try:
        raise ValueError("by intention")
    except ValueError as error:
        catcher.catch(ValueError, error, error.__traceback__)
    ((path, text),) = shown
    assert path is not None
    assert path.read_text() == text
    assert "ValueError: by intention" in text
    assert "Qt 6." in text
    assert "by intention" in capsys.readouterr().err


def test_a_fault_inside_the_dialog_opens_no_second_one(tmp_path: Path) -> None:
    shown: list[str] = []

    def show(path: Path | None, text: str) -> None:
        shown.append(text)
        catcher.catch(KeyError, KeyError("again"), None)

    catcher = CrashCatcher(tmp_path, show)
    catcher.catch(ValueError, ValueError("first"), None)
    assert len(shown) == 1
    assert len(list(tmp_path.glob("crash-*.txt"))) == 2


def test_a_report_is_told_even_where_it_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    shown: list[Path | None] = []
    catcher = CrashCatcher(tmp_path / "file" / "folder", lambda path, text: shown.append(path))
    catcher.install()
    try:
        assert sys.excepthook == catcher.catch
        catcher.catch(ValueError, ValueError("x"), None)
    finally:
        catcher.uninstall()
    assert shown == [None]
    assert sys.excepthook != catcher.catch


def test_the_report_names_versions() -> None:
    assert report_text(ValueError, ValueError("x"), None).startswith("Pivot Studio ")


@pytest.mark.parametrize("how", ["early", "worked", "busy"])
def test_the_process_ends_with_nothing_to_say(how: str, root: Path, tmp_path: Path) -> None:
    """What dies with the interpreter dies in any order: a process that was closed must not crash in the end."""
    sources = [tmp_path / "small.py", tmp_path / "unmapped.py"]
    for path, text in zip(sources, (SMALL, UNMAPPED), strict=True):
        path.write_text(text)
    folders = {name: str(tmp_path / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    environment = os.environ | folders | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "tests.studio.fixtures.closing", how, *map(str, sources)]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=120, check=False)
    said = [line for line in done.stderr.splitlines() if not line.startswith("This plugin does not support")]
    assert (done.returncode, said) == (0, [])
    assert not list(tmp_path.rglob("crash-*.txt"))
