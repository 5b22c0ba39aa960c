"""Python highlighting by Pygments: the whole text is lexed at once, an edited line alone until the next full pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from pygments.token import Comment, Keyword, Name, Number, Operator, String, Token, _TokenType
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from studio.theme import Theme

if TYPE_CHECKING:
    from pygments.lexers.python import PythonLexer

Run = tuple[int, int, _TokenType]
_Line = tuple[str, tuple[Run, ...]]

_COLORS: Mapping[_TokenType, str] = {
    Keyword: "syntax_keyword",
    Keyword.Constant: "syntax_number",
    Operator.Word: "syntax_keyword",
    String: "syntax_string",
    Number: "syntax_number",
    Comment: "syntax_comment",
    Name.Function: "syntax_function",
    Name.Class: "syntax_class",
    Name.Builtin: "syntax_builtin",
    Name.Builtin.Pseudo: "syntax_self",
    Name.Decorator: "syntax_decorator",
    Name.Exception: "syntax_builtin",
}
_FULL_PASS_MS = 160
_AT_ONCE = 1_500  # lines that are lexed before a text is shown; the rest follows while the window is idle
_PER_TURN = 400
_NUMBER = re.compile("[1-9][0-9]*")
_AT_THE_LEFT = ("def ", "class ", "import ", "from ", "async def ")


@cache
def lexer() -> PythonLexer:
    """One for all texts: making it takes longer than opening a window may."""
    from pygments.lexers.python import PythonLexer

    return PythonLexer(stripnl=False, ensurenl=False)


def _begins(line: _Line) -> bool:
    """Whether a line begins a definition, or an import outside everything: there nothing before it counts."""
    text, runs = line
    stripped = text.lstrip(" \t")
    indent = len(text) - len(stripped)
    if not stripped.startswith(("def ", "class ", "async def ") if indent else _AT_THE_LEFT):
        return False
    first = next((kind for at, _, kind in runs if at == indent), None)  # no keyword inside a string
    return first is not None and first in Keyword


def _is_plain(line: _Line) -> bool:
    """Whether a line begins outside strings, with a word: it looks the same whatever was before it."""
    text, runs = line
    indent = len(text) - len(text.lstrip(" \t"))
    first = next((kind for at, _, kind in runs if at == indent), None)
    return first is not None and (first in Keyword or first in Name) and first not in Name.Namespace


def _with_number(line: _Line, text: str) -> _Line | None:
    """A line of which one whole number is another one now: its colours move with it. None for any other change."""
    old, runs = line
    most = min(len(old), len(text))
    head = next((at for at in range(most) if old[at] != text[at]), most)
    run = next((run for run in runs if run[0] <= head < sum(run[:2])), None)
    if run is None or run[2] is not Number.Integer or not text.isascii() or not old.isascii():
        return None
    begin, length, kind = run
    more = len(text) - len(old)
    new, rest = text[begin : begin + length + more], old[begin + length :]
    if not _NUMBER.fullmatch(old[begin : begin + length]) or not _NUMBER.fullmatch(new) or not text.endswith(rest):
        return None
    moved = [(at + more, size, what) for at, size, what in runs if at > begin]
    return text, (*(one for one in runs if one[0] < begin), (begin, length + more, kind), *moved)


class PythonHighlighter(QSyntaxHighlighter):
    """Colours one QTextDocument; `set_theme` changes the colours in place."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._lines: list[tuple[str, tuple[Run, ...]]] = []
        self._formats: dict[_TokenType, QTextCharFormat | None] = {}
        self._theme = theme
        self._rest: Iterator[tuple[str, tuple[Run, ...]]] = iter(())
        self._fresh = 0
        self._edited = QTimer(self)
        self._edited.setSingleShot(True)
        self._edited.setInterval(_FULL_PASS_MS)
        self._edited.timeout.connect(self.lex_all)
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._go_on)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of another theme."""
        self._theme = theme
        self._formats.clear()
        self.rehighlight()

    def prepare(self, text: str) -> None:
        """Lex a text that is about to be put into the document, so that it is drawn right at once.

        Of a text that differs from the one before in a few definitions, only these are lexed.
        """
        known = None if self._turn.isActive() or self._edited.isActive() else self._with_known(text.split("\n"))
        self._edited.stop()
        self._turn.stop()
        if known is not None:
            self._rest, self._lines, self._fresh = iter(()), known, len(known)
            return
        self._start(text)
        self._lines = list(islice(self._rest, _AT_ONCE))
        self._fresh = len(self._lines)
        self._turn.start()

    def lex_all(self) -> None:
        """Lex what the document holds and redraw the lines whose colours changed, some at a time."""
        self._start(self.document().toPlainText())
        self._fresh = 0
        self._go_on()

    def _start(self, text: str) -> None:
        self._rest = self._lex(text)
        self._turn.stop()

    def _go_on(self) -> None:
        """The next lines; those that are drawn already as they should be are left alone."""
        more = list(islice(self._rest, _AT_ONCE if self._fresh == 0 else _PER_TURN))
        for line in more:
            number, self._fresh = self._fresh, self._fresh + 1
            known = self._lines[number] if number < len(self._lines) else None
            if known is None:
                self._lines.append(line)
            else:
                self._lines[number] = line
            if known != line:
                self.rehighlightBlock(self.document().findBlockByNumber(number))
        if more:
            self._turn.start()
        else:
            del self._lines[self._fresh :]

    def highlightBlock(self, text: str) -> None:
        """Qt calls this for each line that changed."""
        if not text and self.document().isEmpty():
            return
        number = self.currentBlock().blockNumber()
        if number < len(self._lines) and self._lines[number][0] == text:
            runs = self._lines[number][1]
        elif self._turn.isActive() and number >= self._fresh:
            return
        else:
            runs = next(self._lex(text), ("", ()))[1]
            self._edited.start()
        for start, length, kind in runs:
            form = self._format(kind)
            if form is not None:
                self.setFormat(start, length, form)

    def _with_known(self, lines: list[str]) -> list[_Line] | None:
        """The lines of a text, most of them taken from the text before; None where too few can be."""
        old = self._lines
        most = min(len(old), len(lines))
        head = next((at for at in range(most) if old[at][0] != lines[at]), most)
        tail = next((at for at in range(most - head) if old[-1 - at][0] != lines[-1 - at]), most - head)
        line = _with_number(old[head], lines[head]) if head + tail + 1 == len(lines) == len(old) else None
        near = self._around(lines, head, tail) if line is None else [*old[:head], line, *old[head + 1 :]]
        if near is not None:
            return near
        start = next((at for at in range(min(head, len(old) - 1), -1, -1) if _begins(old[at])), None)
        if start is None or head + tail < len(lines) // 2:
            return None
        moved = len(lines) - len(old)
        stop = next((at for at in range(len(old) - tail, len(old)) if _begins(old[at])), None)
        if stop is not None and stop + moved > start:
            *middle, last = self._lex("\n".join(lines[start : stop + moved + 1]))
            if last == old[stop]:  # else a string is open that was not
                return [*old[:start], *middle, *old[stop:]]
        return [*old[:start], *self._lex("\n".join(lines[start:]))]

    def _around(self, lines: list[str], head: int, tail: int) -> list[_Line] | None:
        """The lines of a text where only those between `head` and `tail` differ; None where others look otherwise for
        it. The lines around them are lexed too, and must come out as they are known.
        """
        old, moved = self._lines, len(lines) - len(self._lines)
        start = next((at for at in range(min(head, len(old)) - 1, -1, -1) if _is_plain(old[at])), None)
        stop = next((at for at in range(max(len(old) - tail, 0), len(old)) if _is_plain(old[at])), None)
        if start is None or stop is None or head + tail < len(lines) // 2:
            return None
        first, *middle, last = self._lex("\n".join(lines[start : stop + moved + 1]))
        return [*old[: start + 1], *middle, *old[stop:]] if (first, last) == (old[start], old[stop]) else None

    def _lex(self, text: str) -> Iterator[tuple[str, tuple[Run, ...]]]:
        """(line, runs) per line; starts and lengths are UTF-16 units, as Qt counts."""
        line: list[str] = []
        runs: list[Run] = []
        at = 0
        for kind, value in lexer().get_tokens(text):
            first = True
            for part in value.split("\n"):
                if not first:
                    yield "".join(line), tuple(runs)
                    line, runs, at = [], [], 0
                first = False
                length = len(part) if part.isascii() else len(part.encode("utf-16-le", "surrogatepass")) // 2
                if length:
                    line.append(part)
                    if kind is not Token.Text:
                        runs.append((at, length, kind))
                    at += length
        yield "".join(line), tuple(runs)

    def _format(self, kind: _TokenType) -> QTextCharFormat | None:
        if kind not in self._formats:
            self._formats[kind] = self._make(kind)
        return self._formats[kind]

    def _make(self, kind: _TokenType) -> QTextCharFormat | None:
        place: _TokenType | None = kind
        while place is not None and place not in _COLORS:
            place = place.parent
        if place is None:
            return None
        made = QTextCharFormat()
        made.setForeground(self._theme.color(_COLORS[place]))
        if place is Comment:
            made.setFontItalic(True)
        if place in (Keyword, Name.Class):
            made.setFontWeight(QFont.Weight.Medium)
        return made
