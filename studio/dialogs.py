"""The dialogs: settings, keyboard shortcuts, about, and the question what to do with unsaved work."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QMessageBox,
    QScrollArea,
    QWidget,
)

from studio.actions.action import Action
from studio.actions.bind import said
from studio.icons import app_icon
from studio.translation import counted, tr
from studio.widgets.parts import column, heading, label, row

Answer = Literal["save", "discard", "cancel"]
Changed = Literal["replace", "save as", "cancel"]


def app_version() -> str:
    """The version of the installed distribution, or "development"."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("pivot-studio")
    except PackageNotFoundError:
        return "development"


class ShortcutsDialog(QDialog):
    """All commands that have keys, by menu."""

    def __init__(self, records: Sequence[tuple[str, Action]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard Shortcuts"))
        self.resize(520, 560)
        grid = QGridLayout()
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        menu = ""
        for title, record in records:
            if not record.shortcut:
                continue
            if title != menu:
                menu = title
                heading(grid, title)
            at = grid.rowCount()
            grid.addWidget(label(said(record.title)), at, 0)
            keys = [QKeySequence(text).toString(QKeySequence.SequenceFormat.NativeText) for text in record.shortcut]
            grid.addLayout(row(1, *(label(key, "key") for key in keys), gap=6), at, 1)
        self._gestures(grid)
        page = QWidget()
        page.setProperty("role", "page")
        page.setLayout(column(grid, 1, margins=(22, 14, 22, 14)))
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.setLayout(column(area, row(buttons, margins=(12, 0, 16, 12)), gap=10))

    @staticmethod
    def _gestures(grid: QGridLayout) -> None:
        """What hands do in the graph has no command."""
        heading(grid, tr("In the graph"))
        for text, *keys in (
            (tr("Go along the wires"), tr("Arrows")),
            (tr("Select one more on the way"), tr("Shift+Arrows")),
            (tr("First and last node"), tr("Home"), tr("End")),
            (tr("Open or close a group"), tr("Space")),
            (tr("Map an unmapped node, or go to the source"), tr("Enter")),
            (tr("Zoom"), tr("Wheel"), "+", "-"),
            (tr("Move the picture"), tr("Drag the ground")),
            (tr("Select all in a rectangle"), tr("Shift+Drag")),
            (tr("Add to the selection"), tr("Ctrl+Click")),
            (tr("Lead a wire to another node"), tr("Drag from its end")),
            (tr("Leave the search, the focus or the selection"), tr("Esc")),
        ):
            at = grid.rowCount()
            grid.addWidget(label(text), at, 0)
            grid.addLayout(row(1, *(label(key, "key") for key in keys), gap=6), at, 1)


class AboutDialog(QDialog):
    """Name, version and what it runs on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Pivot Studio"))
        mark = QLabel()
        mark.setPixmap(app_icon().pixmap(QSize(64, 64)))
        text = column(
            label(self.tr("Pivot Studio"), "title"),
            label(self.tr("Version {0}").format(app_version()), "muted"),
            label(
                self.tr(
                    "Moves neural-network source code between PyTorch and Keras, and proves that both compute the same."
                ),
                wrap=True,
            ),
            label(
                self.tr("Python {0} · Qt {1} · {2}").format(platform.python_version(), qVersion(), platform.system()),
                "small",
                selectable=True,
            ),
            gap=6,
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        top = row(mark, text, gap=18)
        top.setStretch(1, 1)
        top.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
        self.setLayout(column(top, buttons, gap=16, margins=(22, 20, 22, 16)))
        self.setFixedWidth(460)


def ask_unsaved(parent: QWidget, name: str) -> Answer:
    """What is to become of unsaved work."""
    box = QMessageBox(parent)
    box.setWindowTitle(tr("Unsaved work"))
    box.setText(tr("Save the edits of {0}?").format(name))
    box.setInformativeText(tr("The source file on disk is unchanged; edits are kept in the project file."))
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    answers: dict[int, Answer] = {buttons.Save.value: "save", buttons.Discard.value: "discard"}
    return answers.get(box.exec(), "cancel")


def ask_changed(parent: QWidget, name: str) -> Changed:
    """What is to become of a project file that somebody else saved since it was opened here."""
    box = QMessageBox(parent)
    box.setWindowTitle(tr("Saved elsewhere"))
    box.setText(tr("{0} was saved by another window or program since it was opened here.").format(name))
    box.setInformativeText(tr("To replace it takes away what was saved there."))
    box.addButton(QMessageBox.StandardButton.Cancel)
    replace = box.addButton(tr("Replace"), QMessageBox.ButtonRole.DestructiveRole)
    other = box.addButton(tr("Save As …"), QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(other)
    other.setMinimumWidth(other.sizeHint().width() + 16)  # in bold, as it is once it is shown
    box.exec()
    return "replace" if box.clickedButton() is replace else "save as" if box.clickedButton() is other else "cancel"


def ask_replace(parent: QWidget, names: Sequence[str], folder: str) -> bool:
    """Whether files that are in the way may be replaced."""
    box = QMessageBox(parent)
    box.setWindowTitle(tr("Replace files"))
    box.setText(tr("Replace {0} in {1}?").format(counted(len(names), "file"), folder))
    box.setInformativeText("\n".join(names[:8]) + ("\n…" if len(names) > 8 else ""))
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Yes | buttons.Cancel)
    return box.exec() == buttons.Yes.value


def tell(parent: QWidget, title: str, text: str, more: str = "") -> None:
    """Something that went wrong, in one sentence, with the remedy below."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, text, QMessageBox.StandardButton.Ok, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(more)
    box.exec()
