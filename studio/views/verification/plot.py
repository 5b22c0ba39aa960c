"""The error along the depth of the network, on a logarithmic scale with the gate; a click selects the node."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from studio.catalogue import op_title
from studio.report import HIGH, LOW, Comparison, Report, part_of, within
from studio.theme import Theme

_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 10, 20


class ErrorPlot(QWidget):
    """`chosen(row)` is the number of a line of the report. Left and Right go along, Enter chooses."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[Comparison, ...] = ()
        self._gate = 1e-12
        self._stale = False
        self.current = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Error along the depth"))
        self.setMinimumHeight(96)

    def sizeHint(self) -> QSize:
        return QSize(480, 130)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_report(self, report: Report | None, stale: bool) -> None:
        """Show the lines of a report; those of an earlier source are drawn pale."""
        rows = report.rows if report is not None else ()
        if rows != self._rows:
            self.current = -1
        self._rows, self._stale = rows, stale
        self._gate = report.gate if report is not None else 1e-12
        worst = max((row.error for row in rows if row.error is not None), default=None)
        said = self.tr("{0} values compared, largest error {1}")
        self.setAccessibleDescription("" if worst is None else said.format(len(rows), f"{worst:.1e}"))
        self.update()

    def select(self, row: int) -> None:
        """Mark a line without telling."""
        if row != self.current:
            self.current = row
            self.update()

    def place(self, row: int) -> QPointF:
        """Where a line of the report is drawn."""
        area = self._area()
        step = area.width() / max(1, len(self._rows) - 1)
        return QPointF(area.left() + step * row, self._y(part_of(self._rows[row].error)))

    def row_at(self, x: float) -> int:
        """The line nearest to a place; -1 where there is none."""
        if not self._rows:
            return -1
        area = self._area()
        step = area.width() / max(1, len(self._rows) - 1)
        return max(0, min(len(self._rows) - 1, round((x - area.left()) / step)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.color("panel"))
        area = self._area()
        self._paint_scale(painter, area)
        if not self._rows:
            return
        if self._stale:
            painter.setOpacity(0.4)
        places = [self.place(row) for row in range(len(self._rows))]
        painter.setPen(QPen(self._theme.color("border_strong"), 1))
        painter.drawPolyline(QPolygonF(places))
        few = len(places) <= 400
        for row, (item, at) in enumerate(zip(self._rows, places, strict=True)):
            fits = within(item.error, self._gate)
            if few or fits is False or row == self.current:
                self._paint_mark(painter, at, fits, row == self.current)

    def _paint_scale(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(self.font())
        for decade in range(int(LOW), int(HIGH) + 1, 6):
            y = self._y((decade - LOW) / (HIGH - LOW))
            painter.setPen(QPen(self._theme.color("border"), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(self._theme.color("faint"))
            box = QRectF(0, y - 8, _LEFT - 8, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"1e{decade}")
        gate = self._y(part_of(self._gate))
        painter.setPen(QPen(self._theme.color("warning"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), gate), QPointF(area.right(), gate))
        painter.setPen(self._theme.color("faint"))
        below = QRectF(area.left(), area.bottom() + 3, area.width(), 16)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, self.tr("input"))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, self.tr("output"))

    def _paint_mark(self, painter: QPainter, at: QPointF, fits: bool | None, current: bool) -> None:
        """A point where it fits, a cross where it does not: told from the colour alone by nobody."""
        name = {True: "success", False: "danger", None: "faint"}[fits]
        color = self._theme.color(name)
        if fits is False:
            painter.setPen(QPen(color, 2))
            for dy in (-3.5, 3.5):
                painter.drawLine(at + QPointF(-3.5, dy), at + QPointF(3.5, -dy))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(at, 2.4, 2.4)
        if current:
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, 6.5, 6.5)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(self.row_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and self._rows:
            self._go(max(0, min(len(self._rows) - 1, self.current + step)))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self.row_at(event.pos().x())
            if row >= 0:
                item = self._rows[row]
                error = "?" if item.error is None else f"{item.error:.1e}"
                QToolTip.showText(event.globalPos(), f"{op_title(item.op)} {item.path}\n{error}", self)
            return True
        return super().event(event)

    def _go(self, row: int) -> None:
        if row >= 0:
            self.select(row)
            self.chosen.emit(row)

    def _area(self) -> QRectF:
        return QRectF(_LEFT, _TOP, max(20, self.width() - _LEFT - _RIGHT), max(20, self.height() - _TOP - _BOTTOM))

    def _y(self, part: float | None) -> float:
        area = self._area()
        return area.bottom() - area.height() * (part or 0.0)
