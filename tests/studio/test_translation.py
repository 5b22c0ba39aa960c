"""In a language that puts marks around every text, nothing that the window says itself is without marks."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDockWidget,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTabBar,
    QTreeView,
    QWidget,
)

from studio.dialogs import AboutDialog, ShortcutsDialog
from studio.examples import about, example_title
from studio.jobs.queue import Jobs
from studio.settings_dialog import SettingsDialog
from studio.window import Window

NAMES = {"Keras 3", "PyTorch", "float32", "int64", "True", "False", "a = square(x)", "1 ", "Pivot Studio"}
KEYS = {"Ctrl", "Alt", "Shift", "Esc", "Del", "Ins", "Return", "PgUp", "PgDown", "Up", "Down"}


class Marks(QTranslator):
    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, text: str, about: str | None = None, n: int = -1) -> str:
        return f"«{text}»" if text else text


@pytest.fixture
def marks(qapp: object) -> Iterator[None]:
    made = Marks()
    QCoreApplication.installTranslator(made)
    yield
    QCoreApplication.removeTranslator(made)


def said(root: QWidget) -> Iterator[str]:
    """All texts of the widgets below one."""
    for part in [root, *root.findChildren(QWidget)]:
        if isinstance(part, QLabel | QAbstractButton):
            yield part.text()
        if isinstance(part, QLineEdit):
            yield part.placeholderText()
        if isinstance(part, QComboBox):
            yield from (part.itemText(at) for at in range(part.count()))
        if isinstance(part, QTabBar):
            yield from (part.tabText(at) for at in range(part.count()))
        if isinstance(part, QDockWidget):
            yield part.windowTitle()
        if isinstance(part, QTreeView | QHeaderView) and part.model() is not None:
            header = part.header() if isinstance(part, QTreeView) else part
            model = part.model()
            yield from (str(model.headerData(at, header.orientation()) or "") for at in range(model.columnCount()))
        yield from (part.toolTip(), part.accessibleName(), part.accessibleDescription())
    for action in root.findChildren(QAction):
        yield from (action.text(), action.toolTip())


def unmarked(root: QWidget, data: str) -> set[str]:
    """The texts without marks that are not out of the program, its files or its network."""
    found = {text for text in said(root) if any(letter.isalpha() for letter in text) and "«" not in text}
    return {text for text in found - NAMES if not own(text, data)}


def own(text: str, data: str) -> bool:
    return (
        text in data
        or "×" in text
        or all(word in KEYS or len(word) < 3 for word in text.replace("+", " ").split())
        or all(part.strip() in data or part.strip() in NAMES for part in re.split(" → |   |, ", text))
        or (":" in text and text.partition(":")[0] in data)
    )


def test_every_text_is_translated(
    marks: None, window: Window, jobs: Jobs, source: Path, settle: Callable[[Jobs], None]
) -> None:
    examples = window.examples()
    data = "\n".join((*map(example_title, examples), *map(about, examples), *map(str, examples)))
    assert unmarked(window, data) == set()
    source.write_text(source.read_text() + "# unmapped\n")
    window.open_path(source)
    settle(jobs)
    results = window.document.results
    assert results is not None and results.picture is not None
    picture = results.picture
    data += "\n".join((str(source), source.name, source.read_text(), results.target_text, results.target_path))
    data += json.dumps([str(part) for part in (picture.nodes, picture.modules, picture.source.model)])
    for name in window.panels.docks:
        window.panels.show(name)
    assert unmarked(window, data) == set()
    for node in (picture.nodes[0], *picture.unmapped[:1]):
        window.document.select((node.id,))
        assert unmarked(window.panels.inspector, data) == set()
    window.document.select((), (picture.modules[1].path,))
    assert unmarked(window.panels.inspector, data) == set()
    settings = SettingsDialog(window.settings, window)
    fonts = "\n".join(settings.controls["code_font"].itemText(at) for at in range(99))
    shortcuts = ShortcutsDialog([("", record) for record, _ in window.bound.records()], window)
    for dialog in (settings, shortcuts, AboutDialog(window)):
        assert unmarked(dialog, data + fonts) == set()
