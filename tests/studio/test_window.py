"""The whole window on the stand-in of the command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from pivot import edits
from pivot.edits import set_text
from pivot.project import Project, dumps, load_project
from studio.actions.bind import menus
from studio.dialogs import AboutDialog, ShortcutsDialog
from studio.jobs.queue import Jobs
from studio.picture import Unmapped
from studio.recovery import folder, left_behind
from studio.settings_dialog import SettingsDialog
from studio.window import Window
from tests.studio.fixtures.sources import UNMAPPED

Settle = Callable[[Jobs], None]


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


def test_the_window_closes_and_its_arrangement_comes_back(
    window: Window, jobs: Jobs, source: Path, settle: Settle
) -> None:
    window.open_path(source)
    settle(jobs)
    window.panels.docks["network"].hide()
    window.bound.trigger("file.close")
    assert window.welcome.isVisible()
    assert not window.panels.docks["inspector"].isVisible()
    window.open_path(source)
    settle(jobs)
    assert window.panels.docks["inspector"].isVisible()
    assert not window.panels.docks["network"].isVisible()
    window.bound.trigger("view.reset")
    assert window.panels.docks["network"].isVisible()
    assert window.close()


def test_unsaved_work_is_asked_for(window: Window, jobs: Jobs, source: Path, settle: Settle, tmp_path: Path) -> None:
    window.open_path(source)
    settle(jobs)
    param = next(p for p in window.document.results.picture.nodes[0].params if p.name == "kernel")
    window.document.write_literal([param], "5")
    assert window.isWindowModified()
    asked: list[str] = []
    window.filing.ask_unsaved = lambda parent, name: asked.append(name) or "cancel"
    assert not window.close()
    window.filing.ask_unsaved = lambda parent, name: "save"
    window.filing.chooser.project = lambda parent, start: tmp_path / "kept.pivot"
    assert window.close()
    assert asked == ["small_net.py"]
    assert load_project(tmp_path / "kept.pivot").texts


def drop(window: Window, path: Path) -> bool:
    """The events the system sends, with real data; whether the window would take the file."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    window.dragEnterEvent(enter)
    if not enter.isAccepted():
        return False
    window.dragMoveEvent(QDragMoveEvent(QPoint(60, 60), Qt.DropAction.CopyAction, data, buttons, keys))
    assert window._overlay.isVisible() == (window.document.project is not None)
    window.dropEvent(QDropEvent(QPointF(60, 60), Qt.DropAction.CopyAction, data, buttons, keys))
    return True


def test_files_can_be_dropped(window: Window, jobs: Jobs, source: Path, settle: Settle, tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"")
    assert not drop(window, tmp_path / "picture.png")
    assert drop(window, source)
    settle(jobs)
    other = tmp_path / "other.py"
    other.write_text(source.read_text())
    assert drop(window, other)
    assert window.document.project.source == str(other)
    assert not window._overlay.isVisible()


