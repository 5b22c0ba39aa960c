"""What the commands do at a window: the desk that the records of the menus are given."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMainWindow

from studio.actions.bind import Bound, menus, said
from studio.dialogs import AboutDialog, ShortcutsDialog
from studio.examples import by_framework, example_title
from studio.settings_dialog import SettingsDialog
from studio.widgets.command_palette import CommandPalette, Entry
from studio.widgets.tour import Tour, TourStep, window_tour

if TYPE_CHECKING:
    from PySide6.QtWidgets import QToolBar

    from studio.bridge import GraphBridge
    from studio.document import Document
    from studio.drawings import DrawingSaver
    from studio.editing_desk import EditingDesk
    from studio.filing import Filing
    from studio.jobs.queue import Jobs
    from studio.mapper import Mapper
    from studio.panels import Panels
    from studio.settings import Settings
    from studio.statusbar import StatusBar
    from studio.theme import Theme
    from studio.views.graph.view import GraphView


class CommandDesk(QMainWindow):
    """The commands of one document. `tabs_asked` asks whoever keeps several of these: "tab" and "window" for a new one,
    "next", "previous", "detach".
    """

    tabs_asked = Signal(str)

    document: Document
    jobs: Jobs
    settings: Settings
    graph: GraphView
    panels: Panels
    status: StatusBar
    filing: Filing
    drawings: DrawingSaver
    mapper: Mapper
    bound: Bound
    bridge: GraphBridge
    palette_: CommandPalette
    editing: EditingDesk
    tour: Tour
    leave_all: Callable[[], object]
    elsewhere: Callable[[Path | None], CommandDesk | None]
    shown: Callable[[Path], CommandDesk | None]
    _toolbar: QToolBar
    _theme: Theme

    @property
    def can_cancel(self) -> bool:
        return self.jobs.busy

    def ask_open(self) -> None:
        path = self.filing.ask_open()
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path) -> bool:
        """Open a file: here while nothing is open, else where there is room, else in place of what is open.

        Of a folder, the file is asked for.
        """
        if path.is_dir():
            chosen = self.filing.ask_open(path)
            return chosen is not None and self.open_path(chosen)
        if self.document.project is None:
            return self.shown(path) is not None or self.filing.open(path)
        place = self.elsewhere(path)
        if place is None:
            return self.filing.open(path)
        if place.document.project is not None:
            return True  # it is open there already
        done = place.filing.open(path)
        if not done:
            place.close()
        return done

    def new_network(self) -> bool:
        place = self.elsewhere(None) if self.document.project is not None else None
        return (place or self).editing.new_network()

    def recent(self) -> tuple[str, ...]:
        return self.settings.recent()

    def examples(self) -> tuple[Path, ...]:
        return self.filing.examples()

    def close_project(self) -> None:
        if self.filing.may_leave():
            self.document.close()

    def save(self) -> bool:
        return self.filing.save()

    def save_as(self) -> bool:
        return self.filing.save_as()

    def export(self) -> None:
        self.filing.export()

    def save_graph(self) -> None:
        self.drawings.ask()

    def ask_tabs(self, what: str) -> None:
        self.tabs_asked.emit(what)

    def close_tab(self) -> None:
        self.close()

    def quit(self) -> None:
        self.leave_all()

    def show_tour(self) -> None:
        self.tour.start(self.tour_steps())
        self.settings.set_toured()

    def tour_steps(self) -> list[TourStep]:
        """What is shown to someone who sees the window for the first time."""
        return window_tour(self.graph, self.panels.docks, self._toolbar)

    def find_text(self) -> None:
        """In the target if it has the focus, in the source if that has, else in the graph."""
        if self.panels.target.isAncestorOf(self.focusWidget() or self):
            self.panels.target.open_find()
        elif self.panels.source.isAncestorOf(self.focusWidget() or self):
            self.panels.source.open_find()
        else:
            self.search_graph()

    def search_graph(self) -> None:
        self.bridge.command("search")

    def reload(self) -> None:
        self.document.reload()
        self.jobs.convert()

    def discard_edits(self) -> None:
        self.filing.discard_edits()

    def convert(self) -> None:
        self.jobs.convert()

    def verify(self) -> None:
        self.panels.show("verification")
        self.jobs.verify()

    def write_in(self, target: str) -> None:
        self.panels.target.write_in(target)

    def compare_target(self) -> None:
        """Show the difference from the last export, or the target again."""
        self.panels.show("code")
        self.panels.target.compare.toggle()

    def copy_target(self) -> None:
        self.panels.target.copy()
        self.status.say(self.tr("The target is on the clipboard"))

    def carry_weights(self) -> None:
        project = self.document.project
        start = Path(project.source).parent if project is not None else Path.cwd()
        checkpoint = self.filing.chooser.checkpoint(self, start)
        if checkpoint is None:
            return
        suffix = ".weights.h5" if project is not None and project.target == "keras" else ".safetensors"
        out = self.filing.chooser.weights(self, checkpoint.with_name(checkpoint.stem.split(".")[0] + suffix))
        if out is not None:
            self.jobs.write_weights(checkpoint, out)

    def _take_op(self, op: str) -> None:
        """An op was taken from the palette: for the call that is being mapped or is red, else for an edit."""
        if not self.mapper.take(op):
            self.editing.take_op(op)

    def map_node(self) -> None:
        self.mapper.open_selected()

    def step_panel(self, step: int) -> None:
        """Go on to another panel with the keyboard."""
        self.panels.step(self.graph.canvas, self.window().focusWidget(), step)

    def walk_unmapped(self, step: int) -> None:
        """Select the unmapped node behind or before the one that is selected, in the order of the network."""
        picture = self.document.results.picture if self.document.results is not None else None
        if picture is None or not picture.unmapped:
            return
        order = {node.id: at for at, node in enumerate(picture.nodes)}
        chosen = [order[name] for name in self.document.selection.nodes if name in order]
        here = max(chosen, default=-1) if step > 0 else min(chosen, default=len(order))
        lost = [node.id for node in picture.unmapped]
        beyond = [name for name in lost if (order[name] - here) * step > 0]
        found = (beyond or lost)[0 if step > 0 else -1]
        self.document.select((found,), (), "unmapped")
        self.status.say(self.tr("Unmapped {0} of {1}").format(lost.index(found) + 1, len(lost)))

    def cancel(self) -> None:
        self.jobs.cancel()
        self.status.say(self.tr("Cancelled"))

    def show_report(self) -> None:
        self.panels.show("report")

    def open_report(self) -> None:
        report = self.document.report
        page = Path(report.page) if report is not None and report.page else None
        if page is None or not page.is_file():
            self.status.say(self.tr("There is no report page yet: verify first"))
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(str(page))):
            self.status.say(self.tr("No program opens {0}").format(page))

    def graph_command(self, name: str) -> None:
        self.bridge.command(name)

    def toggle_theme(self) -> None:
        self.settings.set("theme", "light" if self._theme.dark else "dark")

    def zoom_text(self, step: int) -> None:
        self.settings.set("code_px", self.settings.number("code_px") + step)

    def reset_panels(self) -> None:
        self.panels.arrange()

    def show_commands(self) -> None:
        self.palette_.open([*self._entries()])

    def show_settings(self) -> None:
        SettingsDialog(self.settings, self).exec()

    def show_shortcuts(self) -> None:
        records = [(said(menu.title).replace("&", ""), record) for menu in menus() for record in menu.actions]
        ShortcutsDialog(records, self).exec()

    def show_about(self) -> None:
        AboutDialog(self).exec()

    def _entries(self) -> list[Entry]:
        group = {record.id: said(menu.title).replace("&", "") for menu in menus() for record in menu.actions}
        native = QKeySequence.SequenceFormat.NativeText
        entries = [
            Entry(made.text(), group[record.id], made.shortcut().toString(native), made.isEnabled(), made.trigger)
            for record, made in self.bound.records()
        ]
        for name, dock in self.panels.docks.items():
            entries.append(
                Entry(
                    self.tr("Show {0}").format(dock.accessibleName()),
                    self.tr("View"),
                    "",
                    True,
                    partial(self.panels.show, name),
                )
            )
        for framework, paths in by_framework(self.examples()).items():
            for path in paths:
                title = self.tr("Open Example {0} ({1})").format(example_title(path), framework)
                entries.append(Entry(title, self.tr("File"), "", True, partial(self.open_path, path)))
        return entries

    def _select_unmapped(self) -> None:
        results = self.document.results
        if results is not None and results.picture is not None:
            self.document.select(tuple(node.id for node in results.picture.unmapped), (), "status")
