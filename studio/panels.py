"""The panels around the graph: which dock holds which view, and the arrangement they start in."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QByteArray, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QScrollArea,
    QSplitter,
    QTabBar,
    QTabWidget,
    QToolButton,
    QWidget,
)

from studio.catalogue import Catalogue
from studio.document import Document
from studio.editing.editor import Editor
from studio.icons import icon
from studio.theme import Theme
from studio.translation import tr
from studio.views.history import HistoryView
from studio.views.inspector.panel import Inspector
from studio.views.network_tree import NetworkTree
from studio.views.palette.view import PaletteView
from studio.views.problems import ProblemsView
from studio.views.report import ReportView
from studio.views.source import SourceView
from studio.views.target import TargetView
from studio.views.verification.view import VerificationView
from studio.widgets.parts import label, row, set_style

VERSION = 3
_LEFT, _RIGHT, _BELOW = 336, 316, 350


class Panels:
    """Makes the views and their docks; `state` and `restore` keep the arrangement."""

    def __init__(self, window: QMainWindow, document: Document, theme: Theme, editor: Editor | None = None) -> None:
        self._window = window
        self._closers: list[QToolButton] = []
        self.tree = NetworkTree(document, theme)
        self.palette = PaletteView(Catalogue(), theme)
        self.inspector = Inspector(document, theme, editor=editor)
        self.history = HistoryView(document)
        self.source = SourceView(document, theme)
        self.target = TargetView(document, theme)
        self.problems = ProblemsView(document, theme)
        self.verification = VerificationView(document, theme)
        self.report = ReportView(document, theme)
        self.code = QSplitter(Qt.Orientation.Horizontal)
        self.code.addWidget(self.source)
        self.code.addWidget(self.target)
        self.code.setChildrenCollapsible(False)
        self.code.setSizes([1000, 1000])
        window.setDockOptions(QMainWindow.DockOption.AnimatedDocks | QMainWindow.DockOption.AllowTabbedDocks)
        for area in (Qt.DockWidgetArea.BottomDockWidgetArea, Qt.DockWidgetArea.LeftDockWidgetArea):
            window.setTabPosition(area, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.docks = {
            name: self._dock(name, title, view, titled)
            for name, title, view, titled in (
                ("network", tr("Network"), self.tree, False),
                ("palette", tr("Operations"), self.palette, False),
                ("inspector", tr("Inspector"), self.inspector, True),
                ("code", tr("Code"), self.code, False),
                ("problems", tr("Problems"), self.problems, False),
                ("verification", tr("Verification"), self.verification, False),
                ("report", tr("Report"), self.report, False),
                ("history", tr("History"), self.history, False),
            )
        }
        self.set_theme(theme)
        self.arrange()

    def arrange(self) -> None:
        """The arrangement a new window starts with."""
        window, docks = self._window, self.docks
        for dock in docks.values():
            dock.setFloating(False)
        for name in ("network", "palette"):
            window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks[name])
        window.tabifyDockWidget(docks["network"], docks["palette"])
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, docks["inspector"])
        for name in ("code", "problems", "verification", "report", "history"):
            window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, docks[name])
        window.tabifyDockWidget(docks["code"], docks["problems"])
        window.tabifyDockWidget(docks["problems"], docks["verification"])
        window.tabifyDockWidget(docks["verification"], docks["report"])
        window.tabifyDockWidget(docks["report"], docks["history"])
        for dock in docks.values():
            dock.show()
        docks["network"].raise_()
        docks["code"].raise_()
        # The docks get their sizes once they are laid out; before that there is nothing to resize.
        QTimer.singleShot(0, window, self._resize)

    def _resize(self) -> None:
        window, docks = self._window, self.docks
        # A narrow window leaves the graph its controls; what stands beside it is read in less.
        sides = [min(_LEFT, window.width() // 3), min(_RIGHT, window.width() * 3 // 10)]
        window.resizeDocks([docks["network"], docks["inspector"]], sides, Qt.Orientation.Horizontal)
        below = min(_BELOW, window.height() * 2 // 5)
        window.resizeDocks([docks["code"]], [below], Qt.Orientation.Vertical)
        self._dress_tabs()

    def _dress_tabs(self) -> None:
        """Qt makes the bars of docks that share a place itself, and shortens their texts when they are bold."""
        for bar in self.tab_bars():
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setUsesScrollButtons(False)
            bar.setAccessibleName(tr("Panels"))
            bar.setDrawBase(False)
            font = bar.font()
            font.setPixelSize(12)
            font.setWeight(QFont.Weight.DemiBold)
            bar.setFont(font)

    def show(self, name: str) -> None:
        """Bring one panel to the front, open it if it is closed."""
        self.docks[name].show()
        self.docks[name].raise_()

    def show_palette(self) -> None:
        """The list of ops, ready to be searched."""
        self.show("palette")
        self.palette.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def step(self, graph: QWidget, focus: QWidget | None, step: int) -> None:
        """Give the focus to the next of the graph and the panels that are to be seen, or to the one before."""
        places = [
            graph,
            self.tree.tree,
            self.palette.field,
            self.inspector.area,
            self.source.editor,
            self.target.editor,
        ]
        places += [self.problems.table, self.verification.table.table, self.report.page, self.history.list]
        seen = [place for place in places if place.isVisible() and self._is_before(place)]
        if not seen:
            return
        panels = [self._panel(place) for place in seen]
        here = next((at for at, panel in enumerate(panels) if focus and panel.isAncestorOf(focus)), None)
        here = seen.index(focus) if focus in seen else here
        seen[(here + step) % len(seen) if here is not None else 0].setFocus(Qt.FocusReason.TabFocusReason)

    def _is_before(self, place: QWidget) -> bool:
        """A panel behind another one with the same place counts as visible; it lies outside of the window."""
        return self._window.rect().intersects(QRect(place.mapTo(self._window, QPoint()), place.size()))

    def _panel(self, place: QWidget) -> QWidget:
        """The view that a place of the focus belongs to."""
        views = [self.source, self.target, *(dock.widget() for dock in self.docks.values())]
        return next((view for view in views if view.isAncestorOf(place)), place)

    def hide_all(self) -> None:
        """For the opening page."""
        for dock in self.docks.values():
            dock.hide()

    def state(self) -> QByteArray:
        """The arrangement, to be kept."""
        return self._window.saveState(VERSION)

    def restore(self, state: QByteArray) -> bool:
        """Take up an arrangement that was kept; one of another version is not taken."""
        done = not state.isEmpty() and self._window.restoreState(state, VERSION)
        QTimer.singleShot(0, self._window, self._dress_tabs)
        return done

    def set_theme(self, theme: Theme, pixels: int | None = None) -> None:
        for view in (self.tree, self.palette, self.inspector, self.problems, self.verification, self.report):
            view.set_theme(theme)
        for pane in (self.source, self.target):
            pane.set_theme(theme, pixels)
        for closer in self._closers:
            closer.setIcon(icon("cross", theme, "faint"))

    def set_problem_count(self, count: int) -> None:
        """The number beside the name of the problems' tab."""
        self.docks["problems"].setWindowTitle(tr("Problems  {0}").format(count) if count else tr("Problems"))

    def tab_bars(self) -> Iterator[QTabBar]:
        """The bars that Qt made for docks that share a place."""
        yield from self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def _dock(self, name: str, title: str, view: QWidget, titled: bool) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(_scrolled(view) if name in ("problems", "verification") else view)
        dock.setAccessibleName(title)
        if titled:
            dock.setTitleBarWidget(self._title(title, dock))
            dock.setFeatures(
                QDockWidget.DockWidgetFeature.DockWidgetClosable | QDockWidget.DockWidgetFeature.DockWidgetMovable
            )
        else:
            # The tab says what it is; a title of no height leaves the room to the text.
            dock.setTitleBarWidget(QWidget())
            dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        return dock

    def _title(self, title: str, dock: QDockWidget) -> QWidget:
        made = QWidget()
        made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_style(made, role="dock-head")
        closer = QToolButton()
        closer.setToolTip(tr("Close {0}").format(title))
        closer.setAccessibleName(tr("Close {0}").format(title))
        closer.clicked.connect(dock.close)
        self._closers.append(closer)
        made.setLayout(row(label(title, "dock-title"), 1, closer, margins=(12, 3, 5, 3)))
        return made


def _scrolled(view: QWidget) -> QScrollArea:
    """A view that is wider than a small window leaves room for is scrolled, and does not lie over its neighbour."""
    area = QScrollArea()
    area.setWidget(view)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
