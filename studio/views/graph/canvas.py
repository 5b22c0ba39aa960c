"""The canvas: the scene seen at a zoom and a place, painted from items or, from afar, as an overview."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmapCache, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from studio.layout.compose import Rect
from studio.views.graph.labels import SHOWN
from studio.views.graph.look import Look
from studio.views.graph.overview import LIMIT
from studio.views.graph.scene import GraphScene
from studio.views.graph.shot import Shot

LEAST_ZOOM, MOST_ZOOM = 0.004, 4.0
PIXMAPS_KB = 96 * 1024
GLIDE_MS = 220
FIT_MARGIN = 56.0  # pixels on the screen around a fitted drawing


class Canvas(QGraphicsView):
    """`moved` is sent when another part of the drawing, or another zoom, is seen."""

    moved = Signal()

    def __init__(self, scene: GraphScene, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.graph = scene
        self.look = look
        self.animated = True
        self._populated = Rect(0.0, 0.0, -1.0, -1.0)
        self._glide: QVariantAnimation | None = None
        self._afar = Shot()
        # Cards are painted once and copied; what fills a screen at any zoom has to fit.
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), PIXMAPS_KB))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setDragMode(QGraphicsView.DragMode.NoDrag)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.horizontalScrollBar().valueChanged.connect(self._looked_elsewhere)
        self.verticalScrollBar().valueChanged.connect(self._looked_elsewhere)

    # -- place and zoom

    @property
    def zoom(self) -> float:
        return self.look.scale

    @property
    def from_afar(self) -> bool:
        """Whether the overview is painted instead of items."""
        return self.look.scale < LIMIT

    def seen(self) -> Rect:
        """The part of the drawing that is to be seen."""
        corner = self.mapToScene(QPoint(0, 0))
        size = self.viewport().size()
        return Rect(corner.x(), corner.y(), size.width() / self.zoom, size.height() / self.zoom)

    def set_zoom(self, zoom: float, about: QPointF | None = None) -> None:
        """Zoom, leaving what is at `about` (in pixels of the viewport; else its middle) where it is."""
        self.stop_glide()
        zoom = max(LEAST_ZOOM, min(MOST_ZOOM, zoom))
        at = about if about is not None else QPointF(self.viewport().rect().center())
        place = self.scene_at(at)
        self._apply(zoom)
        self.bring(place.x(), place.y(), at)

    def scene_at(self, at: QPointF) -> QPointF:
        """The point of the drawing at a point of the viewport, exact below the pixel."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(at)

    def bring(self, x: float, y: float, at: QPointF) -> None:
        """Scroll so that a point of the drawing comes to a point of the viewport."""
        now = self.viewportTransform().map(QPointF(x, y))
        bar_x, bar_y = self.horizontalScrollBar(), self.verticalScrollBar()
        bar_x.setValue(bar_x.value() + round(now.x() - at.x()))
        bar_y.setValue(bar_y.value() + round(now.y() - at.y()))

    def scroll_by(self, dx: float, dy: float) -> None:
        """Move what is seen by pixels of the viewport."""
        self.stop_glide()
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - round(dx))
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() - round(dy))

    def look_at(self, x: float, y: float, zoom: float, glide: bool = True) -> None:
        """Bring a point of the drawing to the middle at a zoom, gliding there where movement is wanted."""
        self.stop_glide()
        zoom = max(LEAST_ZOOM, min(MOST_ZOOM, zoom))
        middle = QPointF(self.viewport().width() / 2, self.viewport().height() / 2)
        if not (glide and self.animated and self.isVisible()):
            self._apply(zoom)
            self.bring(x, y, middle)
            return
        start, zoom_before = self.scene_at(middle), self.zoom
        run = QVariantAnimation(self)
        run.setStartValue(0.0)
        run.setEndValue(1.0)
        run.setDuration(GLIDE_MS)

        def step(value: object) -> None:
            part = float(value)  # type: ignore[arg-type]
            eased = part * part * (3.0 - 2.0 * part)
            now = zoom_before * (zoom / zoom_before) ** eased
            # Distances on the screen shrink with the zoom: the way is walked as the zoom is.
            still = abs(zoom - zoom_before) < 1e-6 * zoom
            way = eased if still else (1 / now - 1 / zoom_before) / (1 / zoom - 1 / zoom_before)
            self._apply(now)
            self.bring(start.x() + (x - start.x()) * way, start.y() + (y - start.y()) * way, middle)

        run.valueChanged.connect(step)
        run.finished.connect(self._glided)
        self._glide = run
        run.start()

    @property
    def gliding(self) -> bool:
        """Whether a movement is under way."""
        return self._glide is not None

    def stop_glide(self) -> None:
        """End a movement where it is."""
        if self._glide is not None:
            run, self._glide = self._glide, None
            run.stop()
            run.deleteLater()

    def fit(self, area: Rect, most: float = 1.0, glide: bool = True) -> None:
        """Show a whole area, not larger than `most`."""
        width, height = self.viewport().width() - 2 * FIT_MARGIN, self.viewport().height() - 2 * FIT_MARGIN
        zoom = min(most, max(width, 50.0) / max(area.width, 1.0), max(height, 50.0) / max(area.height, 1.0))
        self.look_at(*area.centre, zoom, glide)

    def ensure_seen(self, area: Rect) -> None:
        """Scroll just so far that an area, or the middle of one larger than the view, is to be seen."""
        seen = self.seen()
        room = 40.0 / self.zoom
        if area.width + 2 * room > seen.width or area.height + 2 * room > seen.height:
            x, y = area.centre
            inside = seen.x <= x <= seen.right and seen.y <= y <= seen.bottom
            if not inside:
                self.look_at(x, y, self.zoom)
            return
        x = min(max(seen.x, area.right + room - seen.width), area.x - room)
        y = min(max(seen.y, area.bottom + room - seen.height), area.y - room)
        if (x, y) != (seen.x, seen.y):
            self.look_at(x + seen.width / 2, y + seen.height / 2, self.zoom)

    def _apply(self, zoom: float) -> None:
        if zoom != self.look.scale:
            was_afar = self.from_afar
            self.look.scale = zoom
            self.setTransform(QTransform.fromScale(zoom, zoom))
            if self.from_afar and not was_afar:
                self.graph.clear_items()
                self._populated = Rect(0.0, 0.0, -1.0, -1.0)
            self._looked_elsewhere()

    def _glided(self) -> None:
        if self._glide is not None:
            self._glide.deleteLater()
            self._glide = None

    # -- items

    def repopulate(self) -> None:
        """Make the items for what is seen now, whatever was there before."""
        self._populated = Rect(0.0, 0.0, -1.0, -1.0)
        self._looked_elsewhere()
        self.viewport().update()

    def populated_around(self, area: Rect) -> Rect:
        """The area for which items are made when `area` is seen: a quarter of a screen more on each side."""
        return Rect(area.x - area.width / 4, area.y - area.height / 4, 1.5 * area.width, 1.5 * area.height)

    def _looked_elsewhere(self) -> None:
        if not self.from_afar and not self.graph.moving:
            seen, have = self.seen(), self._populated
            # What was made for a far view is too much for a near one.
            if not have.covers(seen) or have.width > 3 * seen.width:
                self._populated = self.populated_around(seen)
                self.graph.populate(self._populated)
        self.moved.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._looked_elsewhere()

    # -- painting

    def repaint_afar(self) -> None:
        """Paint all of the overview the next time, and not only what is new."""
        self._afar.forget()
        self.viewport().update()

    def theme_changed(self) -> None:
        """Paint everything again, in other colours."""
        self.graph.recolor()
        self.repaint_afar()
        self.scene().update()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.from_afar:
            super().paintEvent(event)
            return
        shot = self._afar.picture(self)
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, shot)
        painter.end()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.fillRect(rect, self.look.canvas)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self.graph.labels is None or self.zoom < SHOWN or self.graph.moving:
            return
        area = Rect(rect.x(), rect.y(), rect.width(), rect.height())
        self.graph.labels.paint(painter, self.look, area, self.graph.lit, self.graph.label_opacity)
