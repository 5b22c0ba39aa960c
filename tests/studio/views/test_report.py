"""The report as a pane."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTranslator, QUrl
from pytestqt.qtbot import QtBot

from codegen.verify.html import page
from studio.document import Document
from studio.jobs.queue import Jobs
from studio.theme import Theme, themes
from studio.views.report import ReportView, translated

Settle = Callable[[Jobs], None]


def test_it_says_that_there_is_none_yet(document: Document, theme: Theme, qtbot: QtBot) -> None:
    made = ReportView(document, theme)
    qtbot.addWidget(made)
    assert "verify first" in made.page.toPlainText()


def test_the_first_difference_shows_both_lines_and_places_are_links(
    document: Document, jobs: Jobs, source: Path, theme: Theme, qtbot: QtBot, settle: Settle
) -> None:
    source.write_text(source.read_text() + "# unequal\n")
    document.open(source)
    jobs.verify()
    settle(jobs)
    made = ReportView(document, theme)
    qtbot.addWidget(made)
    made.show()
    first = document.report.first_difference
    text = made.page.toPlainText()
    assert source.read_text().splitlines()[first.source.line - 1].strip() in text
    assert document.results.target_text.splitlines()[first.target.line - 1].strip() in text
    made.page.anchorClicked.emit(QUrl(f"place:{source.name}:{first.source.line}"))
    assert document.selection.place.line == first.source.line
    made.set_theme(themes()["dark"])
    assert made.page.toPlainText() == text
    jobs.automatic = False
    document.type_text(str(source), document.selection.place, "x")
    assert "earlier source" in made._said.text()
    with qtbot.waitSignal(made.browser_wanted):
        made._open.click()


def test_the_page_of_a_real_report_is_shown_whole(
    document: Document, theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    from dataclasses import replace

    from studio.report import read_report

    node = {"id": "n1", "op": "relu", "path": "act", "error": 2e-3, "max": 4.0, "source": None, "target": None}
    node["source"] = {"file": "net.py", "line": 3, "column": 1, "end_line": 3, "end_column": 9}
    double = {"outputs": [{"name": "y", "shape": [2, 3], "error": 0.0, "why": None}], "nodes": [node]}
    numbers = {
        "float64": double | {"worst": 2e-3, "gate": 1e-12},
        "float32": {"outputs": [], "worst": None},
        "gradients": None,
        "first_difference": None,
        "constants": [],
        "passes": [],
    }
    report = {
        "equal": False,
        "source": {"path": "net.py", "model": "Net()"},
        "target": {"path": "net_keras.py", "model": "Net()"},
        "parameters": 12,
        "seconds": 1.0,
        "static": None,
        "build": None,
        "numbers": numbers,
        "versions": {"torch": "2"},
    }
    (tmp_path / "report.html").write_text(page(report, "They part."), encoding="utf-8")
    made = ReportView(document, theme)
    qtbot.addWidget(made)
    document.set_report(0, replace(read_report(report), page=str(tmp_path / "report.html")))
    assert "They part." in made.page.toPlainText()
    assert 'href="place:net.py:3"' in made.page.toHtml()


def test_the_page_is_told_in_the_language_of_the_person() -> None:
    known = {"float64: largest error {0}, gate {1}": "float64: größter Fehler {0}, Schranke {1}"}

    class Words(QTranslator):
        def isEmpty(self) -> bool:
            return False

        def translate(self, context: str, text: str, about: str | None = None, n: int = -1) -> str:
            return known.get(text)  # type: ignore[return-value]  # None: as it is

    words = Words()
    QCoreApplication.installTranslator(words)
    try:
        assert translated(" float64: largest error 1.2e-15, gate 1e-12 ") == (
            " float64: größter Fehler 1.2e-15, Schranke 1e-12 "
        )
        assert translated("conv2d &lt; x_1") == "conv2d &lt; x_1"
    finally:
        QCoreApplication.removeTranslator(words)
