"""The tree of modules."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.document import Document
from studio.links import Links
from studio.results import Results
from studio.theme import Theme
from studio.views.network_tree import ModuleModel, NetworkTree, class_shown
from tests.studio.fixtures.pictures import gpt


def test_the_model_is_well_formed(qapp: object) -> None:
    model = ModuleModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.set_picture(gpt(unmapped=True).picture())
    index = model.path_index("h.1.attn")
    assert [str(model.index(index.row(), at, index.parent()).data()) for at in range(3)] == ["attn", "N×T×768", "2.4 M"]
    assert index.parent().data() == "1"
    assert model.rowCount(model.path_index("h")) == 12
    assert not model.path_index("nowhere").isValid()
    model.set_picture(None)
    assert model.rowCount() == 0
    del tester


def test_selection_goes_both_ways_and_the_filter_narrows(document: Document, theme: Theme, qtbot: QtBot) -> None:
    made = NetworkTree(document, theme)
    qtbot.addWidget(made)
    made.show()
    assert made.tree.model().rowCount() == 0
    assert "appear here" in made._hint.label.text() and made._hint.label.isVisible()
    picture = gpt().picture()
    document.set_results(Results(1, picture=picture, links=Links(picture)))
    assert not made._hint.label.isVisible()
    document.select((), ("h.3.mlp",), "graph")
    (chosen,) = made.tree.selectionModel().selectedRows()
    assert chosen.data(Qt.ItemDataRole.ToolTipRole).startswith("h.3.mlp")
    made.tree.setCurrentIndex(chosen.parent())
    assert document.selection.modules == ("h.3",)
    made.field.setText("h.5")
    root = made.tree.model().index(0, 0)
    assert made.tree.model().rowCount(made.tree.model().index(0, 0, root)) == 1
    made.field.setText("no such module")
    assert made._hint.label.text() == "No module is called so."


def test_a_class_name_is_shown_whole_or_well_enough_or_not_at_all(qapp: QApplication) -> None:
    metrics = QFontMetrics(qapp.font())
    whole = metrics.horizontalAdvance("BatchNorm2d")
    assert class_shown("BatchNorm2d", metrics, whole + 1) == "BatchNorm2d"
    assert class_shown("BatchNorm2d", metrics, whole * 4 // 5).startswith("Batch")
    assert class_shown("BatchNorm2d", metrics, whole // 3) == ""


def test_names_keep_their_room_where_the_panel_is_narrow(document: Document, theme: Theme, qtbot: QtBot) -> None:
    made = NetworkTree(document, theme)
    qtbot.addWidget(made)
    made.show()
    shown = []
    for width in (400, 220, 120, 400):
        made.resize(width, 300)
        shown.append([at for at in range(3) if not made.tree.isColumnHidden(at)])
    assert shown[0] == shown[3] == [0, 1, 2]
    assert shown[2] == [0]
    assert len(shown[1]) == 2
