"""The settings as a dialog: one control per row of settings.toml, what it means beside it; a change holds at once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QWidget,
)

from studio.settings import Setting, Settings, setting_table
from studio.translation import tr
from studio.widgets.parts import column, heading, label, row, set_style

_HINT_WIDTH, _WIDE = 330, 236


def ask_program(parent: QWidget, before: str) -> str:
    """A program that a person chooses; "" where they gave up."""
    start = str(Path(before).parent) if before else ""
    return QFileDialog.getOpenFileName(parent, tr("Choose a Python interpreter"), start)[0]


class SettingsDialog(QDialog):
    """`controls` are found by the names of the settings. `ask` chooses a program and can be replaced for tests."""

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self._settings = settings
        self.ask: Callable[[QWidget, str], str] = ask_program
        self.controls: dict[str, QWidget] = {}
        self._shown: dict[str, Callable[[], None]] = {}  # puts the kept value into a control
        self.complaints = {name: label("", "small", tone="danger", wrap=True) for name in setting_table()}
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(0, 1)
        group = ""
        for setting in setting_table().values():
            if setting.group != group:
                group = setting.group
                heading(grid, tr(group))
            self._row(grid, setting)
        page = QWidget()
        page.setProperty("role", "page")
        page.setLayout(column(grid, 1, margins=(22, 16, 22, 16)))
        area = QScrollArea()  # small screens are lower than the list is long
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        defaults = buttons.addButton(self.tr("Restore Defaults"), QDialogButtonBox.ButtonRole.ResetRole)
        defaults.setAutoDefault(False)
        defaults.clicked.connect(self.restore_defaults)
        buttons.rejected.connect(self.reject)
        self.setLayout(column(area, row(buttons, margins=(16, 0, 16, 12)), gap=10))
        width = page.sizeHint().width() + 28  # beside the scroll bar
        self.setMinimumWidth(width)
        self.resize(width, min(page.sizeHint().height() + 80, self.screen().availableGeometry().height() - 80))

    def restore_defaults(self) -> None:
        """Every setting is what it was in the beginning."""
        for setting in setting_table().values():
            self._settings.set(setting.name, setting.default)
        for show in self._shown.values():
            show()

    def _row(self, grid: QGridLayout, setting: Setting) -> None:
        at = grid.rowCount()
        named = label(tr(setting.text))
        text = column(named, gap=1)
        if setting.hint:
            hint = label(tr(setting.hint), "small", wrap=True)
            # A dialog does not ask how high a text is that it breaks into lines.
            hint.setFixedWidth(_HINT_WIDTH)
            hint.ensurePolished()
            hint.setMinimumHeight(hint.heightForWidth(_HINT_WIDTH))
            text.addWidget(hint)
        grid.addLayout(text, at, 0)
        made = self._control(setting)
        control = self.controls[setting.name]
        control.setAccessibleName(tr(setting.text))
        control.setAccessibleDescription(tr(setting.hint))
        named.setBuddy(control)
        beside = column(made, self.complaints[setting.name], gap=2)
        self.complaints[setting.name].hide()
        grid.addLayout(beside, at, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)

    def _control(self, setting: Setting) -> QWidget:
        match setting.kind:
            case "bool":
                return self._flag(setting)
            case "int":
                return self._number(setting)
            case "text" | "program":
                return self._line(setting)
        return self._choice(setting)

    def _flag(self, setting: Setting) -> QWidget:
        box = QCheckBox()
        self._keep(setting, box, lambda: box.setChecked(self._settings.flag(setting.name)))
        box.toggled.connect(lambda on: self._settings.set(setting.name, on))
        return box

    def _number(self, setting: Setting) -> QWidget:
        spin = QSpinBox()
        spin.setRange(setting.minimum, setting.maximum)
        spin.setSuffix(f" {setting.unit}" if setting.unit else "")
        spin.setMinimumWidth(112)
        spin.lineEdit().setTextMargins(6, 0, 0, 0)  # a style sheet does not reach the field inside
        spin.setKeyboardTracking(False)  # of a number that is being typed only the end counts
        self._keep(setting, spin, lambda: spin.setValue(self._settings.number(setting.name)))
        spin.valueChanged.connect(lambda number: self._settings.set(setting.name, number))
        return spin

    def _choice(self, setting: Setting) -> QWidget:
        combo = QComboBox()
        combo.setMinimumWidth(112)
        if setting.kind == "font":
            combo.setMaximumWidth(_WIDE)
            combo.addItem(tr("As the theme has it"), "")
            for family in QFontDatabase.families():
                if QFontDatabase.isFixedPitch(family) and not QFontDatabase.isPrivateFamily(family):
                    combo.addItem(family, family)
        for choice, title in zip(setting.choices, setting.titles or setting.choices, strict=True):
            combo.addItem(tr(title), choice)
        self._keep(
            setting,
            combo,
            lambda: combo.setCurrentIndex(max(0, combo.findData(self._settings.text(setting.name)))),
        )
        combo.activated.connect(lambda at: self._settings.set(setting.name, str(combo.itemData(at))))
        return combo

    def _line(self, setting: Setting) -> QWidget:
        line = QLineEdit()
        line.setMinimumWidth(_WIDE)
        self._keep(setting, line, lambda: line.setText(self._settings.text(setting.name)))
        line.editingFinished.connect(partial(self._written, setting, line))
        if setting.kind != "program":
            return line
        self._judge(setting, line)
        browse = QToolButton()
        browse.setText("…")
        set_style(browse, role="link")
        browse.setToolTip(self.tr("Choose a file"))
        browse.setAccessibleName(self.tr("Choose a file for {0}").format(tr(setting.text)))
        browse.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        browse.clicked.connect(partial(self._browse, setting, line))
        both = QWidget()
        both.setLayout(row(line, browse, gap=4))
        return both

    def _keep(self, setting: Setting, control: QWidget, show: Callable[[], None]) -> None:
        self.controls[setting.name], self._shown[setting.name] = control, show
        show()

    def _browse(self, setting: Setting, line: QLineEdit) -> None:
        path = self.ask(self, line.text().strip())
        if path:
            line.setText(path)
            self._written(setting, line)

    def _written(self, setting: Setting, line: QLineEdit) -> None:
        self._settings.set(setting.name, line.text().strip())
        self._judge(setting, line)

    def _judge(self, setting: Setting, line: QLineEdit) -> None:
        """Say at once that a program is not there, and not when it is needed."""
        text = line.text().strip()
        wrong = setting.kind == "program" and bool(text) and shutil.which(text) is None
        complaint = self.complaints[setting.name]
        complaint.setText(self.tr("This is no program that can be run.") if wrong else "")
        complaint.setVisible(wrong)
        set_style(line, state="bad" if wrong else "")
