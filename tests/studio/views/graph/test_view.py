"""The widget: what the window says to it and what it says to the window."""

from __future__ import annotations

import copy

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QToolButton
from shiboken6 import isValid

from studio.layout.tree import ROOT
from studio.picture import parse_picture
from studio.views.graph.colors import DARK, LIGHT
from studio.views.graph.view import GraphView
from tests.studio.fixtures.pictures import chain, gpt, resnet50
from tests.studio.views.graph.conftest import place_of


def click(qtbot, view, item, **where):
    qtbot.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, item, **where))


def test_without_a_picture_there_is_nothing_and_nothing_fails(qtbot):
    view = GraphView()
    qtbot.addWidget(view)
    view.show()
    view.fit()
    view.open_all()
    view.select(["n1"])
    view.reveal(["n1"])
    qtbot.keyClick(view.canvas, Qt.Key.Key_Down)
    assert view.selected == (frozenset(), frozenset())


def test_a_click_on_a_node_selects_it_and_tells(show, qtbot):
    view = show(resnet50(), 1.0)
    with qtbot.waitSignal(view.selection_changed) as told:
        click(qtbot, view, "n1")
    assert told.args == [(frozenset({"n1"}), frozenset())]
    assert view.scene.boxes["n1"].chosen


def test_a_click_on_a_group_selects_its_module(show, qtbot):
    view = show(resnet50(), 1.0)
    view.close_all()
    click(qtbot, view, "/layer2")
    assert view.selected == (frozenset(), frozenset({"layer2"}))


def test_a_fold_stands_for_all_its_modules(show, qtbot):
    view = show(resnet50(), 1.0)
    click(qtbot, view, "/layer3.1*5")
    assert view.selected[1] == {f"layer3.{block}" for block in range(1, 6)}


def test_ctrl_adds_and_takes_out(show, qtbot):
    view = show(resnet50(), 0.8)
    control = Qt.KeyboardModifier.ControlModifier
    viewport = view.canvas.viewport()
    click(qtbot, view, "n1")
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, control, place_of(view, "n2"))
    assert view.selected[0] == {"n1", "n2"}
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, control, place_of(view, "n1"))
    assert view.selected[0] == {"n2"}


def test_a_click_beside_everything_selects_nothing(show, qtbot):
    view = show(resnet50(), 0.8)
    click(qtbot, view, "n1")
    with qtbot.waitSignal(view.selection_changed) as told:
        qtbot.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(40, 400))
    assert told.args == [(frozenset(), frozenset())]


def test_select_marks_shows_and_sends_nothing(show, qtbot):
    view = show(resnet50(), 1.0)
    sent = []
    view.selection_changed.connect(sent.append)
    view.select(frozenset({"n174"}))
    assert view.scene.marks.chosen == {"n174"}
    assert view.canvas.seen().covers(view.state.drawing.boxes["n174"])
    assert sent == []


def test_what_is_hidden_marks_the_group_that_hides_it_and_reveal_opens_that(show):
    view = show(resnet50(), 1.0)
    hidden = next(node.id for node in view.state.picture.nodes if node.module == "layer3.4")
    view.select({hidden})
    assert view.scene.marks.holding == {"/layer3.1*5"}
    view.reveal({hidden})
    assert view.scene.marks.chosen == {hidden}
    assert {"/layer3", "/layer3.1*5", "/layer3.4"} <= view.state.opened
    assert view.canvas.seen().meets(view.state.drawing.boxes[hidden])


def test_selecting_a_layer_marks_its_node(show):
    data = resnet50().json()
    data["modules"].append({**data["modules"][1], "path": "conv1", "parent": "", "kind": "layer", "class": "Conv2d"})
    view = show(resnet50())
    view.set_picture(parse_picture(data))
    view.select((), {"conv1"})
    assert view.scene.marks.chosen == {"n0"}


def test_activated_by_double_click_and_by_enter(show, qtbot):
    view = show(resnet50(), 1.0)
    with qtbot.waitSignal(view.activated) as told:
        qtbot.mouseDClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place_of(view, "n3"))
    assert told.args == ["n3"]
    click(qtbot, view, "n2")
    with qtbot.waitSignal(view.activated) as told:
        qtbot.keyClick(view.canvas, Qt.Key.Key_Return)
    assert told.args == ["n2"]


def test_a_new_picture_of_the_same_source_keeps_what_is_open_selected_and_seen(show):
    view = show(resnet50(), 1.0)
    view.toggle("/layer2.0")
    view.select({"n2"})
    view.canvas.look_at(*view.state.drawing.boxes["/layer2.0"].centre, 0.7)
    before = place_of(view, "/layer2.0")
    changed = copy.deepcopy(resnet50().json())
    changed["nodes"][0]["label"] = "a_much_longer_name_for_conv1"
    view.set_picture(parse_picture(changed))
    assert "/layer2.0" in view.state.drawing.opened
    assert view.selected[0] == {"n2"}
    assert view.canvas.zoom == 0.7
    assert (place_of(view, "/layer2.0") - before).manhattanLength() <= 2


