"""Looking at a part of a drawing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF

from studio.layout.compose import Rect
from tests.studio.fixtures.pictures import grid, resnet50


def test_a_point_is_brought_to_the_middle(show):
    view = show(grid(20, 20), 1.0)
    view.canvas.look_at(1234.0, 567.0, 0.8)
    x, y = view.canvas.seen().centre
    assert (x, y) == (pytest.approx(1234, abs=1), pytest.approx(567, abs=1))


def test_what_is_seen_already_does_not_move_the_canvas(show):
    view = show(grid(20, 20), 1.0)
    x, y = view.canvas.seen().centre
    before = view.canvas.seen()
    view.canvas.ensure_seen(Rect(x, y, 50, 50))
    assert view.canvas.seen() == before


def test_only_as_far_as_needed(show):
    view = show(grid(20, 20), 1.0)
    before = view.canvas.seen()
    view.canvas.ensure_seen(Rect(before.right + 10, before.y + 100, 50, 50))
    seen = view.canvas.seen()
    assert seen.x - before.x == pytest.approx(100, abs=1.5)
    assert seen.y == before.y


def test_a_glide_arrives(show, qtbot):
    view = show(grid(20, 20), 1.0)
    view.set_animated(True)
    view.canvas.look_at(3000.0, 1000.0, 0.5)
    assert view.canvas.zoom == 1.0
    qtbot.waitUntil(lambda: view.canvas._glide is None)
    assert view.canvas.zoom == pytest.approx(0.5)
    x, y = view.canvas.seen().centre
    assert (x, y) == (pytest.approx(3000, abs=3), pytest.approx(1000, abs=3))


def test_a_hand_stops_a_glide(show):
    view = show(grid(20, 20), 1.0)
    view.set_animated(True)
    view.canvas.look_at(3000.0, 1000.0, 0.5)
    view.canvas.scroll_by(1, 1)
    assert view.canvas._glide is None


def test_far_away_places_are_exact_too(show):
    view = show(resnet50(), 1.0)
    view.canvas.look_at(900_000.0, -800_000.0, 3.0)
    place = view.canvas.viewportTransform().map(QPointF(900_000.0, -800_000.0))
    assert (place - QPointF(500, 400)).manhattanLength() < 2
