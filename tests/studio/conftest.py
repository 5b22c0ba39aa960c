"""Fixtures of the window's tests: a document, jobs on a stand-in of the command, a whole window."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from studio.app import leave_clipboard, make_application
from studio.document import Document
from studio.jobs.queue import Jobs
from studio.settings import Settings
from studio.theme import Theme, apply_theme, themes
from studio.views.graph.view import GraphView
from studio.window import Window
from tests.studio.fixtures.dangling import Dangling

FAKE = (sys.executable, str(Path(__file__).parent / "fixtures" / "fake_command.py"))
LIMIT = 20_000


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    from PySide6.QtWidgets import QApplication

    return QApplication


@pytest.fixture(autouse=True)
def _fresh_settings(qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing of a person is read or written, and no test sees what another kept."""
    QStandardPaths.setTestModeEnabled(True)
    # The test mode keeps its files below the home folder, where the next run would find them.
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    app = make_application()
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    QSettings().clear()
    app.setQuitOnLastWindowClosed(False)
    yield
    leave_clipboard()
    _let_go_of_keys()
    # Widgets must not die in the middle of event handling of a later test.
    gc.collect()


def _let_go_of_keys() -> None:
    """After Ctrl with a key Qt holds Ctrl for pressed, and what the next test chooses would be added to a selection."""
    if QGuiApplication.keyboardModifiers() != Qt.KeyboardModifier.NoModifier:
        other = QWidget()
        QTest.keyClick(other, Qt.Key.Key_F35)
        other.deleteLater()


@pytest.fixture(autouse=True)
def _nothing_dangles(_fresh_settings: None) -> Iterator[None]:
    """A timer, animation, process or thread that outlives its test would act in the middle of another one."""
    dangling = Dangling()
    with pytest.MonkeyPatch.context() as patch:
        dangling.watch(patch)
        yield
    left = dangling.left()
    assert not left, "still running after the test: " + "\n".join(left)


@pytest.fixture
def theme(qapp: object) -> Theme:
    """The light theme, put into the application."""
    made = themes()["light"]
    apply_theme(make_application(), made)
    return made


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A source file the stand-in understands."""
    from tests.studio.fixtures.sources import SMALL

    path = tmp_path / "small_net.py"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def document(qapp: object) -> Document:
    return Document()


@pytest.fixture
def jobs(document: Document) -> Iterator[Jobs]:
    """Jobs of the document, done by the stand-in."""
    made = Jobs(document, FAKE)
    made.set_delay(0)
    yield made
    made.shut()


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[Jobs], None]:
    """`settle(jobs)` waits until nothing runs."""

    def wait(jobs: Jobs) -> None:
        qtbot.waitUntil(lambda: not jobs.busy, timeout=LIMIT)

    return wait


@pytest.fixture
def converted(document: Document, jobs: Jobs, source: Path, settle: Callable[[Jobs], None]) -> Document:
    """A document with the small network, read and converted."""
    document.open(source)
    settle(jobs)
    assert document.results is not None, document.problems
    return document


@pytest.fixture
def window(qtbot: QtBot, document: Document, jobs: Jobs) -> Window:
    """The whole window, shown, with dialogs that fail the test when they are not expected."""
    graph = GraphView()
    made = Window(document, jobs, Settings(), graph)

    def unexpected(parent: QWidget, *texts: object) -> None:
        raise AssertionError(f"a dialog nobody asked for: {texts}")

    made.filing.tell = unexpected
    made.filing.ask_unsaved = lambda parent, name: "discard"
    made.filing.ask_changed = lambda parent, name: "cancel"
    made.filing.ask_replace = lambda parent, names, out: True
    made.resize(1440, 920)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made
