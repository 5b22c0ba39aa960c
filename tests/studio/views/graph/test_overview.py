"""What is seen from afar."""

from __future__ import annotations

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from studio.views.graph.colors import DARK, LIGHT
from studio.views.graph.shot import strips
from tests.studio.fixtures.pictures import chain, grid, resnet50


def blobs(image: QImage, color: QColor) -> int:
    """How many connected patches of one colour an image has."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = memoryview(plain.constBits()).cast("I")
    across = plain.bytesPerLine() // 4
    wanted = {place for place, pixel in enumerate(pixels) if pixel & 0xFFFFFF == color.rgb() & 0xFFFFFF}
    count = 0
    while wanted:
        count += 1
        waiting = [wanted.pop()]
        while waiting:
            place = waiting.pop()
            for beside in (place - 1, place + 1, place - across, place + across):
                if beside in wanted:
                    wanted.remove(beside)
                    waiting.append(beside)
    return count


def picture_of(view) -> QImage:
    QApplication.processEvents()
    return view.canvas.viewport().grab().toImage()


def test_every_unmapped_node_is_a_red_patch(show):
    view = show(grid(6, 5, unmapped=2))
    view.canvas.fit(view.state.drawing.bounds, most=0.3, glide=False)
    assert view.canvas.from_afar
    assert view.scene.boxes == {}
    assert blobs(picture_of(view), QColor(LIGHT.danger)) == 12
    view.set_theme(DARK)
    assert blobs(picture_of(view), QColor(DARK.danger)) == 12
    assert blobs(picture_of(view), QColor(LIGHT.danger)) == 0


def test_without_unmapped_nodes_nothing_is_red(show):
    view = show(grid(6, 5))
    view.canvas.fit(view.state.drawing.bounds, most=0.3, glide=False)
    assert blobs(picture_of(view), QColor(LIGHT.danger)) == 0


def test_one_unmapped_node_among_many_is_never_too_small_to_see(show):
    view = show(chain(300, unmapped=1))
    view.fit()
    assert view.canvas.zoom < 0.03
    image = picture_of(view)
    assert blobs(image, QColor(LIGHT.danger)) == 3


def test_near_an_unmapped_node_is_red_with_a_sign(show):
    view = show(resnet50(unmapped=True), 1.0)
    lost = view.state.picture.unmapped[0].id
    view.canvas.look_at(*view.state.drawing.boxes[lost].centre, 1.0)
    image = picture_of(view)
    assert blobs(image, QColor(LIGHT.danger)) >= 2  # the stripe and the sign at least
    assert blobs(image, QColor(LIGHT.danger_soft)) >= 1


def test_panning_shows_the_same_as_painting_all(show):
    view = show(grid(12, 12, unmapped=1))
    view.canvas.look_at(1500, 600, 0.2)
    picture_of(view)
    for step in ((13, -7), (-40, 25), (0, 90), (300, 0)):
        view.canvas.scroll_by(*step)
        moved = picture_of(view)
        view.canvas.repaint_afar()
        whole = picture_of(view)
        points = [(x, y) for x in range(0, 1000, 5) for y in range(0, 800, 5)]
        different = sum(moved.pixel(x, y) != whole.pixel(x, y) for x, y in points)
        assert different < 10  # lines are cut off at other places, which moves single pixels


def test_the_strips_of_a_movement_cover_what_is_new():
    from PySide6.QtCore import QPoint, QRect, QSize

    assert strips(QSize(100, 50), QPoint(3, 0)) == [QRect(0, 0, 3, 50)]
    assert strips(QSize(100, 50), QPoint(-3, 4)) == [QRect(97, 0, 3, 50), QRect(0, 0, 100, 4)]
    assert strips(QSize(100, 50), QPoint(0, 0)) == []
