"""A person at the window: real mouse, key and drop events, and a picture after each step."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu, QWidget

from studio.settings import Settings
from studio.window import Window
from studio.windows import Windows

LIMIT = 180.0
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Lost(AssertionError):
    """Something did not come to what a person waits for."""


class Person:
    """Works at one window. Pictures are numbered and go to `shots`; None keeps none."""

    def __init__(self, shots: Path | None, name: str, settings: Settings | None = None) -> None:
        self.shots, self.name, self.count = shots, name, 0
        self.steps: list[tuple[str, str]] = []
        self.windows = Windows(settings or Settings())
        self.windows.prepare = self._prepared
        self.turn_to(self.windows.make())
        self.frame.resize(1440, 900)
        QTest.qWaitForWindowExposed(self.frame)
        self.frame.activateWindow()
        if not QTest.qWaitForWindowActive(self.frame):
            raise Lost("the window does not become active")

    def _prepared(self, window: Window) -> None:
        window.filing.ask_unsaved = lambda parent, file: "discard"
        window.filing.ask_changed = lambda parent, file: "replace"
        window.filing.ask_replace = lambda parent, names, folder: True
        window.filing.tell = self._told

    def turn_to(self, window: Window) -> None:
        """Work at this document from now on."""
        self.window, self.document, self.jobs = window, window.document, window.jobs
        self.frame = self.windows.frame_of(window)

    def _told(self, parent: object, title: str, text: str, more: str) -> None:
        raise Lost(f"{title}: {text} {more}")

    def leave(self) -> None:
        """Close the windows and end what runs."""
        for window in self.windows.all:
            window.jobs.shut()
            window.swap.drop()
        self.windows.quit()
        QTest.qWait(10)

    # -- looking

    def see(self, name: str, text: str, over: QWidget | None = None) -> None:
        """A picture of the window at rest, under a name, with what is to be seen on it; `over` lies above it."""
        self.rest()
        self.count += 1
        file = f"{self.name}-{self.count:02d}-{name}.png"
        self.steps.append((file, text))
        seen = self.frame.grab()
        if over is not None:
            painter = QPainter(seen)
            corner = QPoint((seen.width() - over.width()) // 2, (seen.height() - over.height()) // 2)
            painter.drawPixmap(corner, over.grab())
            painter.end()
        if self.shots is not None and not seen.save(str(self.shots / file)):
            raise Lost(f"{file} could not be written")

    def rest(self) -> None:
        """Until two pictures in a row are equal."""
        last = self.frame.grab().toImage()
        for _ in range(40):
            QTest.qWait(60)
            now = self.frame.grab().toImage()
            if now == last:
                return
            last = now

    def wait(self, done: Callable[[], object], otherwise: str) -> None:
        """Run the event loop until something is so."""
        end = time.monotonic() + LIMIT
        while not done():
            if time.monotonic() > end:
                raise Lost(f"{otherwise}; problems: {'; '.join(map(str, self.document.problems)) or 'none'}")
            QTest.qWait(20)

    def settle(self) -> None:
        """Until nothing runs and the results are of the present source."""
        self.wait(lambda: not self.jobs.busy, "the work did not end")
        if self.document.stale or self.document.results is None:
            raise Lost(f"no results: {'; '.join(map(str, self.document.problems))}")

    # -- doing

    def drop_file(self, path: Path) -> None:
        """Hold a file over the window and let it go."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        self._drag(self.window, data, QPoint(400, 300))

    def drop(self, data: QMimeData, widget: QWidget, at: QPoint) -> None:
        """Drop data on a widget."""
        self._drag(widget, data, at)

    def _drag(self, widget: QWidget, data: QMimeData, at: QPoint) -> None:
        copy = Qt.DropAction.CopyAction
        for made in (QDragEnterEvent(at, copy, data, LEFT, NONE), QDragMoveEvent(at, copy, data, LEFT, NONE)):
            QApplication.sendEvent(widget, made)
            QTest.qWait(30)
        QApplication.sendEvent(widget, QDropEvent(QPointF(at), copy, data, LEFT, NONE))

    def click(self, widget: QWidget, at: QPoint | None = None, keys: Qt.KeyboardModifier = NONE) -> None:
        """A click with the left button."""
        if not widget.isVisible():
            raise Lost(f"{widget.accessibleName() or widget.objectName() or widget} is not to be seen")
        QTest.mouseMove(widget, at or widget.rect().center())
        QTest.mouseClick(widget, LEFT, keys, at or QPoint())
        QTest.qWait(30)

    def click_named(self, name: str, within: QWidget | None = None) -> None:
        """Click the visible widget with this text or accessible name."""
        for widget in (within or self.window).findChildren(QWidget):
            text = getattr(widget, "text", None)
            said = {widget.accessibleName(), text() if callable(text) else ""}
            if name in said and widget.isVisible():
                self.click(widget)
                return
        raise Lost(f"nothing to be seen is called {name!r}")

    def choose(self, title: str) -> None:
        """Open a menu of the menu bar and click one of its entries."""
        bar = self.window.menuBar()
        for head in bar.actions():
            menu = head.menu()
            if not isinstance(menu, QMenu):
                continue
            for entry in menu.actions():
                if entry.text().replace("&", "") == title:
                    QTest.mouseClick(bar, LEFT, NONE, bar.actionGeometry(head).center())
                    self.wait(menu.isVisible, f"the menu {head.text()} does not open")
                    QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(entry).center())
                    QTest.qWait(30)
                    return
        raise Lost(f"no menu has an entry {title!r}")

    def press(self, keys: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, widget: QWidget | None = None) -> None:
        """Press a key where the focus is."""
        if not self.window.isActiveWindow():
            # Without a window manager nobody gives the focus back when a menu has closed.
            self.frame.activateWindow()
            QTest.qWaitForWindowActive(self.frame)
        QTest.keyClick(widget or self.window.focusWidget() or self.window, keys, modifiers)
        QTest.qWait(30)

    def type(self, text: str, widget: QWidget | None = None) -> None:
        """Write into what has the focus."""
        QTest.keyClicks(widget or self.window.focusWidget() or self.window, text)
        QTest.qWait(30)

    # -- the graph

    def place(self, item: str, dx: float | None = None, dy: float | None = None) -> QPoint:
        """Where an item is on the canvas: its middle, or an offset from its corner; brought into sight."""
        graph = self.window.graph
        if graph.state is None or item not in graph.state.drawing.boxes:
            raise Lost(f"{item} is not drawn")
        box = graph.state.drawing.boxes[item]
        x, y = box.centre
        x, y = (box.x + dx if dx is not None else x), (box.y + dy if dy is not None else y)
        free = graph.canvas.viewport().rect().adjusted(20, 60, -110, -20)
        point = graph.canvas.viewportTransform().map(QPointF(x, y)).toPoint()
        if not free.contains(point):
            graph.canvas.look_at(x, y, graph.canvas.zoom, glide=False)
            QTest.qWait(30)
            point = graph.canvas.viewportTransform().map(QPointF(x, y)).toPoint()
        return point

    def click_item(self, item: str, keys: Qt.KeyboardModifier = NONE) -> None:
        """Click a node or a closed group."""
        self.click(self.window.graph.canvas.viewport(), self.place(item), keys)

    def drag_item(self, item: str, dx: int, dy: int) -> None:
        """Press on an item, move the mouse, and let go."""
        viewport, start = self.window.graph.canvas.viewport(), self.place(item)
        QTest.mousePress(viewport, LEFT, NONE, start)
        for part in range(1, 6):
            at = start + QPoint(dx * part // 5, dy * part // 5)
            screen = QPointF(viewport.mapToGlobal(at))
            moved = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), screen, Qt.MouseButton.NoButton, LEFT, NONE)
            QApplication.sendEvent(viewport, moved)
            QTest.qWait(20)
        QTest.mouseRelease(viewport, LEFT, NONE, start + QPoint(dx, dy))
        QTest.qWait(30)

    def open_group(self, group: str) -> None:
        """Click the arrow of a group."""
        self.click(self.window.graph.canvas.viewport(), self.place(group, 14.0, 17.0))
        self.rest()

    def node(self, path: str) -> str:
        """The id of the node that lives at a path."""
        results = self.document.results
        for node in results.picture.nodes if results is not None and results.picture is not None else ():
            if node.path == path:
                return node.id
        raise Lost(f"the network has no {path}")

    def shape(self, path: str) -> str:
        """The shape that a node gives."""
        results = self.document.results
        assert results is not None and results.picture is not None
        return results.picture.shape_label(results.picture.node_by_id[self.node(path)].outputs)

    @property
    def target(self) -> str:
        """The target as it stands in its pane."""
        return self.window.panels.target.editor.toPlainText()

    @property
    def source(self) -> str:
        """The source as it stands in its pane."""
        return self.window.panels.source.editor.toPlainText()

    def row(self, view: QAbstractItemView, number: int) -> None:
        """Click a row of a list or table."""
        rect = view.visualRect(view.model().index(number, 0))
        self.click(view.viewport(), rect.center())
