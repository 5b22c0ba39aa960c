"""Menus, toolbar and keys from the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu

from studio.actions.bind import menus
from studio.document import Document
from studio.icons import icon
from studio.jobs.queue import Jobs
from studio.theme import Theme
from studio.window import Window


def test_ids_and_keys_are_unique() -> None:
    records = [record for menu in menus() for record in menu.actions]
    assert max(Counter(record.id for record in records).values()) == 1
    keys = Counter(QKeySequence(key).toString() for record in records for key in record.shortcut)
    assert "" not in keys
    assert [key for key, count in keys.items() if count > 1] == []


def test_what_the_brief_asks_for_is_there() -> None:
    ids = {record.id for menu in menus() for record in menu.actions}
    assert {
        "file.open",
        "file.recent",
        "file.save",
        "file.export",
        "file.quit",
        "edit.undo",
        "edit.redo",
        "edit.find",
        "edit.commands",
        "run.convert",
        "run.verify",
        "run.cancel",
        "view.fit",
        "view.orientation",
        "view.theme",
        "view.reset",
        "help.about",
        "help.shortcuts",
    } <= ids
    assert [menu.title for menu in menus()] == ["&File", "&Edit", "&Network", "&Run", "&View", "&Help"]


def test_icons_exist(theme: Theme) -> None:
    for menu in menus():
        for record in menu.actions:
            if record.icon:
                assert not icon(record.icon, theme).isNull()


def test_records_answer_on_an_empty_document(document: Document) -> None:
    possible = {record.id for menu in menus() for record in menu.actions if record.enabled(document)}
    assert "file.open" in possible
    assert not {"file.save", "edit.undo", "run.convert", "view.fit", "run.report"} & possible


def test_menus_follow_the_document(window: Window, jobs: Jobs, source: Path, settle: Callable[[Jobs], None]) -> None:
    by_id = window.bound.by_id
    assert not by_id["run.convert"].isEnabled()
    window.open_path(source)
    assert by_id["run.convert"].isEnabled()
    assert by_id["run.cancel"].isEnabled()
    settle(jobs)
    assert not by_id["run.cancel"].isEnabled()
    param = next(p for p in window.document.results.picture.nodes[0].params if p.name == "kernel")
    window.document.write_literal([param], "5")
    assert by_id["edit.undo"].text() == "Undo kernel 3 → 5"
    window.bound.trigger("edit.undo")
    assert by_id["edit.redo"].text() == "Redo kernel 3 → 5"
    titles = [action.text() for action in window.menuBar().actions()]
    assert titles == [menu.title for menu in menus()]


def test_recent_files_are_listed_when_the_menu_opens(window: Window, source: Path) -> None:
    window.settings.add_recent(str(source))
    file_menu = window.menuBar().actions()[0].menu()
    recent = next(action.menu() for action in file_menu.actions() if action.text() == "Open Recent")
    recent.aboutToShow.emit()
    assert [action.text() for action in recent.actions()] == [f"{source.name} — {source.parent}"]
    recent.actions()[0].trigger()
    assert window.document.project.source == str(source)


def test_the_keyboard_reaches_every_command(window: Window) -> None:
    """By a key of its own, or by Alt and its menu; and all of them by the command palette."""
    reached: set[str] = set()

    def walk(menu: QMenu) -> None:
        for entry in menu.actions():
            inner = entry.menu()
            if isinstance(inner, QMenu):
                walk(inner)
            reached.add(entry.text())

    for head in window.menuBar().actions():
        assert "&" in head.text()
        walk(head.menu())
    commands = {made.text() for made in window.bound.by_id.values()}
    assert commands <= reached
    assert {entry.title for entry in window._entries()} >= commands


def test_what_the_pane_of_the_target_does_is_a_command_too(
    window: Window, jobs: Jobs, source: Path, settle: Callable[[Jobs], None]
) -> None:
    bound, document = window.bound, window.document
    names = ("run.accept", "run.difference", "run.copy_target", "run.to_torch")
    assert not any(bound.by_id[name].isEnabled() for name in names)
    window.open_path(source)
    settle(jobs)
    assert not bound.by_id["run.accept"].isEnabled(), "nothing has changed"
    bound.trigger("run.copy_target")
    assert QGuiApplication.clipboard().text() == document.results.target_text
    param = next(p for p in document.results.picture.nodes[0].params if p.name == "kernel")
    document.write_literal([param], "5")
    settle(jobs)
    bound.trigger("run.difference")
    assert window.panels.target.diff.isVisible()
    bound.trigger("run.accept")
    assert not document.changed_target_lines and not bound.by_id["run.accept"].isEnabled()
    assert not bound.by_id["run.to_keras"].isEnabled()
    bound.trigger("run.to_torch")
    assert (document.project.target, document.undo_label) == ("torch", "write PyTorch")
