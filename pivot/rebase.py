"""Where a place of an older text stands in the newer one, so that marks and edits stay right between conversions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from pivot.edits import Place

MOST = 4_000  # lines that are compared one with another
_LINE_END = re.compile(r"\r\n|\r|\n")


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
    both texts, each of its lines is compared by itself, so that several edits on different lines stay apart; where not,
    the lines that are found again in order are. On one line it sees one change; whoever made several one after the
    other asks for each in turn.
    """

    def __init__(self, old: str, new: str) -> None:
        self._same = old == new
        self._old = [] if self._same else _LINE_END.split(old)
        self._new = [] if self._same else _LINE_END.split(new)
        self._head = self._tail = 0
        self._again: dict[int, int] = {}  # lines of the changed part that are found again
        if not self._same:
            most = min(len(self._old), len(self._new))
            while self._head < most and self._old[self._head] == self._new[self._head]:
                self._head += 1
            while self._tail < most - self._head and self._old[-1 - self._tail] == self._new[-1 - self._tail]:
                self._tail += 1
            if len(self._old) != len(self._new):
                first, last = self._old[self._head : len(self._old) - self._tail], len(self._new) - self._tail
                matcher = SequenceMatcher(None, first, self._new[self._head : last], autojunk=False)
                for block in matcher.get_matching_blocks() if len(first) <= MOST else ():
                    for at in range(block.size):
                        self._again[self._head + block.a + at + 1] = self._head + block.b + at + 1

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
            found = self._again.get(line)
            return None if found is None else (found, column)
        moved = _column(self._old[line - 1], self._new[line - 1], column, at_end)
        return None if moved is None else (line, moved)


def _column(old: str, new: str, column: int, at_end: bool) -> int | None:
    """A start at the edge of the change stays before it, an end stays behind it: an edited literal keeps its place."""
    most = min(len(old), len(new))
    head = 0
    while head < most and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < most - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    offset, change_end = column - 1, len(old) - tail
    if offset < head or (offset == head and not at_end):
        return column
    if offset > change_end or (offset == change_end and at_end):
        return column + len(new) - len(old)
    return None
