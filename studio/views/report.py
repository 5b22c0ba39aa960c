"""The report of the verification as a pane: what report.html says, with both lines where the sides part."""

from __future__ import annotations

import re
from html import escape, unescape
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QPushButton, QTextBrowser, QVBoxLayout, QWidget

from studio.document import Document
from studio.excerpt import Line, go_to, source_line, target_line
from studio.report import Report
from studio.theme import Theme
from studio.translation import tr
from studio.widgets.parts import frame, label, row, set_style

_BODY = re.compile(r"<main>(.*)</main>", re.DOTALL)
_FIRST = re.compile(r'<h2>First difference</h2>(<div class="card">.*?</dl></div>)', re.DOTALL)
_PLACE = re.compile(r"(?<=>)([^<>/:]+\.py):(\d+)(?=<)")
_WORDS = re.compile(r"(?<=>)([^<>]*[a-zA-Z]{2}[^<>]*)(?=<)")
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.])")
_STYLE = """
body {{ color: {text}; }}
h1 {{ font-size: 20px; }} h2 {{ font-size: 15px; margin-top: 18px; }} h3 {{ font-size: 13px; margin-bottom: 0; }}
p {{ margin-top: 2px; margin-bottom: 2px; }} a {{ color: {accent}; text-decoration: none; }}
.soft, dt, th {{ color: {muted}; }} dt {{ margin-top: 4px; }} dd {{ margin-left: 0; }}
.good-mark {{ color: {success}; }} .bad-mark {{ color: {danger}; }}
th {{ text-align: left; padding-right: 16px; }} td {{ padding-right: 16px; padding-top: 2px; padding-bottom: 2px; }}
pre, code, .mono, .num {{ font-family: '{family}'; font-size: 12px; }}
"""


def translated(text: str) -> str:
    """A text of the page in the language of the person: what is looked up has {0}, {1}, ... where numbers stand."""
    said = unescape(text)
    numbers = _NUMBER.findall(said)
    at = iter(range(len(numbers)))
    known = tr(_NUMBER.sub(lambda found: f"{{{next(at)}}}", said.strip()))
    for place, number in enumerate(numbers):
        known = known.replace(f"{{{place}}}", number)
    before, after = said[: len(said) - len(said.lstrip())], said[len(said.rstrip()) :]
    return f"{before}{escape(known, quote=False)}{after}"


class ReportView(QWidget):
    """`browser_wanted`: the same page is to be opened in the browser."""

    browser_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._shown: object = None
        self._drawn = False  # in the colours that there are
        self._said = label("", "small", tone="warning")
        self._open = QPushButton(self.tr("Open in Browser"))
        self._open.clicked.connect(self.browser_wanted)
        head = frame("header")
        head.setLayout(row(self._said, 1, self._open, margins=(12, 6, 12, 6)))
        self.page = QTextBrowser()
        self.page.setAccessibleName(self.tr("Report of the verification"))
        self.page.setOpenLinks(False)
        self.page.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.page.document().setDocumentMargin(14)
        self.page.anchorClicked.connect(self._followed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head)
        layout.addWidget(self.page, 1)
        document.results_changed.connect(self._refresh)
        document.project_changed.connect(lambda before, after: self._refresh())
        self._refresh()

    def set_theme(self, theme: Theme) -> None:
        self._theme, self._drawn = theme, False
        self._refresh()

    def _refresh(self) -> None:
        report = self._document.report
        stale = report is not None and self._document.report_stale
        self._said.setText(self.tr("This is the report of an earlier source.") if stale else "")
        set_style(self._said, tone="warning")
        self._open.setEnabled(report is not None)
        if self._drawn and self._shown is report:
            return
        self._drawn, self._shown = True, report
        colors = {name: self._theme.colors[name] for name in ("text", "accent", "muted", "success", "danger")}
        family = self._theme.code_font().family()
        self.page.document().setDefaultStyleSheet(_STYLE.format(**colors, family=family))
        self.page.setHtml(self._text(report))

    def _text(self, report: Report | None) -> str:
        if report is None:
            none = self.tr(
                "There is no report yet: verify first. It holds what was compared, and where both sides part."
            )
            return f'<p class="soft">{escape(none)}</p>'
        try:
            page = Path(report.page).read_text(encoding="utf-8") if report.page else ""
        except OSError:
            page = ""
        found = _BODY.search(page)
        body = _WORDS.sub(lambda text: translated(text.group()), found.group(1) if found is not None else page)
        body = _PLACE.sub(r'<a href="place:\1:\2">\1:\2</a>', body)
        # Where both sides part is what a person looks for: it comes right behind the verdict.
        told = _FIRST.search(body)
        body = _FIRST.sub("", body)
        head, end, rest = body.partition("</section>")
        lines = self._lines(report)
        heading = f"<h2>{escape(self.tr('First difference'))}</h2>" if told is not None or lines else ""
        first = f"{heading}{lines}{told.group(1) if told is not None else ''}"
        return f"{head}{end}{first}{rest}" if end else f"{first}{body}"

    def _lines(self, report: Report) -> str:
        """Both lines of the first differing node, each with its neighbours."""
        first = report.first_difference
        if first is None:
            return ""
        sides = (
            (self.tr("Source"), source_line(self._document, first.source, 1)),
            (self.tr("Target"), target_line(self._document, first.target, 1)),
        )
        return "".join(f"<p><b>{escape(name)}</b></p>{self._excerpt(lines)}" for name, lines in sides if lines)

    def _excerpt(self, lines: tuple[Line, ...]) -> str:
        faint, back = self._theme.colors["muted"], self._theme.colors["danger_soft"]
        rows = []
        for line in lines:
            color = f' bgcolor="{back}"' if line.named else ""
            number = f'<td align="right"{color}><pre><font color="{faint}">{line.number}</font></pre></td>'
            rows.append(f"<tr>{number}<td{color}><pre>{escape(line.text) or ' '}</pre></td></tr>")
        return f'<table cellspacing="0" cellpadding="2">{"".join(rows)}</table>'

    def _followed(self, link: QUrl) -> None:
        """A place of the report was clicked."""
        _, name, line = link.toString().split(":", 2)
        go_to(self._document, name, int(line))
