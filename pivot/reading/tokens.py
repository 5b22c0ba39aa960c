"""The lexical view of a source: logical lines, comments and literal texts, bounded before any parser sees the text."""

from __future__ import annotations

import keyword
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field

from pivot.problems import refuse
from pivot.reading.limits import Limits, over_limit

Place = tuple[int, int]  # line from 1, column from 0 in characters

CLOSERS = {")": "(", "]": "[", "}": "{"}
KEYWORDS = frozenset(keyword.kwlist) - {"None", "True", "False"}
PREFIXES = frozenset({"-", "+", "~", "not", "await", "lambda", "else", "**"})  # each may nest what follows one deeper
SEPARATORS = frozenset({",", ";", "="})
PYTHON_BLOCKS = 100  # nested blocks that Python itself accepts
LEAD = 5  # a chain of prefixes may be this many times the depth limit before parsing; the tree is checked exactly


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment. `opening` is the innermost open bracket, None between statements and behind them."""

    line: int
    column: int
    text: str
    own_line: bool
    opening: Place | None = None
    behind_opening: bool = False  # nothing stands between that bracket and it


@dataclass(slots=True)
class Bracket:
    """A pair of brackets and what stands in it."""

    text: str
    opening: Place
    grouping: bool  # around an expression or tuple, not the bracket of a call, index or signature
    closing: Place = (0, 0)
    content_start: Place | None = None
    content_end: Place | None = None
    vertical: bool = True  # every element so far begins a line
    comma: int = 0  # line of the last comma between elements
    last_was_comma: bool = False
    exploded: bool = False

    def see(self, place: Place, text: str) -> None:
        """A token directly inside, or the opening bracket of something inside."""
        line = place[0]
        if self.content_start is None:
            self.content_start = place
            self.vertical = line > self.opening[0]
        elif self.comma and self.last_was_comma:
            self.vertical = self.vertical and line > self.comma
        self.last_was_comma = text == ","
        if self.last_was_comma:
            self.comma = line

    def close(self, place: Place, before: Place) -> None:
        """Where the closing bracket stands, and where the token before it ends."""
        self.closing = place
        self.content_end = before if self.content_start is not None else None
        self.exploded = bool(self.comma) and (self.vertical or self.last_was_comma)


@dataclass(slots=True)
class LogicalLine:
    """All tokens up to one NEWLINE: one or more simple statements, or the head of a clause."""

    word: str
    start: Place
    end_line: int = 0
    behind: str | None = None
    inside: list[Comment] = field(default_factory=list)
    closings: dict[Place, Place] = field(default_factory=dict)  # closing bracket of each opening one


@dataclass(slots=True)
class Scan:
    """What `scan` found, all in source order."""

    lines: list[LogicalLine] = field(default_factory=list)
    between: list[Comment] = field(default_factory=list)
    strings: list[tuple[Place, Place, str]] = field(default_factory=list)
    numbers: dict[Place, str] = field(default_factory=dict)
    brackets: list[Bracket] = field(default_factory=list)


class UnclosedString(Exception):
    """A triple-quoted string that never ends; carries where it begins."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.place = place


def scan(text: str, file: str, limits: Limits) -> Scan:
    """Reads the tokens of `text`, whose line ends are line feeds.

    Raises Refusal for brackets that do not match or nest too deeply and for literals beyond the limits, and lets
    `IndentationError` and `tokenize.TokenError` of anything else through.
    """
    found = Scan()
    current: LogicalLine | None = None
    brackets: list[Bracket] = []
    prefixes = [0]  # per open bracket: tokens since the last separator that may nest
    postfixes = [0]
    elifs = [0]  # per open block: `elif` in a row; each nests in the one before
    names = 0
    before: tokenize.TokenInfo | None = None
    for token in _tokens(text, file, brackets):
        kind, string = token.type, token.string
        if kind == tokenize.NEWLINE:
            if current is not None:
                current.end_line = token.start[0]
                found.lines.append(current)
            current, before = None, None
            prefixes[-1] = postfixes[-1] = 0
            continue
        if kind in (tokenize.NL, tokenize.ENDMARKER):
            continue
        if kind == tokenize.INDENT:
            elifs.append(0)
            if len(elifs) > PYTHON_BLOCKS:
                raise refuse(
                    "too-deep",
                    file,
                    token.start[0],
                    1,
                    f"too deeply nested: {PYTHON_BLOCKS} blocks in one another",
                    "move inner blocks into functions",
                )
            continue
        if kind == tokenize.DEDENT:
            elifs.pop()
            continue
        if kind == tokenize.COMMENT:
            _comment(found, current, token, brackets, before)
            continue
        if current is None:
            current = LogicalLine(string, token.start)
            names += 1
            elifs[-1] = elifs[-1] + 1 if string == "elif" else 0
        if brackets and string not in CLOSERS:
            brackets[-1].see(token.start, string)
        if kind == tokenize.OP and string in "([{":
            trailer = before is not None and _ends_operand(before)
            postfixes[-1] = postfixes[-1] + 1 if trailer else 0
            brackets.append(Bracket(string, token.start, not trailer))
            if len(brackets) > min(limits.depth, 199):  # Python itself stops at 200
                raise refuse(
                    "too-deep",
                    file,
                    token.start[0],
                    token.start[1] + 1,
                    f"too deeply nested: {len(brackets)} brackets in one another",
                    "give inner parts a name of their own",
                )
            prefixes.append(0)
            postfixes.append(0)
        elif kind == tokenize.OP and string in CLOSERS:
            bracket = _close(brackets, token, file)
            assert before is not None
            bracket.close(token.start, before.end)
            current.closings[bracket.opening] = token.start
            found.brackets.append(bracket)
            prefixes.pop()
            postfixes.pop()
        elif string in SEPARATORS:
            prefixes[-1] = postfixes[-1] = 0
        elif string in PREFIXES:
            prefixes[-1] += 1
            postfixes[-1] = 0
        elif string == ".":
            postfixes[-1] += 1
        elif kind == tokenize.OP and string != ":":
            postfixes[-1] = 0
            if string != "%":  # a binary operator ends a run of unary ones
                prefixes[-1] = 0
        if kind in (tokenize.NAME, tokenize.NUMBER, tokenize.STRING):
            names += 1
            if names > limits.nodes:
                raise over_limit(
                    file,
                    token.start[0],
                    token.start[1] + 1,
                    "too many names, literals and lines",
                    "nodes",
                    limits.nodes,
                )
            _literal(found, token, file, limits)
        if max(prefixes[-1], postfixes[-1]) > LEAD * limits.depth or elifs[-1] > limits.depth:
            raise over_limit(file, token.start[0], token.start[1] + 1, "too deeply nested", "depth", limits.depth)
        before = token
    return found