def test_of_a_folder_that_is_dropped_a_file_is_chosen(
    window: Window, source: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    asked: list[Path] = []
    window.filing.chooser.source = lambda parent, start: asked.append(start) or source
    assert drop(window, tmp_path)
    qtbot.waitUntil(lambda: window.document.project is not None)
    assert asked == [tmp_path]
    assert window.document.project.source == str(source)


def test_a_file_that_is_refused_is_told_and_changes_nothing(window: Window, source: Path, tmp_path: Path) -> None:
    told: list[str] = []
    window.filing.tell = lambda parent, title, text, more: told.append(text)
    window.open_path(source)
    assert not window.open_path(tmp_path / "none.py")
    assert "none.py" in told[0]
    assert window.document.project.source == str(source)


def test_a_file_without_a_network_says_why(window: Window, jobs: Jobs, source: Path, settle: Settle) -> None:
    source.write_text(source.read_text() + "# refuse\n")
    window.open_path(source)
    settle(jobs)
    assert window.waiting.isVisible()
    assert window.panels.docks["problems"].windowTitle() == "Problems  1"
    assert window.status.said.startswith(f"{source.name}:"), "the folders are known"
    assert "no model class found" in window.status.said
    mended = source.read_text().replace("# refuse\n", "")
    window.document.edit("mend", set_text(window.document.project, str(source), mended))
    settle(jobs)
    assert window.status.said == "", "what is mended is not complained of"


def test_the_count_of_problems_goes_when_undo_takes_the_problem_away(
    window: Window, jobs: Jobs, source: Path, settle: Settle
) -> None:
    window.open_path(source)
    settle(jobs)
    document, tab = window.document, window.panels.docks["problems"]
    assert document.project is not None
    document.edit("spoil", edits.set_text(document.project, str(source), source.read_text() + "# refuse\n"))
    jobs.convert()
    settle(jobs)
    assert tab.windowTitle() == "Problems  1"
    document.undo()
    assert tab.windowTitle() == "Problems"


def test_no_part_opens_a_window_of_its_own(window: Window, jobs: Jobs, source: Path, settle: Settle) -> None:
    """A widget that is shown before it has a parent does, for a moment, and takes the focus away."""
    shown: list[str] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                shown.append(repr(watched))
            return False

    watch = Watch()
    QApplication.instance().installEventFilter(watch)
    source.write_text(UNMAPPED)
    window.open_path(source)
    settle(jobs)
    picture = window.document.results.picture
    for node in picture.nodes:
        window.document.select((node.id,))
    window.document.select((), ("block1",))
    window.document.select(tuple(node.id for node in picture.nodes))
    window.verify()
    settle(jobs)
    window.show_commands()
    window.palette_.shut()
    QApplication.instance().removeEventFilter(watch)
    assert shown == []


def test_the_graph_selects_and_is_selected(window: Window, jobs: Jobs, source: Path, settle: Settle) -> None:
    window.open_path(source)
    settle(jobs)
    first = window.document.results.picture.nodes[0].id
    window.graph.choose((first,))
    assert window.document.selection.nodes == (first,)
    assert window.document.selection.target
    window.document.select_source(str(source), 37, 15)
    (pool,) = window.document.selection.nodes
    assert window.graph.selected == (frozenset({pool}), frozenset())
    window.graph.activated.emit(first)
    assert window.document.selection.place is not None


def test_find_goes_where_the_focus_is(window: Window, jobs: Jobs, source: Path, settle: Settle, qtbot: QtBot) -> None:
    window.open_path(source)
    settle(jobs)
    with qtbot.waitActive(window):
        window.activateWindow()
    for pane in (window.panels.source, window.panels.target):
        pane.editor.setFocus()
        qtbot.keyClick(pane.editor, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert pane.find_bar.isVisible()
        qtbot.keyClicks(pane.find_bar._field, "conv")
        assert pane.find_bar._count.text().startswith("1 of ")
        qtbot.keyClick(pane.find_bar._field, Qt.Key.Key_Escape)
        assert not pane.find_bar.isVisible()
    window.graph.canvas.setFocus()
    qtbot.keyClick(window.graph.canvas, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.graph.search.isVisible()


def test_every_command_is_in_the_palette_and_both_themes_apply(window: Window) -> None:
    window.show_commands()
    assert window.palette_.isVisible()
    names = {entry.title for entry in window._entries()}
    assert {"Open …", "Verify", "Light or Dark", "Show Problems", "Open Example resnet18 (PyTorch)"} <= names
    window.palette_.shut()
    before = window.theme.name
    window.bound.trigger("view.theme")
    assert window.theme.name != before
    assert window.settings.text("theme") == window.theme.name


def test_dialogs_are_made(window: Window, qtbot: QtBot) -> None:
    settings = SettingsDialog(window.settings, window)
    records = [(menu.title, record) for menu in menus() for record in menu.actions]
    for dialog in (settings, ShortcutsDialog(records, window), AboutDialog(window)):
        dialog.show()
        assert not dialog.grab().isNull()
        dialog.close()


def test_a_file_that_changed_on_disk_is_read_again_on_return(
    window: Window, jobs: Jobs, source: Path, settle: Settle, qtbot: QtBot
) -> None:
    window.open_path(source)
    settle(jobs)
    with qtbot.waitActive(window):
        window.activateWindow()
    source.write_text(source.read_text().replace("nn.Linear(16, 10)", "nn.Linear(16, 77)"))
    QApplication.sendEvent(window, QEvent(QEvent.Type.ActivationChange))
    settle(jobs)
    assert "Dense(16, 77)" in window.panels.target.editor.toPlainText()


def test_recovered_work_is_offered_and_taken_up(window: Window, source: Path) -> None:
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    project = Project(str(source), texts={str(source): source.read_text() + "# mine\n"})
    record = {"pid": 2**22 + 5, "path": "", "project": json.loads(dumps(project))}
    (place / "left.json").write_text(json.dumps(record))
    window._show_page()
    (item,) = left_behind(place)
    window.welcome.recovery_chosen.emit(item, True)
    assert window.document.project == project
    assert window.document.modified
    assert left_behind(place) == ()


def test_everything_has_a_name_for_who_cannot_see_it(window: Window, jobs: Jobs, source: Path, settle: Settle) -> None:
    source.write_text(UNMAPPED)
    window.open_path(source)
    settle(jobs)
    lost = window.document.results.picture.unmapped[0].id
    window.document.select((lost,))
    nameless = []
    for kind in (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit, QTreeView, QTableView):
        for widget in window.findChildren(kind):
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            inner = isinstance(widget.parent(), QLineEdit) or widget.objectName().startswith("qt_")
            if not (inner or widget.accessibleName() or text or widget.toolTip()):
                nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert nameless == []


def test_a_screen_of_one_and_a_half_is_drawn_sharp(root: Path) -> None:
    script = """if True:
        from studio.app import make_application
        app = make_application()
        from studio.theme import apply_theme, themes
        apply_theme(app, themes()["light"])
        from studio.views.welcome import WelcomeView
        view = WelcomeView(themes()["light"])
        view.resize(400, 300)
        shown = view.grab()
        print(shown.devicePixelRatio(), shown.width())
    """
    environment = {**os.environ, "QT_SCALE_FACTOR": "1.5", "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environment,
        cwd=root,
        timeout=60,
        check=True,
    )
    ratio, width = done.stdout.split()
    assert float(ratio) == 1.5
    assert int(width) >= 600


def test_the_toolbar_ends_its_left_part_without_a_line(window: Window) -> None:
    shown = window._toolbar.actions()
    at = shown.index(window.bound.by_id["edit.commands"])
    assert not shown[at - 1].isSeparator() and not shown[at - 2].isSeparator()
    assert any(made.isSeparator() for made in shown)


def test_unmapped_nodes_are_gone_through_by_key(
    window: Window, jobs: Jobs, source: Path, settle: Settle, qtbot: QtBot
) -> None:
    window.open_path(source)
    settle(jobs)
    picture = window.document.results.picture
    nodes = [
        replace(node, unmapped=Unmapped("f(x)", "why", ())) if at in (1, 3) else node
        for at, node in enumerate(picture.nodes)
    ]
    window.document.set_results(replace(window.document.results, picture=replace(picture, nodes=tuple(nodes))))
    first, second = nodes[1].id, nodes[3].id
    for key, wanted in ((0, first), (0, second), (0, first), (1, second), (1, first)):
        modifier = Qt.KeyboardModifier.ShiftModifier if key else Qt.KeyboardModifier.NoModifier
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.keyClick(window, Qt.Key.Key_F8, modifier)
        assert window.document.selection.nodes == (wanted,)
    assert window.status.said == "Unmapped 1 of 2"
