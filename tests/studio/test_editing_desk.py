"""Edits by hand: real keys, presses, drags and drops in a graph; the program follows, each as one undo step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu
from pytestqt.qtbot import QtBot

from pivot.problems import Problem, Refusal
from pivot.project import Project, dumps
from studio.bridge import GraphBridge
from studio.document import Document
from studio.editing.editor import Editor
from studio.editing_desk import EditingDesk
from studio.filing import Filing
from studio.links import Links
from studio.op_mime import op_data
from studio.results import Results
from studio.settings import Settings
from studio.theme import Theme
from studio.views.graph.view import GraphView
from studio.widgets.command_palette import CommandPalette
from tests.studio.editing.conftest import BLOCKS, at, ops, picture_of, prepared


@dataclass
class Bench:
    """A graph on a document that is converted at once after every edit."""

    document: Document
    editor: Editor
    graph: GraphView
    desk: EditingDesk
    palette: CommandPalette
    folder: Path
    said: list[str]
    asked: list[str]

    def follow(self) -> None:
        """Convert, unless that cannot be."""
        project = self.document.project
        assert project is not None
        picture = picture_of(project, self.folder)
        self.document.set_results(Results(self.document.revision, picture=picture, links=Links(picture)))

    def follow_up(self, before: Project | None, after: Project | None) -> None:
        self.follow()

    def path(self, path: str, turn: int = 0) -> str:
        """The id of a node by its path."""
        assert self.document.results is not None
        assert self.document.results.picture is not None
        return at(self.document.results.picture, path, turn).id

    def ops(self, below: str = "") -> list[str]:
        assert self.document.results is not None
        assert self.document.results.picture is not None
        return ops(self.document.results.picture, below)

    def select(self, *paths: str) -> None:
        self.document.select(tuple(self.path(path) for path in paths), (), "tree")


@pytest.fixture
def bench(tmp_path: Path, qtbot: QtBot, theme: Theme) -> Iterator[Bench]:
    document = prepared(BLOCKS, tmp_path)
    window, graph = QMainWindow(), GraphView()
    qtbot.addWidget(window)
    window.setCentralWidget(graph)
    window.resize(1100, 900)
    palette = CommandPalette(window, theme)
    graph.set_animated(False)
    bridge = GraphBridge(document, graph, window)
    editor = Editor(document, window)
    said: list[str] = []
    desk = EditingDesk(window, editor, graph, palette, Filing(window, document, Settings(), said.append))
    asked: list[str] = []
    editor.said.connect(said.append)
    desk.ask = lambda parent, title, question, text: asked.pop(0) if asked else None
    made = Bench(document, editor, graph, desk, palette, tmp_path, said, asked)
    document.project_changed.connect(made.follow_up)
    with qtbot.waitExposed(window):
        window.show()
    graph.open_all()
    graph.fit()
    yield made
    assert bridge is not None


def wire(bench: Bench, source: str, target: str) -> int:
    """The number of the wire between two nodes."""
    state = bench.graph.state
    assert state is not None
    ends = (bench.path(source), bench.path(target))
    return next(n for n, drawn in enumerate(state.drawing.wires) if ends in drawn.wire.links)


def spot(bench: Bench, number: int, way: float) -> QPointF:
    """A point of the viewport on a wire: 0 is its source end, 1 its target end."""
    state = bench.graph.state
    assert state is not None
    points = state.drawing.wires[number].points
    x = points[0][0] + (points[-1][0] - points[0][0]) * way
    y = points[0][1] + (points[-1][1] - points[0][1]) * way
    return QPointF(bench.graph.canvas.mapFromScene(QPointF(x, y)))


def centre(bench: Bench, path: str) -> QPoint:
    state = bench.graph.state
    assert state is not None
    return bench.graph.canvas.mapFromScene(QPointF(*state.drawing.boxes[bench.path(path)].centre))


def near(bench: Bench, *paths: str) -> None:
    """Bring nodes so near that wires can be told apart."""
    state = bench.graph.state
    assert state is not None
    bench.graph.reveal([bench.path(path) for path in paths])
    boxes = [state.drawing.boxes[bench.path(path)] for path in paths]
    middle = boxes[0].centre
    bench.graph.canvas.look_at(*middle, 1.0, glide=False)
    bench.graph.canvas.repopulate()


def test_an_op_dropped_on_a_wire_goes_between(bench: Bench) -> None:
    near(bench, "tail.norm")
    place = spot(bench, wire(bench, "tail.one", "tail.norm"), 0.5)
    data, canvas = op_data("dropout"), bench.graph.canvas
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    move = QDragMoveEvent(place.toPoint(), Qt.DropAction.CopyAction, data, buttons, keys)
    canvas.dragMoveEvent(move)
    assert move.isAccepted()
    canvas.dropEvent(QDropEvent(place, Qt.DropAction.CopyAction, data, buttons, keys))
    assert bench.ops("tail")[:3] == ["conv2d", "dropout", "batch_norm"]
    assert bench.document.undo_label == "insert dropout"
    bench.document.undo()
    assert "dropout" not in bench.ops()
    empty = QDragMoveEvent(QPoint(3, 600), Qt.DropAction.CopyAction, data, buttons, keys)
    canvas.dragMoveEvent(empty)
    assert not empty.isAccepted()


def test_the_source_end_of_a_wire_is_led_to_another_node(bench: Bench, qtbot: QtBot) -> None:
    near(bench, "tail.norm")
    viewport = bench.graph.canvas.viewport()
    grip = spot(bench, wire(bench, "tail.act", "tail.two"), 0.1).toPoint()
    goal = centre(bench, "tail.one")
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=grip)
    qtbot.mouseMove(viewport, grip + QPoint(9, -9))
    qtbot.mouseMove(viewport, goal)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=goal)
    picture = bench.document.results.picture if bench.document.results else None
    assert picture is not None
    assert at(picture, "tail.two").inputs == at(picture, "tail.one").outputs, bench.said
    assert bench.document.undo_label == "connect one to two"


def test_a_press_away_from_the_ends_moves_the_canvas(bench: Bench, qtbot: QtBot) -> None:
    near(bench, "tail.norm")
    before = bench.document.project
    viewport = bench.graph.canvas.viewport()
    place = QPoint(20, 450)
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(viewport, place + QPoint(30, 0))
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place + QPoint(30, 0))
    assert bench.document.project is before


def test_an_op_dropped_on_a_node_asks_where_it_goes(bench: Bench, qtbot: QtBot) -> None:
    near(bench, "tail.norm")
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    place = QPointF(centre(bench, "tail.act"))
    data = op_data("elu")
    bench.graph.canvas.dropEvent(QDropEvent(place, Qt.DropAction.CopyAction, data, buttons, keys))
    menu = next(item for item in QApplication.topLevelWidgets() if isinstance(item, QMenu) and item.isVisible())
    title = "Exponential linear unit (ELU)"
    assert [action.text() for action in menu.actions()] == [f"Insert {title} behind", f"Replace by {title}"]
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert bench.ops("tail")[2] == "elu"


def test_ops_are_chosen_by_keyboard(bench: Bench, qtbot: QtBot) -> None:
    bench.select("tail.act")
    bench.editor.set_scope("instance")
    bench.desk.append()
    qtbot.keyClicks(bench.palette.field, "(tanh)")
    qtbot.keyClick(bench.palette.field, Qt.Key.Key_Return)
    assert bench.ops().count("tanh") == 1
    bench.select("tail.act")
    bench.desk.replace()
    qtbot.keyClicks(bench.palette.field, "(elu)")
    qtbot.keyClick(bench.palette.field, Qt.Key.Key_Return)
    assert "elu" in bench.ops("tail")


def test_another_input_is_chosen_by_keyboard(bench: Bench, qtbot: QtBot) -> None:
    bench.select("tail.two")
    bench.desk.lead_input()
    qtbot.keyClicks(bench.palette.field, "tail.norm")
    qtbot.keyClick(bench.palette.field, Qt.Key.Key_Return)
    picture = bench.document.results.picture if bench.document.results else None
    assert picture is not None
    assert at(picture, "tail.two").inputs == at(picture, "tail.norm").outputs


def test_names_are_asked_for(bench: Bench) -> None:
    bench.select("tail.norm")
    bench.asked[:] = ["scale"]
    bench.desk.rename()
    assert bench.document.undo_label == "rename norm → scale"
    bench.document.select((), ("tail",), "tree")
    bench.asked[:] = ["Stage"]
    bench.desk.rename_class()
    assert bench.document.undo_label == "rename Block → Stage"
    bench.select("tail.one", "tail.scale")
    bench.asked[:] = ["Front"]
    bench.desk.group()
    assert bench.document.undo_label == "group as Front"
    bench.document.select((), ("tail.front",), "tree")
    bench.desk.ungroup()
    assert bench.document.undo_label == "ungroup front"
    before = bench.document.project
    bench.desk.rename()  # given up
    assert bench.document.project is before


def test_nodes_travel_between_windows_with_their_parameters(bench: Bench, tmp_path: Path, qtbot: QtBot) -> None:
    bench.select("stem.0")
    bench.desk.copy()
    bench.select("tail.one")
    bench.editor.set_scope("instance")
    bench.desk.paste()
    picture = bench.document.results.picture if bench.document.results else None
    assert picture is not None
    twin = at(picture, "tail.conv2d")
    values = {param.name: param.value for param in twin.params}
    assert (values["filters"], values["kernel"]) == ("8", "(3, 3)")
    QApplication.clipboard().setText("no nodes")
    bench.select("tail.one")
    bench.desk.paste()
    assert "copy nodes in a graph first" in bench.said[-1]
    said = len(bench.said)
    QApplication.clipboard().clear()
    bench.desk.paste()
    assert len(bench.said) == said + 1, "an empty clipboard is told as well"


def test_refusals_are_told_and_change_nothing(bench: Bench) -> None:
    before = bench.document.project
    bench.select("stem.0")
    assert not bench.editor.append("concat")
    assert bench.document.project is before
    assert bench.said[-1] == "a container holds layers, and concat is none: choose a layer"


def test_what_an_edit_breaks_is_marked_with_the_reason(bench: Bench) -> None:
    bench.document.project_changed.disconnect(bench.follow_up)
    bench.select("tail.relu")
    assert bench.document.results is not None
    site = at(bench.document.results.picture, "tail.norm").site if bench.document.results.picture else None
    assert site is not None
    bench.editor.append("tanh")
    site = bench.document.now(site)
    assert site is not None
    why = "the sizes differ"
    problem = Problem("shape", "error", site.file, site.line, site.column, why, "mend it")
    bench.document.set_failure(bench.document.revision, (problem,))
    assert set(bench.graph.look.broken.values()) == {why}
    assert bench.path("tail.norm") in bench.graph.look.broken
    bench.document.undo()
    assert not bench.graph.look.broken


def test_outputs_and_inputs_are_added(bench: Bench) -> None:
    bench.select("mean")
    bench.desk.add_output()
    picture = bench.document.results.picture if bench.document.results else None
    assert picture is not None
    assert len(picture.outputs) == 2
    bench.asked[:] = ["mask=1x4"]
    bench.desk.add_input()
    project = bench.document.project
    assert project is not None
    assert project.inputs[-1] == "mask=1x4"


def test_a_hundred_random_edits_undo_to_the_same_bytes(bench: Bench) -> None:
    """Without conversions between them: places are followed through the text, or refused."""
    import random

    bench.document.project_changed.disconnect(bench.follow_up)
    dice = random.Random(11)
    before = dumps(_project(bench))
    picture = bench.document.results.picture if bench.document.results else None
    assert picture is not None
    for _ in range(100):
        node = dice.choice(picture.nodes)
        bench.document.select((node.id,), (), "tree")
        bench.editor.set_scope("written")
        match dice.randrange(5):
            case 0:
                bench.editor.append(dice.choice(("tanh", "dropout", "batch_norm", "relu")))
            case 1:
                bench.editor.replace(dice.choice(("tanh", "elu", "linear")))
            case 2:
                bench.editor.delete()
            case 3:
                bench.editor.duplicate()
            case _:
                if node.params:
                    try:
                        bench.editor.set_parameter([node], dice.choice(node.params).name, str(dice.randrange(1, 9)))
                    except Refusal:
                        continue
    assert bench.document.undo_label is not None
    after = dumps(_project(bench))
    labels, done = bench.document.steps()
    assert len(labels) == done > 10
    bench.document.go_to_step(0)
    assert dumps(_project(bench)) == before
    bench.document.go_to_step(done)
    assert dumps(_project(bench)) == after


def _project(bench: Bench) -> Project:
    assert bench.document.project is not None
    return bench.document.project
