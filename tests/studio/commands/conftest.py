"""The command, ready to be called."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studio.fixtures.command import Run, runner


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """`run("convert", path, ...)`: see runner."""
    return runner(capsys, tmp_path)
