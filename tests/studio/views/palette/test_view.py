"""The palette: every op of the op files, found by typing, taken by Enter, carried by a drag."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from pivot.opset import load_opset
from studio.catalogue import Catalogue
from studio.op_mime import MIME, op_of
from studio.theme import Theme
from studio.views.palette.model import NAME
from studio.views.palette.view import PaletteView


@pytest.fixture
def palette(qtbot: QtBot, theme: Theme) -> PaletteView:
    made = PaletteView(Catalogue(), theme)
    made.resize(260, 480)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: made.model.rowCount() > 0)
    return made


def test_every_op_is_listed_once_below_its_family(palette: PaletteView) -> None:
    assert sorted(palette.names()) == sorted(load_opset().ops)
    assert palette.model.item(0).text() == "Convolution"


def test_typing_narrows_and_enter_takes_the_nearest(palette: PaletteView, qtbot: QtBot) -> None:
    taken: list[str] = []
    palette.chosen.connect(taken.append)
    qtbot.keyClicks(palette.field, "sin")
    assert "sin" in palette.names() and "relu" not in palette.names()
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert taken[0] == "sin" and len(taken) == 2 and taken[1] != "sin"


def test_ops_are_found_by_the_names_frameworks_give_them(palette: PaletteView, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.field, "keras.layers.Dense")
    assert palette.names() == ["linear"]


def double_click(palette: PaletteView, qtbot: QtBot, index: QModelIndex) -> None:
    """Two presses, as a hand makes them: the view only takes the second for a double click after a first."""
    place, viewport = palette.tree.visualRect(index).center(), palette.tree.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)


def test_a_double_click_takes_an_op_and_opens_a_family(palette: PaletteView, qtbot: QtBot) -> None:
    tree, model = palette.tree, palette.narrowed
    family = model.index(0, 0)
    double_click(palette, qtbot, family)
    assert tree.isExpanded(family)
    first = model.index(0, 0, family)
    with qtbot.waitSignal(palette.chosen) as told:
        double_click(palette, qtbot, first)
    assert told.args == [first.data(NAME)]


def test_a_drag_carries_the_op_and_a_family_carries_nothing(palette: PaletteView) -> None:
    family = palette.narrowed.index(0, 0)
    data = palette.narrowed.mimeData([palette.narrowed.index(0, 0, family)])
    assert op_of(data) == palette.narrowed.index(0, 0, family).data(NAME)
    assert palette.narrowed.mimeTypes() == [MIME]
    assert op_of(palette.narrowed.mimeData([family])) is None
    assert not family.flags() & Qt.ItemFlag.ItemIsDragEnabled


def test_nothing_found_says_so_and_families_have_the_signs_of_the_graph(palette: PaletteView, qtbot: QtBot) -> None:
    before = palette.tree.grab().toImage()
    qtbot.keyClicks(palette.field, "no such operation")
    assert palette._hint.label.isVisible() and "No operation" in palette._hint.label.text()
    palette.field.clear()
    assert not palette._hint.label.isVisible()
    lines = [palette.tree.visualRect(palette.narrowed.index(at, 0)) for at in range(2)]
    hue = palette._line.theme.family("convolution").rgb()
    drawn = [before.pixel(x, y) for x in range(30) for y in range(lines[0].top(), lines[0].bottom())]
    assert hue in drawn or len(set(drawn)) > 2
