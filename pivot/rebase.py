"""Where a place of an older text stands in the newer one, so that marks and edits stay right between conversions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import accumulate

from pivot.edits import Place

_LINE_END = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Lines:
    """A place as four numbers that count from 1, end column exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Rebase:
    """Maps places of `old` to places of `new`. Built once per pair of texts; both may be large, edits between are few.

    Lines that are equal from the top or from the bottom move as they are. Where the changed part has as many lines in
    both texts, each of its lines is compared by itself, so that several edits on different lines stay apart.
    """

    def __init__(self, old: str, new: str) -> None:
        self._same = old == new
        self._old = [] if self._same else _LINE_END.split(old)
        self._new = [] if self._same else _LINE_END.split(new)
        self._head = self._tail = 0
        if not self._same:
            most = min(len(self._old), len(self._new))
            while self._head < most and self._old[self._head] == self._new[self._head]:
                self._head += 1
            while self._tail < most - self._head and self._old[-1 - self._tail] == self._new[-1 - self._tail]:
                self._tail += 1

    def place(self, span: Place) -> Lines | None:
        """The place in the new text; None where the text around it changed so that nobody can say."""
        start = self._point(span.line, span.column, at_end=False)
        end = self._point(span.end_line, span.end_column, at_end=True)
        return None if start is None or end is None or end < start else Lines(*start, *end)

    def line(self, number: int) -> int | None:
        """The line of the new text that was this one."""
        point = self._point(number, 1, at_end=False)
        return None if point is None else point[0]

    def _point(self, line: int, column: int, *, at_end: bool) -> tuple[int, int] | None:
        if self._same or line <= self._head:
            return line, column
        if line > len(self._old) - self._tail:
            return line + len(self._new) - len(self._old), column
        if len(self._old) != len(self._new):
            return None
        moved = _column(self._old[line - 1], self._new[line - 1], column, at_end)
        return None if moved is None else (line, moved)


def _column(old: str, new: str, column: int, at_end: bool) -> int | None:
    """The lines are compared word by word, so that two edits of one line stay apart.

    A start at the edge of a change stays before it, an end stays behind it: an edited literal keeps its place.
    """
    offset = column - 1
    found: int | None = 0 if offset == 0 else None
    for same, i1, i2, j1, j2 in _blocks(old, new):
        if not i1 <= offset <= i2 or not (same or offset == (i2 if at_end else i1)):
            continue
        if not at_end and offset == i1:
            return j1 + 1
        found = j2 if offset == i2 else j1 + offset - i1
    return None if found is None else found + 1


def _blocks(old: str, new: str) -> list[tuple[bool, int, int, int, int]]:
    """Stretches of both lines that belong together, in characters: (equal, start, end, new start, new end)."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    i_at = [0, *accumulate(map(len, before))]
    j_at = [0, *accumulate(map(len, after))]
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(tag == "equal", i_at[i1], i_at[i2], j_at[j1], j_at[j2]) for tag, i1, i2, j1, j2 in codes]
