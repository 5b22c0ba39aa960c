"""Several documents, as tabs of one or more windows; what was open comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pivot import edits
from pivot.project import load_project, save_project
from studio.app import silence
from studio.recovery import folder, left_behind
from studio.settings import Settings
from studio.window import Window
from studio.windows import Windows
from tests.studio.conftest import FAKE

Made = list[Windows]


@pytest.fixture
def windows(qtbot: QtBot) -> Iterator[Windows]:
    made = Windows(Settings(), FAKE)
    made.prepare = prepared
    yield made
    made.quit()


def prepared(window: Window) -> None:
    """Nobody answers dialogs, and nothing is converted: these tests are about windows."""
    silence(window)
    window.jobs.convert = lambda inputs=(): None  # type: ignore[method-assign]


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
    assert len(windows.frames) == 1
    windows.all[0].bound.trigger("file.window")
    assert (len(windows.all), len(windows.frames)) == (3, 2)
    assert windows.all[2].welcome.isVisible()


def test_an_empty_window_shows_what_is_open_elsewhere_instead_of_opening_it_twice(
    windows: Windows, source: Path, qtbot: QtBot
) -> None:
    windows.open(source)
    first = windows.all[0]
    first.bound.trigger("file.window")
    second = windows.all[1]
    assert second.open_path(source)
    assert second.document.project is None
    qtbot.waitUntil(windows.frame_of(first).isActiveWindow)


def test_a_project_that_was_saved_elsewhere_is_not_overwritten_without_a_word(windows: Windows, source: Path) -> None:
    windows.open(source)
    (window,) = windows.all
    document, file = window.document, source.with_suffix(".pivot")
    assert window.filing.save_to(file)
    asked: list[str] = []

    def answer(parent: object, name: str) -> str:
        asked.append(name)
        return answers.pop()

    answers = ["replace", "cancel"]
    window.filing.ask_changed = answer  # type: ignore[assignment]
    document.edit("mine", edits.set_bindings(document.project, ["size=3"]))
    assert window.filing.save() and not asked, "nobody else wrote it"
    other_project = load_project(file)
    save_project(edits.set_bindings(other_project, ["size=5"]), file)
    document.edit("mine again", edits.set_bindings(document.project, ["size=4"]))
    assert not window.filing.save()
    assert load_project(file).bind == ("size=5",)
    assert window.filing.save()
    assert load_project(file).bind == ("size=4",)
    assert asked == [file.name, file.name]


def test_what_is_opened_from_a_document_comes_into_a_tab_beside_it(windows: Windows, source: Path) -> None:
    windows.open(source)
    first = windows.all[0]
    (frame,) = windows.frames
    assert not frame.bar.isVisible()
    assert first.open_path(other(source, "second.py"))
    assert names(windows) == ["small_net.py", "second.py"]
    assert frame.bar.isVisible()
    assert [frame.bar.tabText(at) for at in range(2)] == ["small_net.py", "second.py"]
    assert (first.isVisible(), windows.all[1].isVisible()) == (False, True)
    assert windows.all[1].open_path(source)
    assert first.isVisible() and len(windows.all) == 2
    assert not first.open_path(source.with_name("none.py"))
    assert len(windows.all) == 2, "the tab of a file that cannot be opened does not stay"
    first.bound.trigger("file.new")
    assert len(windows.all) == 3 and windows.all[2].document.project is not None


def test_keys_go_from_tab_to_tab_and_each_document_has_its_own_commands(
    windows: Windows, source: Path, qtbot: QtBot
) -> None:
    windows.open(source)
    windows.all[0].open_path(other(source, "second.py"))
    first, second = windows.all
    (frame,) = windows.frames
    qtbot.waitUntil(frame.isActiveWindow)
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(second, Qt.Key.Key_PageDown, control)
    assert first.isVisible() and not second.isVisible()
    assert frame.windowTitle() == first.windowTitle()
    first.document.edit("model", edits.set_model(first.document.project, "Net()"))
    assert frame.bar.tabText(0) == "small_net.py •"
    assert frame.isWindowModified()
    qtbot.keyClick(first, Qt.Key.Key_Z, control)
    assert not first.document.modified
    first.bound.trigger("view.detach_tab")
    assert len(windows.frames) == 2 and first.isVisible() and second.isVisible()
    first.bound.trigger("file.close_tab")
    assert windows.all == [second] and windows.frames == [frame]


def again_of(expected: list[str]) -> Windows:
    """The next start."""
    again = Windows(Settings(), FAKE)
    again.prepare = prepared
    again.restore()
    assert [Path(name).name for name in Settings().session()] == expected
    return again


def test_what_was_open_comes_back_and_is_read_when_it_is_turned_to(windows: Windows, source: Path) -> None:
    windows.open(source)
    second, third = other(source, "second.py"), other(source, "third.py")
    windows.open(second)
    windows.open(third)
    windows.frames[0].close()
    assert windows.all == [] and windows.frames == []
    every = ["small_net.py", "second.py", "third.py"]
    again = again_of(every)
    (frame,) = again.frames
    assert names(again) == ["small_net.py"]
    assert [frame.bar.tabText(at) for at in range(3)] == every
    frame.bar.setCurrentIndex(1)
    assert names(again) == ["small_net.py", "second.py"]
    assert frame.current is again.all[1] and again.all[1].isVisible() and frame.bar.currentIndex() == 1
    assert again.open(third)
    assert len(again.all) == 3 and frame.bar.count() == 3, "what waits in a tab is read there"
    again.quit()
    assert [Path(name).name for name in Settings().session()] == every
    second.unlink()
    Settings().set("restore_session", False)
    none = Windows(Settings(), FAKE)
    none.restore()
    assert names(none) == []
    none.quit()


def test_a_tab_that_was_not_read_can_be_closed_and_takes_the_place_of_the_last(windows: Windows, source: Path) -> None:
    second, third = other(source, "second.py"), other(source, "third.py")
    Settings().set_session([str(source), str(second), str(third)])
    again = again_of(["small_net.py", "second.py", "third.py"])
    (frame,) = again.frames
    frame.bar.tabCloseRequested.emit(1)
    assert [Path(name).name for name in Settings().session()] == ["small_net.py", "third.py"]
    again.all[0].close()
    assert names(again) == ["third.py"] and frame.isVisible()
    again.quit()
    assert again.all == [] and again.frames == []
    again = again_of(["third.py"])
    again.quit()


def test_who_stays_keeps_the_tabs_that_were_not_read(windows: Windows, source: Path) -> None:
    Settings().set_session([str(source), str(other(source, "second.py"))])
    again = again_of(["small_net.py", "second.py"])
    (frame,), (first,) = again.frames, again.all
    first.document.edit("model", edits.set_model(first.document.project, "Net()"))
    first.filing.ask_unsaved = lambda parent, name: "cancel"
    assert not frame.close()
    assert frame.bar.count() == 2 and len(Settings().session()) == 2
    first.filing.ask_unsaved = lambda parent, name: "discard"
    again.quit()


def test_a_tab_whose_file_is_gone_goes_when_it_is_turned_to(windows: Windows, source: Path) -> None:
    second = other(source, "second.py")
    Settings().set_session([str(source), str(second)])
    again = again_of(["small_net.py", "second.py"])
    second.unlink()
    again.frames[0].bar.setCurrentIndex(1)
    assert names(again) == ["small_net.py"] and again.frames[0].bar.count() == 1
    again.quit()


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
    again.prepare = prepared
    again.restore()
    assert names(again) == []
    again.quit()
    left.unlink()
