"""A small sign per family of ops, so that no family is told by its colour alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

GLYPH = 14.0  # width and height of a sign in pixels at 100 %


def _lines(*lines: tuple[tuple[float, float], ...]) -> QPainterPath:
    """Open lines in a square of 14."""
    path = QPainterPath()
    for line in lines:
        path.moveTo(QPointF(*line[0]))
        for point in line[1:]:
            path.lineTo(QPointF(*point))
    return path


def _window() -> QPainterPath:
    """A kernel over a map."""
    path = QPainterPath()
    path.addRect(QRectF(1.0, 1.0, 12.0, 12.0))
    path.addRect(QRectF(1.0, 1.0, 6.0, 6.0))
    return path


def _all_to_all() -> QPainterPath:
    return _lines(((2, 2), (12, 2)), ((2, 2), (12, 12)), ((2, 12), (12, 2)), ((2, 12), (12, 12)))


def _bell() -> QPainterPath:
    path = _lines(((1, 12), (13, 12)))
    path.moveTo(1.0, 11.0)
    path.cubicTo(6.0, 11.0, 4.5, 2.0, 7.0, 2.0)
    path.cubicTo(9.5, 2.0, 8.0, 11.0, 13.0, 11.0)
    return path


def _ramp() -> QPainterPath:
    return _lines(((1, 11), (7, 11), (13, 2)))


def _funnel() -> QPainterPath:
    return _lines(((1, 2), (13, 2), (8.5, 8), (8.5, 13), (5.5, 13), (5.5, 8), (1, 2)))


def _eye() -> QPainterPath:
    path = QPainterPath()
    path.moveTo(1.0, 7.0)
    path.cubicTo(4.0, 2.0, 10.0, 2.0, 13.0, 7.0)
    path.cubicTo(10.0, 12.0, 4.0, 12.0, 1.0, 7.0)
    path.addEllipse(QPointF(7.0, 7.0), 2.0, 2.0)
    return path


def _loop() -> QPainterPath:
    path = QPainterPath()
    path.arcMoveTo(QRectF(2.0, 2.0, 10.0, 10.0), 60.0)
    path.arcTo(QRectF(2.0, 2.0, 10.0, 10.0), 60.0, 300.0)
    path.addPath(_lines(((8.0, 4.5), (12.0, 4.5), (12.0, 0.5))))
    return path


def _table() -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(1.5, 1.5, 11.0, 11.0))
    path.addPath(_lines(((1.5, 5), (12.5, 5)), ((1.5, 9), (12.5, 9)), ((5, 1.5), (5, 12.5))))
    return path


def _corners() -> QPainterPath:
    return _lines(((1, 5), (1, 1), (5, 1)), ((13, 9), (13, 13), (9, 13)), ((4, 10), (10, 4)))


def _plus() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(7.0, 7.0), 6.0, 6.0)
    path.addPath(_lines(((7, 4), (7, 10)), ((4, 7), (10, 7))))
    return path


def _sum() -> QPainterPath:
    return _lines(((11, 3), (11, 1), (3, 1), (8, 7), (3, 13), (11, 13), (11, 11)))


def _dashed() -> QPainterPath:
    return _lines(((2, 2), (5, 5)), ((9, 9), (12, 12)), ((12, 2), (9, 5)), ((5, 9), (2, 12)))


def _less() -> QPainterPath:
    return _lines(((10, 2), (3, 6), (10, 10)), ((3, 12.5), (10, 12.5)))


def _brackets() -> QPainterPath:
    return _lines(((5, 1), (2, 1), (2, 13), (5, 13)), ((9, 1), (12, 1), (12, 13), (9, 13)))


def _wave() -> QPainterPath:
    path = QPainterPath(QPointF(1.0, 7.0))
    path.cubicTo(4.0, -2.0, 5.0, 0.0, 7.0, 7.0)
    path.cubicTo(9.0, 14.0, 10.0, 16.0, 13.0, 7.0)
    return path


def _frame() -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(1.0, 1.0, 12.0, 12.0))
    path.addRect(QRectF(4.0, 4.0, 6.0, 6.0))
    return path


def _arrows() -> QPainterPath:
    return _lines(((8, 1), (13, 1), (13, 6)), ((13, 1), (8, 6)), ((6, 13), (1, 13), (1, 8)), ((1, 13), (6, 8)))


def _dot() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(7.0, 7.0), 3.5, 3.5)
    return path


def _spark() -> QPainterPath:
    return _lines(((7, 1), (7, 13)), ((1, 7), (13, 7)), ((3, 3), (11, 11)), ((11, 3), (3, 11)))


def _target() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(7.0, 7.0), 6.0, 6.0)
    path.addEllipse(QPointF(7.0, 7.0), 2.5, 2.5)
    return path


_SIGNS: Mapping[str, Callable[[], QPainterPath]] = {
    "convolution": _window,
    "linear": _all_to_all,
    "normalization": _bell,
    "activation": _ramp,
    "pooling": _funnel,
    "attention": _eye,
    "recurrent": _loop,
    "embedding": _table,
    "shape": _corners,
    "arithmetic": _plus,
    "reduction": _sum,
    "regularization": _dashed,
    "comparison": _less,
    "indexing": _brackets,
    "math": _wave,
    "padding": _frame,
    "resize": _arrows,
    "creation": _spark,
    "loss": _target,
}


@cache
def glyph(family: str) -> QPainterPath:
    """The lines of a family's sign in a square of GLYPH; a dot where there is none of its own."""
    return _SIGNS.get(family, _dot)()


def families() -> frozenset[str]:
    """The families that have a sign of their own."""
    return frozenset(_SIGNS)