def test_a_picture_of_another_source_is_seen_from_its_beginning(show):
    view = show(resnet50(), 1.0)
    view.select({"n2"})
    other = {**gpt(3).json()}
    other["source"] = {**other["source"], "path": "other.py"}
    view.set_picture(parse_picture(other))
    assert view.selected == (frozenset(), frozenset())
    assert view.canvas.seen().meets(view.state.drawing.boxes[">v0"])


def test_fit_shows_everything_and_one_shows_full_size(show, qtbot):
    view = show(resnet50(), 1.3)
    qtbot.keyClick(view.canvas, Qt.Key.Key_F)
    assert view.canvas.seen().covers(view.state.drawing.bounds)
    qtbot.keyClick(view.canvas, Qt.Key.Key_1)
    assert view.canvas.zoom == 1.0


def test_the_direction_is_turned_and_told(show, qtbot):
    view = show(resnet50(), 0.6)
    with qtbot.waitSignal(view.direction_changed) as told:
        view.controls.turn.emit()
    assert told.args == [True]
    bounds = view.state.drawing.bounds
    assert bounds.width > bounds.height
    assert view.horizontal


def test_all_groups_open_and_close(show):
    view = show(gpt(4))
    view.open_all()
    assert set(view.state.drawing.opened) == set(view.state.tree.groups) - {ROOT}
    view.close_all()
    assert view.state.drawing.opened == ()
    assert view.canvas.seen().meets(view.state.drawing.bounds)


def test_the_path_leads_from_the_model_to_what_is_selected(show):
    view = show(resnet50())
    view.reveal({"n5"})
    assert view.breadcrumb.texts == ("ResNet", "layer1", "0", "bn1")
    view.breadcrumb.chosen.emit("/layer1")
    assert view.selected == (frozenset(), frozenset({"layer1"}))


def test_what_is_selected_is_said_to_who_cannot_see_it(show, qtbot):
    view = show(resnet50(unmapped=True), 1.0)
    assert view.canvas.accessibleName() == "Network graph"
    click(qtbot, view, "n0")
    assert view.canvas.accessibleDescription() == "conv1, 2-D convolution, N×3×224×224 → N×64×112×112"
    view.reveal({view.state.picture.unmapped[0].id})
    assert "unmapped: no op has this spelling" in view.canvas.accessibleDescription()
    for button in view.controls.findChildren(type(view.controls._zoom)):
        assert button.accessibleName()


def test_a_theme_changes_what_is_painted_and_nothing_else(show):
    view = show(resnet50(), 1.0)
    corner = QPoint(30, 500)
    assert view.canvas.viewport().grab().toImage().pixelColor(corner).name() == LIGHT.canvas
    seen = view.canvas.seen()
    view.set_theme(DARK)
    assert view.canvas.viewport().grab().toImage().pixelColor(corner).name() == DARK.canvas
    assert view.canvas.seen() == seen
    view.fit()
    assert view.canvas.viewport().grab().toImage().pixelColor(corner).name() == DARK.canvas


def test_another_font_measures_the_cards_again_and_keeps_the_rest(show, qapp):
    view = show(resnet50(), 0.9)
    view.toggle("/layer1.0")
    before = {item: box.width for item, box in view.state.drawing.boxes.items()}
    font = QFont(view.font())
    font.setFamily("DejaVu Sans Mono" if view.font().family() != "DejaVu Sans Mono" else "Noto Sans")
    view.setFont(font)
    after = {item: box.width for item, box in view.state.drawing.boxes.items()}
    assert after.keys() == before.keys()
    assert view.look.family_name == font.family()
    assert view.look.width("layer1.0 · Bottleneck", "title") == QFontMetricsF(
        view.look.fonts.font("title")
    ).horizontalAdvance("layer1.0 · Bottleneck")


def test_a_view_can_be_taken_down_while_it_shows_something(qapp):
    view = GraphView()
    view.set_picture(chain(30).picture())
    view.show()
    qapp.processEvents()
    assert view.scene.boxes
    scene = view.scene
    view.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not isValid(scene)


def test_in_a_narrow_view_buttons_give_way_and_none_is_cut_off(show, qapp):
    view = show(chain(6))
    assert all(part.isVisible() for part in view.controls.findChildren(QToolButton))
    view.open_search()
    for width in (600, 320, 210):
        view.resize(width, 300)
        qapp.processEvents()
        for overlay in (view.controls, view.search):
            assert view.rect().contains(overlay.geometry()), width
            assert overlay.width() >= overlay.minimumSizeHint().width(), width
    assert view.search.line.width() >= 60
    assert not all(part.isVisible() for part in view.controls.findChildren(QToolButton))
    view.resize(900, 500)
    qapp.processEvents()
    assert all(part.isVisible() for part in view.controls.findChildren(QToolButton)) and view.search.count.isVisible()


def test_another_size_of_the_window_keeps_what_is_in_the_middle(show, qapp):
    view = show(chain(6), zoom=1.0)
    first = view.canvas.scene_at(QPointF(view.canvas.viewport().rect().center()))
    for size in ((500, 800), (1600, 500), (1000, 800)):
        view.resize(*size)
        qapp.processEvents()
        now = view.canvas.scene_at(QPointF(view.canvas.viewport().rect().center()))
        assert abs(now.x() - first.x()) <= 2.0, size
