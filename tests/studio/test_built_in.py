"""What the application spells out is read, and is nobody's to edit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

import pivot
from pivot.problems import Refusal
from studio.built_in import check_own, is_built_in
from studio.document import Document
from studio.theme import Theme
from studio.views.source import SourceView

GELU = Path(pivot.__file__).parent / "restated" / "torch" / "nn" / "GELU.py"


def test_a_file_of_the_application_is_told_from_one_of_the_program(tmp_path: Path) -> None:
    assert GELU.is_file() and is_built_in(str(GELU))
    assert not is_built_in(str(tmp_path / "GELU.py"))
    check_own(str(tmp_path / "GELU.py"))
    with pytest.raises(Refusal, match="spelled out by Pivot Studio"):
        check_own(str(GELU), 3)


def test_the_source_pane_shows_it_and_takes_no_typing(converted: Document, theme: Theme, qtbot: QtBot) -> None:
    made = SourceView(converted, theme)
    qtbot.addWidget(made)
    made.show()
    results = converted.results
    assert results is not None and results.picture is not None
    files = {**results.picture.source.files, str(GELU): GELU.read_text()}
    source = replace(results.picture.source, files=files)
    converted.set_results(replace(results, picture=replace(results.picture, source=source)))
    assert [made._files.itemText(at) for at in range(2)] == ["small_net.py", "GELU.py (built in)"]
    made._files.setCurrentIndex(1)
    made._files.activated.emit(1)
    assert made.editor.toPlainText() == GELU.read_text()
    qtbot.keyClick(made.editor, Qt.Key.Key_Delete)
    qtbot.keyClicks(made.editor, "x")
    assert made.editor.toPlainText() == GELU.read_text()
    assert made._state.text() == "read only"
    assert not converted.modified
