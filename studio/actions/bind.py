"""From records to Qt: finds the menus, makes QActions, keeps them enabled as the document says."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache

from PySide6.QtCore import QCoreApplication, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QWidget

from studio import actions
from studio.actions.action import Action, Desk, Menu
from studio.icons import icon
from studio.theme import Theme
from studio.translation import tr


@cache
def menus() -> tuple[Menu, ...]:
    """The MENU of every module of this package, in their order."""
    found = [
        importlib.import_module(f"{actions.__name__}.{info.name}") for info in pkgutil.iter_modules(actions.__path__)
    ]
    made = [module.MENU for module in found if isinstance(getattr(module, "MENU", None), Menu)]
    return tuple(sorted(made, key=lambda menu: menu.order))


class Bound(QObject):
    """The QActions of one window by id."""

    def __init__(self, desk: Desk, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._records = {record.id: record for menu in menus() for record in menu.actions}
        self.by_id: dict[str, QAction] = {}
        self._submenus: dict[str, QMenu] = {}
        for record in self._records.values():
            if record.children is None:
                self.by_id[record.id] = self._make(record)
        self.set_theme(theme)
        document = desk.document
        document.project_changed.connect(lambda before, after: self.refresh())
        document.results_changed.connect(self.refresh)
        document.selection_changed.connect(self.refresh)
        document.jobs_changed.connect(self.refresh)
        self.refresh()

    def trigger(self, name: str) -> None:
        """Run a command by its id as if it had been chosen; raises KeyError where there is none."""
        self.by_id[name].trigger()

    def fill_menu_bar(self, bar: QMenuBar, extra: dict[str, Iterable[QAction]]) -> None:
        """Put all menus into a menu bar; `extra` adds actions of Qt's own to a menu, by title."""
        for menu in menus():
            made = bar.addMenu(said(menu.title))
            group = menu.actions[0].group if menu.actions else ""
            for record in menu.actions:
                if record.group != group:
                    made.addSeparator()
                    group = record.group
                if record.children is None:
                    made.addAction(self.by_id[record.id])
                else:
                    made.addMenu(self._submenu(record))
            more = list(extra.get(menu.title, ()))
            if more:
                made.addSeparator()
                made.addActions(more)

    def popup(self, title: str, at: QPoint) -> QMenu:
        """Show one of the menus at a point of the screen, with what can be done now."""
        shown = QMenu(self._window)
        shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu = next(menu for menu in menus() if menu.title == title)
        group = menu.actions[0].group
        for record in menu.actions:
            if record.group != group:
                shown.addSeparator()
                group = record.group
            if record.children is not None:
                shown.addMenu(self._submenus[record.id])
            elif self.by_id[record.id].isEnabled():
                shown.addAction(self.by_id[record.id])
        shown.popup(at)
        return shown

    def fill_toolbar(self, bar: QToolBar) -> None:
        """The commands that have a place in the toolbar; tens separate them."""
        chosen = sorted(
            (record for record in self._records.values() if record.toolbar), key=lambda record: record.toolbar
        )
        last = 0
        for record in chosen:
            if last and record.toolbar // 10 != last // 10:
                bar.addSeparator()
            bar.addAction(self.by_id[record.id])
            last = record.toolbar

    def records(self) -> tuple[tuple[Action, QAction], ...]:
        """All commands that can be run now or later, with their QActions, in the order of the menus."""
        return tuple((self._records[name], made) for name, made in self.by_id.items())

    def refresh(self) -> None:
        """Ask every record whether it is possible, and what it is called now."""
        document = self._desk.document
        for name, made in self.by_id.items():
            record = self._records[name]
            made.setEnabled(record.enabled(document))
            if record.shown is not None:
                made.setText(said(record.shown(document)))

    def set_theme(self, theme: Theme) -> None:
        for name, made in self.by_id.items():
            if self._records[name].icon:
                made.setIcon(icon(self._records[name].icon, theme))
        for name, menu in self._submenus.items():
            if not self._records[name].icon:
                continue
            menu.setIcon(icon(self._records[name].icon, theme))

    def _make(self, record: Action) -> QAction:
        made = QAction(said(record.title), self._window)
        made.setObjectName(record.id)
        made.setShortcuts([QKeySequence(text) for text in record.shortcut])
        keys = ", ".join(
            QKeySequence(text).toString(QKeySequence.SequenceFormat.NativeText) for text in record.shortcut[:1]
        )
        made.setToolTip(f"{said(record.tip or record.title)}{f'  ({keys})' if keys else ''}")
        made.triggered.connect(lambda: record.run(self._desk))
        self._window.addAction(made)
        return made

    def _submenu(self, record: Action) -> QMenu:
        menu = QMenu(said(record.title), self._window)
        self._submenus[record.id] = menu

        def fill() -> None:
            menu.clear()
            for child in record.children(self._desk) if record.children is not None else ():
                made = menu.addAction(said(child.title))
                made.setToolTip(said(child.tip))
                made.setStatusTip(child.tip)
                made.triggered.connect(lambda _=False, chosen=child: chosen.run(self._desk))
            if menu.isEmpty():
                menu.addAction(tr("None yet")).setEnabled(False)

        menu.aboutToShow.connect(fill)
        return menu


def said(text: str) -> str:
    """A text of a record in the language of the person; records are data and know none."""
    return QCoreApplication.translate("Actions", text)
