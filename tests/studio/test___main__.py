"""Words on the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.__main__ import main


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "pivot-studio open FILE" in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("pivot-studio ")


def test_unknown_words_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["paint"], ["open"], ["open", "a", "b"]):
        assert main(words) == 2
        assert "unknown command" in capsys.readouterr().err


def test_a_file_that_does_not_exist_ends_with_status_two(root: Path, tmp_path: Path) -> None:
    """The window is really started, in a process of its own."""
    command = [sys.executable, "-m", "studio", "open", str(tmp_path / "none.py"), "--exit-after-load"]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr


def test_the_window_without_a_file_starts_and_ends(root: Path) -> None:
    command = [sys.executable, "-m", "studio", "--exit-after-load"]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
