"""One window of the system with several documents in it, a tab each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QToolButton, QVBoxLayout, QWidget

from studio.icons import app_icon
from studio.settings import Settings
from studio.widgets.parts import frame, row, set_style
from studio.window import Window

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent


class Sleeping(QWidget):
    """Holds the place of a document that was open last, until its tab is turned to: then it is read."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


class TabFrame(QWidget):
    """The tabs are to be seen from the second document on. `tab_wanted` asks for one more.

    `woken` carries a Sleeping that was turned to, `let_go` says that one was closed unread. `closing` is sent before
    its documents are closed, `ended` afterwards, or `kept` where a person stays in one of them.
    """

    tab_wanted = Signal()
    woken = Signal(object)
    let_go = Signal()
    closing = Signal()
    kept = Signal()
    ended = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setWindowIcon(app_icon())
        self.pages: list[Window | Sleeping] = []
        self._ending = False
        self.bar = QTabBar()
        self.bar.setDocumentMode(True)
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setMovable(True)
        self.bar.setTabsClosable(True)
        self.bar.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.bar.setAccessibleName(self.tr("Open documents"))
        set_style(self.bar, role="documents")
        self.bar.currentChanged.connect(self._turned)
        self.bar.tabCloseRequested.connect(self._close_tab)
        self.bar.tabMoved.connect(lambda start, stop: self.pages.insert(stop, self.pages.pop(start)))
        more = QToolButton()
        more.setText("+")
        more.setToolTip(self.tr("New tab"))
        more.setAccessibleName(self.tr("New tab"))
        more.clicked.connect(self.tab_wanted)
        set_style(more, role="quiet")
        self._head = frame("tabs")
        self._head.setLayout(row(self.bar, more, 1, gap=4, margins=(6, 3, 6, 0)))
        self._head.hide()
        self._stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(self._stack, 1)
        if not self.restoreGeometry(settings.bytes("geometry")):
            self.resize(1440, 920)

    @property
    def current(self) -> Window | None:
        """The document that is to be seen."""
        page = self._page
        return page if isinstance(page, Window) else None

    @property
    def _page(self) -> Window | Sleeping | None:
        at = self.bar.currentIndex()
        return self.pages[at] if 0 <= at < len(self.pages) else None

    def put(self, sleeping: Sleeping) -> None:
        """Take in the place of a document; it is not shown."""
        self.pages.append(sleeping)
        self._stack.addWidget(sleeping)
        self.bar.addTab("")
        self._name_all()

    def wake(self, sleeping: Sleeping, page: Window) -> None:
        """A document takes the place that was held for it; `page` is the last one of this window."""
        self.bar.moveTab(self.pages.index(page), self.pages.index(sleeping))
        self._remove(sleeping)
        self.show_page(page)

    def _close_tab(self, at: int) -> None:
        page = self.pages[at]
        if isinstance(page, Window):
            page.close()
        else:
            self._remove(page)
            self._turned()
            self.let_go.emit()

    def _remove(self, page: Window | Sleeping) -> None:
        at = self.pages.index(page)
        self.bar.blockSignals(True)
        self.bar.removeTab(at)
        self.bar.blockSignals(False)
        del self.pages[at]
        self._stack.removeWidget(page)
        if isinstance(page, Sleeping):
            page.deleteLater()
        self._name_all()

    def add(self, page: Window) -> None:
        """Take a document in and show it."""
        self.pages.append(page)
        self._stack.addWidget(page)
        page.windowTitleChanged.connect(self._name_all)
        page.document.project_changed.connect(self._name_all)
        self.bar.addTab("")
        self._name_all()
        self.show_page(page)

    def show_page(self, page: Window) -> None:
        """Bring a document of this window to the front."""
        self.bar.setCurrentIndex(self.pages.index(page))
        self._turned()

    def take_out(self, page: Window) -> None:
        """Let a document go; it is not closed."""
        page.windowTitleChanged.disconnect(self._name_all)
        page.document.project_changed.disconnect(self._name_all)
        self._remove(page)
        self._turned()

    def step(self, by: int) -> None:
        """To the next document, or the one before; after the last comes the first."""
        if self.pages:
            self.bar.setCurrentIndex((self.bar.currentIndex() + by) % len(self.pages))

    def _turned(self, at: int = -1) -> None:
        page = self._page
        if isinstance(page, Sleeping):
            if not self._ending:
                self.woken.emit(page)
        elif page is not None:
            self._stack.setCurrentWidget(page)
            page.show()
            self._name_all()

    def _name_all(self, *what: object) -> None:
        for at, page in enumerate(self.pages):
            if isinstance(page, Sleeping):
                self.bar.setTabText(at, page.path.name)
                self.bar.setTabToolTip(at, str(page.path))
                continue
            project = page.document.project
            name = page.windowTitle().partition("[*]")[0] if project is not None else self.tr("Start")
            self.bar.setTabText(at, f"{name} •" if page.document.modified else name)
            self.bar.setTabToolTip(at, project.source if project is not None else "")
        self._head.setVisible(len(self.pages) > 1)
        shown = self.current
        if shown is not None:
            self.setWindowTitle(shown.windowTitle())
            self.setWindowModified(shown.document.modified)

    def changeEvent(self, event: QEvent) -> None:
        """Another program may have written the files while the window was in the background."""
        super().changeEvent(event)
        page = self.current
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow() and page is not None:
            page.follow_disk()

    def closeEvent(self, event: QCloseEvent) -> None:
        """All its documents are closed; where a person wants to stay in one, that and the rest stay."""
        self.closing.emit()
        self._ending = True
        for page in [page for page in self.pages if isinstance(page, Window)]:
            self.show_page(page)
            if not page.close():
                self._ending = False
                self.kept.emit()
                event.ignore()
                return
        event.accept()
        self.ended.emit()
