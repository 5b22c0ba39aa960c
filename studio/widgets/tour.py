"""The tour: a few cards that each point at one part of the window. Enter goes on, Escape ends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QDockWidget, QPushButton, QWidget

from studio.theme import Theme
from studio.widgets.parts import column, frame, give_focus_back, label, row, set_style

CARD = 340
GAP = 14


@dataclass(frozen=True, slots=True)
class TourStep:
    """One card: what it points at, and what it says."""

    widget: QWidget
    title: str
    text: str


class Tour(QWidget):
    """Covers its parent with a veil that leaves one part free, and a card beside that part."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._parent = parent
        self._theme = theme
        self._steps: Sequence[TourStep] = ()
        self.at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Tour"))
        self._title, self._text = label("", "title", wrap=True), label("", wrap=True)
        self._count = label("", "small")
        self._focus_before: QWidget | None = None
        self.leave = QPushButton(self.tr("Leave"))
        self.go_on = QPushButton(self.tr("Next"))
        set_style(self.go_on, role="primary")
        self.leave.clicked.connect(self.end)
        self.go_on.clicked.connect(self.next)
        self._card = frame("card", "plain")
        self._card.setParent(self)
        buttons = row(self._count, 1, self.leave, self.go_on, gap=8)
        self._card.setLayout(column(self._title, self._text, buttons, gap=10, margins=(18, 16, 18, 14)))
        self._card.setFixedWidth(CARD)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def start(self, steps: Sequence[TourStep]) -> None:
        """Show the first card; parts that are not to be seen are left out."""
        self._steps = [step for step in steps if step.widget.isVisible()]
        if not self._steps:
            return
        self._focus_before = self._parent.window().focusWidget()
        self._parent.installEventFilter(self)
        self.setGeometry(self._parent.rect())
        self.show()
        self.raise_()
        self.setFocus()
        self._show(0)

    def next(self) -> None:
        """The next card; after the last one the tour is over."""
        if self.at + 1 < len(self._steps):
            self._show(self.at + 1)
        else:
            self.end()

    def end(self) -> None:
        """Take everything away."""
        self._steps = ()
        self._parent.removeEventFilter(self)
        before, self._focus_before = self._focus_before, None
        give_focus_back(before)
        self.hide()

    def _show(self, at: int) -> None:
        self.at = at
        step = self._steps[at]
        self._title.setText(step.title)
        self._text.setText(step.text)
        self._count.setText(f"{at + 1} / {len(self._steps)}")
        last = at + 1 == len(self._steps)
        self.go_on.setText(self.tr("Done") if last else self.tr("Next"))
        self.setAccessibleDescription(f"{step.title}. {step.text}")
        self._place()

    def _free(self) -> QRect:
        widget = self._steps[self.at].widget
        return QRect(widget.mapTo(self._parent, QPoint(0, 0)), widget.size()).intersected(self.rect())

    def _place(self) -> None:
        if not self._steps:
            return
        self._card.adjustSize()
        free, size = self._free(), self._card.size()
        beside = [
            QPoint(free.right() + GAP, free.top()),
            QPoint(free.left() - GAP - size.width(), free.top()),
            QPoint(free.left(), free.top() - GAP - size.height()),
            QPoint(free.left(), free.bottom() + GAP),
            free.center() - QPoint(size.width() // 2, size.height() // 2),
        ]
        inside = self.rect().adjusted(GAP, GAP, -GAP - size.width(), -GAP - size.height())

        def within(at: QPoint) -> QPoint:
            x = max(inside.left(), min(at.x(), inside.right()))
            return QPoint(x, max(inside.top(), min(at.y(), inside.bottom())))

        clear = (at for at in map(within, beside) if not free.intersects(QRect(at, size)))
        self._card.move(next(clear, within(beside[-1])))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._steps:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QPainterPath()
        veil.addRect(QRectF(self.rect()))
        hole = QPainterPath()
        hole.addRoundedRect(QRectF(self._free()).adjusted(2, 2, -2, -2), 8, 8)
        color = QColor(self._theme.color("window"))
        color.setAlpha(190)
        painter.fillPath(veil.subtracted(hole), color)
        painter.setPen(QPen(self._theme.color("accent"), 2))
        painter.drawPath(hole)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right, Qt.Key.Key_Space):
            self.next()
        elif event.key() == Qt.Key.Key_Left and self.at:
            self._show(self.at - 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._parent and event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._parent.rect())
            self._place()
        return super().eventFilter(watched, event)


def window_tour(graph: QWidget, docks: Mapping[str, QDockWidget], toolbar: QWidget) -> list[TourStep]:
    """The four cards of the window."""

    def tr(text: str) -> str:
        return graph.tr(text)

    return [
        TourStep(
            graph,
            tr("The network"),
            tr(
                "Read from the source without running it. A click on an arrow opens a group, the wheel zooms, and a "
                "click selects; a red node could not be mapped and says why."
            ),
        ),
        TourStep(
            docks["inspector"],
            tr("What is selected"),
            tr(
                "Its numbers can be changed where they are written: the source, the shapes and the target follow. "
                "Every change is one step that can be undone."
            ),
        ),
        TourStep(
            docks["code"],
            tr("Source and target"),
            tr("Side by side, and one selection for both. Lines that a change touched are marked in the target."),
        ),
        TourStep(
            toolbar,
            tr("Convert, verify, export"),
            tr(
                "Verify runs both programs on the same numbers and shows where they differ. Ctrl+Shift+P finds every "
                "command by its name, F1 lists the keys."
            ),
        ),
    ]
