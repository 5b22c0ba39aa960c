"""Dropping an op on a node."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent

from studio.op_mime import MIME
from tests.studio.fixtures.pictures import resnet50
from tests.studio.views.graph.conftest import place_of


def drop(view, at: QPoint, mime: QMimeData) -> QDropEvent:
    event = QDropEvent(
        QPointF(at), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    view.canvas.dropEvent(event)
    return event


def op(name: str) -> QMimeData:
    mime = QMimeData()
    mime.setData(MIME, name.encode())
    return mime


def test_the_op_and_the_node_are_told(show, qtbot):
    view = show(resnet50(unmapped=True), 1.0)
    lost = view.state.picture.unmapped[0].id
    with qtbot.waitSignal(view.op_dropped) as told:
        drop(view, place_of(view, lost), op("rfft2"))
    assert told.args == ["rfft2", lost]


def test_groups_the_canvas_and_other_things_take_nothing(show):
    view = show(resnet50(), 1.0)
    told = []
    view.op_dropped.connect(lambda *args: told.append(args))
    drop(view, place_of(view, "/layer1.0"), op("relu"))
    drop(view, QPoint(10, 300), op("relu"))
    text = QMimeData()
    text.setText("relu")
    drop(view, place_of(view, "n0"), text)
    assert told == []
