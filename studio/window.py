"""The main window: panels around the graph, menus and toolbar from the records, drops, state kept between sessions."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import (
    QApplication,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QWidget,
)

from studio.actions.bind import Bound
from studio.bridge import GraphBridge, graph_colors
from studio.command_desk import CommandDesk
from studio.document import Document
from studio.drawings import DrawingSaver
from studio.editing.editor import Editor
from studio.editing_desk import EditingDesk
from studio.filing import Filing
from studio.icons import app_icon, icon
from studio.jobs.queue import Jobs
from studio.mapper import Mapper
from studio.panels import Panels
from studio.places import place_text
from studio.recovery import Recovered, SwapFile, discard, folder, left_behind
from studio.settings import Settings
from studio.statusbar import StatusBar
from studio.theme import Theme, apply_theme, system_theme, themes
from studio.views.graph.view import GraphView
from studio.views.waiting import WaitingView
from studio.views.welcome import WelcomeView
from studio.watching import SourceWatch, take_over
from studio.widgets.command_palette import CommandPalette
from studio.widgets.drop_overlay import DropOverlay
from studio.widgets.parts import set_style
from studio.widgets.tour import Tour

_WELCOME, _WAITING, _GRAPH = range(3)


class Window(CommandDesk):
    """One document with all its views: a window, or a tab of one. `closed` says that this one is no more."""

    closed = Signal()

    def __init__(self, document: Document, jobs: Jobs, settings: Settings, graph: GraphView) -> None:
        super().__init__()
        self.document = document
        self.jobs = jobs
        self.settings = settings
        self._theme = self._wanted_theme()
        self.setWindowIcon(app_icon())
        self.setAcceptDrops(True)
        self.setMinimumSize(640, 400)  # a small screen at 200 %
        self.graph = graph
        self.welcome = WelcomeView(self._theme)
        self.waiting = WaitingView(document, self._theme)
        self._middle = QStackedWidget()
        # A low window scrolls the opening page; the other pages must not be as high as that one wants to be.
        area = QScrollArea()
        area.setWidget(self.welcome)
        area.setWidgetResizable(True)
        set_style(area, role="opening")
        for page in (area, self.waiting, graph):
            self._middle.addWidget(page)
        self._middle.setMinimumSize(200, 120)
        self.setCentralWidget(self._middle)
        self.bridge = GraphBridge(document, self.graph)
        self.editor = Editor(document, self)
        self.panels = Panels(self, document, self._theme, self.editor)
        self.status = StatusBar(document, self._theme)
        self.setStatusBar(self.status)
        self.filing = Filing(self, document, settings, self.status.say)
        self.drawings = DrawingSaver(self, document, graph, self.filing, self.status.say)
        self.mapper = Mapper(self, document, self.panels.palette, lambda: self._theme, self.status.say)
        self.bound = Bound(self, self, self._theme)
        self.palette_ = CommandPalette(self, self._theme)
        self.editing = EditingDesk(self, self.editor, graph, self.palette_, self.filing)
        self._overlay = DropOverlay(self, self._theme)
        self.tour = Tour(self, self._theme)
        self.leave_all = self.close  # what quitting means where there are other windows
        # Where to open something while this document is in use; None: here, in its place.
        self.elsewhere = lambda path: None
        # Who has a file open already, brought to the front: two documents on one project would write over each other.
        self.shown = lambda path: None
        self._complaint = ""  # what was said of the last run that gave nothing
        self.tour_wanted = False  # whether the first network is followed by the tour
        self._toolbar = self._make_toolbar()
        toggles = [dock.toggleViewAction() for dock in self.panels.docks.values()]
        self.bound.fill_menu_bar(self.menuBar(), {"&View": toggles})
        self.swap = SwapFile(document, folder(), self)
        self.watch = SourceWatch(document, self.follow_disk, self)
        self._connect()
        self._restore()
        self.apply_settings()
        self._project_changed()

    # -- set-up

    def _make_toolbar(self) -> QToolBar:
        bar = self.addToolBar(self.tr("Tools"))
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.bound.fill_toolbar(bar)
        for name in ("run.convert", "run.verify"):
            button = bar.widgetForAction(self.bound.by_id[name])
            if isinstance(button, QToolButton):
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        right = self.bound.by_id["edit.commands"]
        before = bar.actions()[bar.actions().index(right) - 1]
        bar.insertWidget(right, spacer)
        if before.isSeparator():
            bar.removeAction(before)  # what is at the other end needs no line as well
        return bar

    def _connect(self) -> None:
        document, verification = self.document, self.panels.verification
        document.project_changed.connect(lambda before, after: self._project_changed())
        document.results_changed.connect(self._results_changed)
        self.graph.tracing.said.connect(self.status.say)
        self.editor.said.connect(self.status.say)
        self.panels.palette.chosen.connect(self._take_op)
        self.editing.palette_wanted.connect(self.panels.show_palette)
        self.editing.mapping = lambda: self.mapper.dialog is not None and self.mapper.dialog.isVisible()
        self.graph.menu_wanted.connect(lambda at: self.bound.popup("&Network", at))
        self.jobs.failed.connect(self._failed)
        self.jobs.weights_written.connect(lambda out: self.status.say(self.tr("Weights written to {0}").format(out)))
        self.welcome.open_requested.connect(self.ask_open)
        self.welcome.new_requested.connect(self.new_network)
        self.welcome.path_chosen.connect(self.open_path)
        self.welcome.recovery_chosen.connect(self._recover)
        self.waiting.retry_requested.connect(self.convert)
        verification.verify_requested.connect(self.verify)
        verification.cancel_requested.connect(self.cancel)
        verification.report_requested.connect(self.show_report)
        self.panels.report.browser_wanted.connect(self.open_report)
        self.waiting.field_wanted.connect(self._ask_field)
        self.panels.problems.field_wanted.connect(self._ask_field)
        self.panels.problems.place_opened.connect(lambda: self.panels.show("code"))
        self.status.verdict_clicked.connect(lambda: self.panels.show("verification"))
        self.status.broken_clicked.connect(lambda: self.panels.show("problems"))
        self.status.unmapped_clicked.connect(self._select_unmapped)
        self.status.cancel_clicked.connect(self.cancel)
        self.graph.set_horizontal(self.settings.flag("graph_horizontal"))
        self.graph.direction_changed.connect(lambda on: self.settings.set("graph_horizontal", on))
        self.settings.changed.connect(lambda name: self.apply_settings())
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda scheme: self.apply_settings())

    def _restore(self) -> None:
        if not self.restoreGeometry(self.settings.bytes("geometry")):
            self.resize(1440, 920)
        self._kept = self.settings.bytes("panels")

    # -- following the document

    def _project_changed(self) -> None:
        project = self.document.project
        name = "" if project is None else (self.document.path or Path(project.source)).name
        self.setWindowTitle(f"{name}[*] — Pivot Studio" if name else self.tr("Pivot Studio"))
        self.setWindowModified(self.document.modified)
        self._forget_complaint()
        if project is None and self._middle.currentIndex() != _WELCOME:
            self._kept = self.panels.state()
        self.panels.set_problem_count(len(self.document.problems))
        self._show_page()

    def _results_changed(self) -> None:
        self._forget_complaint()
        if self.tour_wanted and self.document.results is not None and not self.settings.toured:
            self.tour_wanted = False
            QTimer.singleShot(400, self, self.show_tour)
        self.panels.set_problem_count(len(self.document.problems))
        self._show_page()

    def _forget_complaint(self) -> None:
        """What was said of a program that is mended, or taken back, is no longer true."""
        failure = self.document.failure
        broken = failure is not None and failure[0] == self.document.revision
        if self._complaint and not broken and self.status.said == self._complaint:
            self.status.say("")

    def _ask_field(self, name: str) -> None:
        """Let a person say what a file leaves open."""
        self.panels.show("inspector")
        self.panels.inspector.focus_field(name)

    def _failed(self, kind: str, text: str) -> None:
        """Say why a run gave nothing; what to do stands in the middle of the window or in the problems."""
        failure = self.document.failure
        first = failure[1][0] if kind == "convert" and failure is not None and failure[1] else None
        place = f"{place_text(first.file, first.line)}: " if first is not None and first.file else ""
        self._complaint = f"{place}{first.why}" if first is not None else text
        self.status.say(self._complaint)

    def _show_page(self) -> None:
        project, results = self.document.project, self.document.results
        page = _WELCOME if project is None else _WAITING if results is None or results.picture is None else _GRAPH
        before, first = self._middle.currentIndex(), not self._toolbar.property("shown")
        self._middle.setCurrentIndex(page)
        self._toolbar.setVisible(page != _WELCOME)
        self.status.setVisible(page != _WELCOME)
        if page == _WELCOME:
            self._toolbar.setProperty("shown", False)
            self.panels.hide_all()
            self.welcome.show_lists(
                self.recent(), self.examples(), [(item.title, item) for item in left_behind(folder())]
            )
        elif before == _WELCOME or first:
            self._toolbar.setProperty("shown", True)
            if not self.panels.restore(self._kept):
                self.panels.arrange()
            self._toolbar.show()
        if page == _GRAPH and before != _GRAPH:
            self._enter_graph()

    def _enter_graph(self) -> None:
        """What is opened is worked at in the graph, unless a person writes somewhere already."""
        held = self.window().focusWidget()
        idle = held is None or held is self.panels.tree.field or self._middle.isAncestorOf(held)
        if idle or not self.isAncestorOf(held):
            self.graph.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _recover(self, item: object, wanted: bool) -> None:
        if isinstance(item, Recovered):
            if not wanted:
                discard(item)
                self._show_page()
            elif self.filing.take_up(item):
                self.swap.write()
                if left_behind(folder()):
                    self.status.say(self.tr("There is more unsaved work: a new tab (Ctrl+T) offers it"))

    # -- look

    @property
    def theme(self) -> Theme:
        return self._theme

    def _wanted_theme(self) -> Theme:
        app, name = QApplication.instance(), self.settings.text("theme")
        if name == "system":
            name = system_theme(app) if isinstance(app, QApplication) else "light"
        return themes()[name].sized(self.settings.number("font_px")).with_code_font(self.settings.text("code_font"))

    def apply_settings(self) -> None:
        """Take up theme, size of text and the habits of conversion."""
        self.jobs.automatic = self.settings.flag("convert_on_edit")
        python, seconds = self.settings.text("verify_python"), self.settings.number("verify_seconds")
        self.jobs.verify_options = ("--seconds", str(seconds), *(("--python", python) if python else ()))
        self.jobs.set_delay(self.settings.number("convert_delay_ms"))
        self._theme = theme = self._wanted_theme()
        self._dress()
        self.panels.set_theme(theme, self.settings.number("code_px"))
        self.graph.set_theme(graph_colors(theme))
        for part in (self.welcome, self.waiting, self.status, self.bound, self.palette_, self._overlay, self.tour):
            part.set_theme(theme)
        self._style_primary(theme)

    def _dress(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, self._theme)

    def _style_primary(self, theme: Theme) -> None:
        button = self._toolbar.widgetForAction(self.bound.by_id["run.convert"])
        if isinstance(button, QToolButton):
            set_style(button, role="primary")
            self.bound.by_id["run.convert"].setIcon(icon("convert", theme, "accent_text"))
        self.bound.by_id["view.theme"].setIcon(icon("sun" if theme.dark else "theme", theme))

    # -- drops, focus, the end

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        path = self._dropped(event)
        if path is not None:
            event.acceptProposedAction()
            if self.document.project is None:
                self.welcome.set_drag(True)
            else:
                self._overlay.announce(self.tr("Let go to open {0}").format(path.name))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._dropped(event) is not None:
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drag_ended()

    def dropEvent(self, event: QDropEvent) -> None:
        path = self._dropped(event)
        self._drag_ended()
        if path is not None:
            event.acceptProposedAction()
            if path.is_dir():
                QTimer.singleShot(0, self, lambda: self.open_path(path))  # who dropped it need not wait for the answer
            else:
                self.open_path(path)

    def _dropped(self, event: QDropEvent) -> Path | None:
        """The one file that is held, if it can be opened."""
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        path = Path(urls[0].toLocalFile()) if len(urls) == 1 else None
        return path if path is not None and self.filing.accepts(path) else None

    def _drag_ended(self) -> None:
        self.welcome.set_drag(False)
        self._overlay.hide()

    def changeEvent(self, event: QEvent) -> None:
        """Another program may have written the files while the window was in the background."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.follow_disk()

    def follow_disk(self) -> None:
        """Read again what another program wrote, keeping what was edited here."""
        changed = self.document.outdated_files()
        if changed:
            self.status.say(take_over(self.document, changed))
            self.jobs.convert()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.filing.may_leave():
            event.ignore()
            return
        self.settings.set_bytes("geometry", self.window().saveGeometry())
        self.settings.set_bytes("panels", self.panels.state() if self.document.project is not None else self._kept)
        self.settings.sync()
        self.jobs.shut()
        self.swap.drop()
        self.watch.stop()
        self.closed.emit()
        event.accept()
