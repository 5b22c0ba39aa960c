"""The dialogs: settings, keyboard shortcuts, about, and the question what to do with unsaved work."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QScrollArea,
    QSpinBox,
    QWidget,
)

from studio.actions.action import Action
from studio.icons import app_icon
from studio.places import count_text
from studio.settings import Setting, Settings, setting_table
from studio.translation import tr
from studio.widgets.parts import column, frame, label, row

_HINT_WIDTH = 340
Answer = Literal["save", "discard", "cancel"]
Changed = Literal["replace", "save as", "cancel"]


def app_version() -> str:
    """The version of the installed distribution, or "development"."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("pivot-studio")
    except PackageNotFoundError:
        return "development"


class SettingsDialog(QDialog):
    """One control per row of settings.toml; a change holds at once."""

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setMinimumWidth(620)
        self._settings = settings
        self.controls: dict[str, QWidget] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(0, 1)
        group = ""
        for setting in setting_table().values():
            if setting.group != group:
                group = setting.group
                grid.addWidget(label(group.upper(), "section"), grid.rowCount(), 0)
                grid.addWidget(frame("line"), grid.rowCount(), 0, 1, 2)
            at = grid.rowCount()
            text = column(label(setting.text), gap=1)
            if setting.hint:
                hint = label(setting.hint, "small", wrap=True)
                # A dialog does not ask how high a text is that it breaks into lines.
                hint.setFixedWidth(_HINT_WIDTH)
                hint.ensurePolished()
                hint.setMinimumHeight(hint.heightForWidth(_HINT_WIDTH))
                text.addWidget(hint)
            grid.addLayout(text, at, 0)
            control = self.controls[setting.name] = self._control(setting)
            control.setAccessibleName(setting.text)
            grid.addWidget(control, at, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.setLayout(column(grid, 1, buttons, gap=18, margins=(22, 18, 22, 16)))

    def _control(self, setting: Setting) -> QWidget:
        match setting.kind:
            case "bool":
                box = QCheckBox()
                box.setChecked(self._settings.flag(setting.name))
                box.toggled.connect(lambda on: self._settings.set(setting.name, on))
                return box
            case "int":
                spin = QSpinBox()
                spin.setRange(setting.minimum, setting.maximum)
                spin.setValue(self._settings.number(setting.name))
                spin.valueChanged.connect(lambda number: self._settings.set(setting.name, number))
                return spin
            case "text":
                line = QLineEdit(self._settings.text(setting.name))
                line.setMinimumWidth(220)
                line.editingFinished.connect(lambda: self._settings.set(setting.name, line.text().strip()))
                return line
        combo = QComboBox()
        for choice in setting.choices:
            combo.addItem(choice, choice)
        combo.setCurrentIndex(max(0, combo.findData(self._settings.text(setting.name))))
        combo.activated.connect(lambda at: self._settings.set(setting.name, str(combo.itemData(at))))
        return combo


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
                grid.addWidget(label(title.upper(), "section"), grid.rowCount(), 0)
                grid.addWidget(frame("line"), grid.rowCount(), 0, 1, 2)
            at = grid.rowCount()
            grid.addWidget(label(record.title), at, 0)
            keys = [QKeySequence(text).toString(QKeySequence.SequenceFormat.NativeText) for text in record.shortcut]
            grid.addLayout(row(1, *(label(key, "key") for key in keys), gap=6), at, 1)
        page = QWidget()
        page.setProperty("role", "page")
        page.setLayout(column(grid, 1, margins=(22, 14, 22, 14)))
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.setLayout(column(area, row(buttons, margins=(12, 0, 16, 12)), gap=10))


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
    box.exec()
    return "replace" if box.clickedButton() is replace else "save as" if box.clickedButton() is other else "cancel"


def ask_replace(parent: QWidget, names: Sequence[str], folder: str) -> bool:
    """Whether files that are in the way may be replaced."""
    box = QMessageBox(parent)
    box.setWindowTitle(tr("Replace files"))
    box.setText(tr("Replace {0} in {1}?").format(count_text(len(names), "file"), folder))
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