def _tokens(text: str, file: str, brackets: list[Bracket]) -> Iterator[tokenize.TokenInfo]:
    """The tokens; the end of the text inside a bracket is refused at the bracket that was opened."""
    lines = iter(text.split("\n"))
    try:
        yield from tokenize.generate_tokens(lambda: next(lines) + "\n")
    except tokenize.TokenError as error:
        if "multi-line string" in error.args[0]:
            raise UnclosedString(error.args[1]) from None
        if not brackets:
            raise
        line, column = brackets[-1].opening
        raise refuse(
            "truncated",
            file,
            line,
            column + 1,
            f"'{brackets[-1].text}' is never closed; the file may be cut off",
            "close the bracket, or get the whole file",
        ) from None


def _close(brackets: list[Bracket], token: tokenize.TokenInfo, file: str) -> Bracket:
    line, column = token.start
    if not brackets:
        raise refuse(
            "syntax",
            file,
            line,
            column + 1,
            f"'{token.string}' closes nothing",
            "remove it, or open the bracket before it",
        )
    bracket = brackets.pop()
    if bracket.text != CLOSERS[token.string]:
        raise refuse(
            "syntax",
            file,
            line,
            column + 1,
            f"'{token.string}' does not close the '{bracket.text}' of line {bracket.opening[0]}",
            "make the brackets match",
        )
    return bracket


def _ends_operand(token: tokenize.TokenInfo) -> bool:
    """Whether a bracket behind `token` would be a call or an index: not behind a keyword or an operator."""
    if token.type == tokenize.NAME:
        return token.string not in KEYWORDS
    return token.type == tokenize.STRING or token.string in CLOSERS


def _comment(
    found: Scan,
    current: LogicalLine | None,
    token: tokenize.TokenInfo,
    brackets: list[Bracket],
    before: tokenize.TokenInfo | None,
) -> None:
    line, column = token.start
    own_line = before is None or before.end[0] < line
    text = token.string.rstrip()
    if current is None:
        found.between.append(Comment(line, column, text, True))
    elif not brackets:
        current.behind = text
    else:
        opening = brackets[-1].opening
        opened = before is not None and before.start == opening
        current.inside.append(Comment(line, column, text, own_line, opening, opened))


def _literal(found: Scan, token: tokenize.TokenInfo, file: str, limits: Limits) -> None:
    """Remembers the text of a number or string, and refuses one that is beyond the limits."""
    line, column = token.start
    if token.type == tokenize.STRING:
        if len(token.string) > limits.string_bytes:
            raise over_limit(
                file,
                line,
                column + 1,
                f"a string literal of {len(token.string)} characters",
                "string_bytes",
                limits.string_bytes,
            )
        found.strings.append((token.start, token.end, token.string))
    elif token.type == tokenize.NUMBER:
        if len(token.string) > 16 and bits(token.string) > limits.integer_bits:
            raise over_limit(
                file, line, column + 1, f"a number of {len(token.string)} digits", "integer_bits", limits.integer_bits
            )
        found.numbers[token.start] = token.string


def bits(text: str) -> int:
    """Bits that a number needs, from its digits alone: the number itself may be too large to make."""
    digits = text.replace("_", "").lower()
    per_digit = {"0x": 4.0, "0o": 3.0, "0b": 1.0}.get(digits[:2])
    if per_digit is not None:
        return int(len(digits[2:].lstrip("0")) * per_digit)
    whole = digits.split(".")[0].split("e")[0].rstrip("j").lstrip("0")
    return int((len(whole) - 1) * 3.3219) if whole else 0
