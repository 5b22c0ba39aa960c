"""Several documents, each in a window; what was open comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from pivot import edits
from studio.recovery import folder, left_behind
from studio.settings import Settings
from studio.windows import Windows
from tests.studio.conftest import FAKE

Made = list[Windows]


@pytest.fixture
def windows(qtbot: QtBot) -> Iterator[Windows]:
    made = Windows(Settings(), FAKE)
    made.prepare = lambda window: setattr(window.filing, "ask_unsaved", lambda parent, name: "discard")
    yield made
    made.quit()


def other(source: Path, name: str) -> Path:
    path = source.with_name(name)
    path.write_text(source.read_text())
    return path


def names(windows: Windows) -> list[str]:
    return [Path(window.document.project.source).name for window in windows.all if window.document.project]


def test_a_file_takes_the_empty_window_and_then_a_new_one(windows: Windows, source: Path) -> None:
    windows.restore()
    assert len(windows.all) == 1
    assert windows.open(source)
    second = other(source, "second.py")
    assert windows.open(second)
    assert names(windows) == ["small_net.py", "second.py"]
    assert windows.open(source)
    assert len(windows.all) == 2, "what is open is shown, not opened again"
    windows.all[0].bound.trigger("file.window")
    assert len(windows.all) == 3
    assert windows.all[2].welcome.isVisible()


def test_what_was_open_comes_back(windows: Windows, source: Path) -> None:
    windows.open(source)
    second = other(source, "second.py")
    windows.open(second)
    windows.all[0].bound.trigger("file.quit")
    assert windows.all == []
    again = Windows(Settings(), FAKE)
    again.restore()
    assert names(again) == ["small_net.py", "second.py"]
    again.quit()
    second.unlink()
    Settings().set("restore_session", False)
    none = Windows(Settings(), FAKE)
    none.restore()
    assert names(none) == []
    none.quit()


def test_staying_in_one_window_stops_quitting(windows: Windows, source: Path) -> None:
    windows.open(source)
    windows.open(other(source, "second.py"))
    first = windows.all[0]
    first.document.edit("model", edits.set_model(first.document.project, "Net()"))
    first.filing.ask_unsaved = lambda parent, name: "cancel"
    windows.all[1].bound.trigger("file.quit")
    assert len(windows.all) == 2
    first.filing.ask_unsaved = lambda parent, name: "discard"


def test_after_a_crash_work_is_offered_before_anything_is_opened(windows: Windows, source: Path) -> None:
    Settings().set_session([str(source)])
    windows.open(source)
    window = windows.all[0]
    window.document.edit("model", edits.set_model(window.document.project, "Net()"))
    window.swap.write()
    left = folder() / "left.json"
    left.write_text(window.swap.file.read_text().replace('"pid": ', '"pid": 4194309, "was": '))
    assert left_behind(folder())
    again = Windows(Settings(), FAKE)
    again.restore()
    assert names(again) == []
    again.quit()
    left.unlink()
