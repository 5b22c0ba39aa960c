"""The lexical view of a source by one pattern, several times as fast as Python's tokenizer written in Python.

It knows what well-formed sources are made of. Whatever else it meets, it gives up: `pivot.reading.tokens.scan` tells
what is wrong, and where.
"""

from __future__ import annotations

import re
import sys
import tokenize

from pivot.reading.limits import Limits
from pivot.reading.tokens import (
    CLOSERS,
    KEYWORDS,
    LEAD,
    PREFIXES,
    PYTHON_BLOCKS,
    Bracket,
    Comment,
    LogicalLine,
    Scan,
    bits,
)

_PREFIX = "(?:[bB][rR]?|[rR][bBfF]?|[uU]|[fF][rR]?)?"
_STRING = (
    _PREFIX + r"(?:'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''"
    r'|"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""'
    r"|'(?!'')[^\n'\\]*(?:\\.[^\n'\\]*)*'"
    r'|"(?!"")[^\n"\\]*(?:\\.[^\n"\\]*)*")'
)
_OPERATOR = r"\*\*=?|//=?|>>=?|<<=?|\.\.\.|->|:=|[+\-*/%&@|^=<>]=?|!=|[~.:;]"
_NUMBER = re.sub(r"\((?!\?)", "(?:", tokenize.Number)
# What is met most stands first. A name that quotes follow may be the prefix of a string; names with dots are one token.
_TOKEN = re.compile(
    r"[ \f\t]*(?:"
    rf"([^\W\d]\w*(?:\.[^\W\d]\w*)*(?![\w'\"]))|([(\[{{])|([)\]}}])|(,)|(\n)|({_STRING})|({_NUMBER})|(\w+)|({_OPERATOR})"
    r"|(#[^\n]*)|(\\\n)|(.))",
    re.DOTALL,
)
NAME, OPENING, CLOSING, COMMA, END, STRING, NUMBER, LATER_NAME, OPERATOR, COMMENT, JOINED, OTHER = range(1, 13)
ENDS, OPERANDS = frozenset((END, JOINED)), frozenset((STRING, CLOSING))
_INDENT = re.compile(r"[ \f\t]*")
_BLANK = "#\n"


def quick_scan(text: str, limits: Limits) -> Scan | None:
    """What `scan` finds in a text whose line ends are line feeds; None where that has to be asked.

    Since Python 3.12 the parts of an f-string are tokens, and quotes in it need not differ from those around it.
    """
    if sys.version_info >= (3, 12) or len(text) > limits.string_bytes:
        return None
    text += "\n"
    found = Scan()
    numbers, strings = found.numbers, found.strings
    indents, elifs, brackets = [0], [0], list[Bracket]()
    prefixes, postfixes = [0], [0]
    names, most = 0, LEAD * limits.depth
    deepest = min(limits.depth, 199, PYTHON_BLOCKS)
    current: LogicalLine | None = None
    awaited = False  # whether the innermost bracket has still to see where its next element begins
    kind, word = END, ""  # of the token before in its logical line
    ended, end_line, end_start = 0, 1, 0  # where that token ends; the line of the last one of lines above
    line, start = 1, 0  # the line that is read, and where it begins
    at, size = 0, len(text)
    for token in _TOKEN.finditer(text):
        if current is None and at == start:
            space = _INDENT.match(text, at)
            assert space is not None
            if text[space.end()] not in _BLANK and not _indented(indents, elifs, _column(space[0])):
                return None
        now = token.lastindex or OTHER
        at = token.end()
        if now in ENDS:
            if ended > start:
                end_line, end_start = line, start
            if now == JOINED:
                if current is None or at >= size - 1:
                    return None
            elif current is not None and not brackets:
                current.end_line = line
                found.lines.append(current)
                current = None
                prefixes[-1] = postfixes[-1] = 0
            line, start = line + 1, at
            continue
        string = token[now]
        if now == LATER_NAME:
            now = NAME
        column = at - len(string) - start
        if now == COMMENT:
            remark = string.rstrip()
            if current is None:
                found.between.append(Comment(line, column, remark, True))
            elif brackets:
                opening = brackets[-1].opening
                current.inside.append(Comment(line, column, remark, ended <= start, opening, kind == OPENING))
            else:
                current.behind = remark
            continue
        if current is None:
            current = LogicalLine(string.partition(".")[0] if now == NAME else string, (line, column))
            names += 1
            elifs[-1] = elifs[-1] + 1 if string == "elif" else 0
            if elifs[-1] > limits.depth:
                return None
            kind = END
        if awaited and now != CLOSING:
            brackets[-1].see((line, column), string)
            awaited = False
        if now == NAME:
            names += 1
            if "." in string:
                dots = string.count(".")
                names += dots
                postfixes[-1] += dots
            elif string in PREFIXES:
                prefixes[-1] += 1
                postfixes[-1] = 0
        elif now == OPERATOR:
            if string == "=" or string == ";":
                prefixes[-1] = postfixes[-1] = 0
            elif string in PREFIXES:
                prefixes[-1] += 1
                postfixes[-1] = 0
            elif string == ".":
                postfixes[-1] += 1
            elif string != ":":
                postfixes[-1] = 0
                if string != "%":
                    prefixes[-1] = 0
        elif now == COMMA:
            prefixes[-1] = postfixes[-1] = 0
            if brackets:
                brackets[-1].see((line, column), string)
                awaited = True
        elif now == OPENING:
            trailer = kind in OPERANDS or (kind == NAME and word not in KEYWORDS)
            postfixes[-1] = postfixes[-1] + 1 if trailer else 0
            if len(brackets) >= deepest:
                return None
            brackets.append(Bracket(string, (line, column), not trailer))
            prefixes.append(0)
            postfixes.append(0)
            awaited = True
        elif now == CLOSING:
            if not brackets or brackets[-1].text != CLOSERS[string]:
                return None
            bracket = brackets.pop()
            bracket.close((line, column), (line, ended - start) if ended > start else (end_line, ended - end_start))
            current.closings[bracket.opening] = bracket.closing
            found.brackets.append(bracket)
            prefixes.pop()
            postfixes.pop()
            awaited = False
        elif now == STRING:
            names += 1
            place = (line, column)
            if "\n" in string:
                line, start = line + string.count("\n"), at - (len(string) - string.rfind("\n") - 1)
            strings.append((place, (line, at - start), string))
        elif now == NUMBER:
            names += 1
            if len(string) > 16 and bits(string) > limits.integer_bits:
                return None
            numbers[(line, column)] = string
        else:
            return None
        if prefixes[-1] > most or postfixes[-1] > most:
            return None
        kind, word, ended = now, string, at
    return found if not brackets and current is None and names <= limits.nodes else None


def _column(space: str) -> int:
    """The column that white space before a line leads to, as Python counts it."""
    column = 0
    for character in space:
        column = 0 if character == "\f" else (column // 8 + 1) * 8 if character == "\t" else column + 1
    return column


def _indented(indents: list[int], elifs: list[int], column: int) -> bool:
    """Open or close the blocks that a line at `column` opens or closes; False where it fits none, or they are many."""
    if column > indents[-1]:
        indents.append(column)
        elifs.append(0)
        return len(elifs) <= PYTHON_BLOCKS
    while column < indents[-1]:
        indents.pop()
        elifs.pop()
    return column == indents[-1]
