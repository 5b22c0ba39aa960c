"""The graph as a file: SVG and PDF as lines, PNG as pixels, DOT as text. Everything that is drawn, not what is seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QImageWriter, QPageSize, QPaintDevice, QPainter, QPdfWriter
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from pivot.atomic import write_atomic
from pivot.problems import refuse
from studio.layout.compose import Rect
from studio.translation import tr
from studio.views.graph.box_item import BoxItem
from studio.views.graph.edge_item import EdgeItem
from studio.views.graph.group_item import GroupItem
from studio.views.graph.look import Look
from studio.views.graph.scene import GraphScene
from studio.views.graph.state import GraphState

MARGIN = 24.0
MOST_PIXELS = 60_000_000  # as large as Qt reads back with its default limit
SHARP = 2.0  # pixels of a PNG per pixel at 100 %


def save_graph(state: GraphState, look: Look, path: Path, title: str = "") -> None:
    """Write the drawing of a state; the ending of the name says how. Raises Refusal."""
    from studio.views.graph.dot import dot_text

    makers: Mapping[str, Callable[[], bytes]] = {
        ".svg": lambda: svg_bytes(state, look, title),
        ".pdf": lambda: pdf_bytes(state, look, title),
        ".png": lambda: png_bytes(state, look),
        ".dot": lambda: dot_text(state, title).encode(),
        ".gv": lambda: dot_text(state, title).encode(),
    }
    make = makers.get(path.suffix.lower())
    if make is None:
        ending = path.suffix or "no ending"
        raise refuse("export", str(path), 0, 0, f"{ending} is no kind of picture", "use .svg, .png, .pdf or .dot")
    try:
        write_atomic(path, make())
    except OSError as error:
        raise refuse("export", str(path), 0, 0, str(error.strerror or error), "choose another place") from error


def svg_bytes(state: GraphState, look: Look, title: str = "") -> bytes:
    """The drawing as SVG; texts stay texts."""
    from PySide6.QtSvg import QSvgGenerator

    area, buffer = _area(state), QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made = QSvgGenerator()
    made.setOutputDevice(buffer)
    made.setTitle(title or tr("network"))
    made.setSize(QSize(math.ceil(area.width()), math.ceil(area.height())))
    made.setViewBox(QRectF(0.0, 0.0, area.width(), area.height()))
    made.setResolution(96)
    _paint_on(made, state, look, 1.0)
    buffer.close()
    return _bytes(buffer.data())


def pdf_bytes(state: GraphState, look: Look, title: str = "") -> bytes:
    """The drawing as one page of PDF, as large as it is."""
    area, buffer = _area(state), QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    made = QPdfWriter(buffer)
    made.setTitle(title or tr("network"))
    made.setResolution(96)
    # A point is 1/72 of an inch, a pixel 1/96. No reader shows pages above 200 inches.
    part = min(1.0, 14_400.0 / max(area.width() * 0.75, area.height() * 0.75))
    size = QSizeF(area.width() * 0.75 * part, area.height() * 0.75 * part)
    made.setPageSize(QPageSize(size, QPageSize.Unit.Point, "graph", QPageSize.SizeMatchPolicy.ExactMatch))
    made.setPageMargins(QMarginsF())
    _paint_on(made, state, look, part)
    buffer.close()
    return _bytes(buffer.data())


def png_bytes(state: GraphState, look: Look) -> bytes:
    """The drawing as pixels: twice as sharp as on the screen, less where it is very large."""
    area, buffer = _area(state), QBuffer()
    part = min(SHARP, math.sqrt(MOST_PIXELS / (area.width() * area.height())))
    image = QImage(
        math.ceil(area.width() * part), math.ceil(area.height() * part), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.fill(look.canvas)
    _paint_on(image, state, look, part)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    buffer.close()
    return _bytes(buffer.data())


def _area(state: GraphState) -> QRectF:
    bounds = state.drawing.bounds
    return QRectF(bounds.x, bounds.y, bounds.width, bounds.height).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)


def _bytes(data: QByteArray) -> bytes:
    return bytes(data.data())


def _paint_on(device: QPaintDevice, state: GraphState, screen: Look, part: float) -> None:
    """Paint the whole drawing at 100 % times `part`, without selection and pointer."""
    look = Look(screen.fonts.font("title"), screen.colors)
    look.cards.as_lines = True
    scene = GraphScene(look)
    scene.show_drawing(state)
    scene.mark(type(scene.marks)(), None)
    area = _area(state)
    scene.populate(Rect(area.x(), area.y(), area.width(), area.height()))
    painter = QPainter(device)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(part, part)
    painter.translate(-area.topLeft())
    painter.fillRect(area, look.canvas)
    option = QStyleOptionGraphicsItem()
    frames = [box for box in scene.boxes.values() if isinstance(box, GroupItem) and box.opened]
    for frame in sorted(frames, key=lambda item: item.depth):
        _paint_box(painter, frame, option)
    for wire in scene.wires.values():
        _paint_wire(painter, wire)
    if scene.labels is not None:
        seen = Rect(area.x(), area.y(), area.width(), area.height())
        scene.labels.paint(painter, look, seen, frozenset(), scene.label_opacity)
    for box in scene.boxes.values():
        if not (isinstance(box, GroupItem) and box.opened):
            _paint_box(painter, box, option)
    painter.end()
    scene.clear_items()


def _paint_box(painter: QPainter, box: BoxItem, option: QStyleOptionGraphicsItem) -> None:
    painter.save()
    painter.setOpacity(box.opacity())
    painter.translate(box.pos())
    box.paint(painter, option)
    painter.restore()


def _paint_wire(painter: QPainter, wire: EdgeItem) -> None:
    painter.save()
    painter.setOpacity(wire.opacity())
    painter.setPen(wire.pen())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(wire.path())
    painter.fillPath(wire.head, wire.pen().color())
    painter.restore()
