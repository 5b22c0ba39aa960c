"""The whole window on the stand-in of the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.jobs.queue import Jobs
from studio.window import Window


def test_opening_a_file_shows_its_network_everywhere(
    window: Window, jobs: Jobs, source: Path, settle: Callable[[Jobs], None]
) -> None:
    assert window.welcome.isVisible()
    assert window.open_path(source)
    assert window.waiting.isVisible()
    settle(jobs)
    assert window.graph.isVisible(), window.document.problems
    assert window.graph.state is not None
    assert window.panels.source.editor.toPlainText().startswith('"""A small network')
    assert "layers.Conv2D(3, 16, 3" in window.panels.target.editor.toPlainText()
    assert window.windowTitle() == "small_net.py[*] — Pivot Studio"
