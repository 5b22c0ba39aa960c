"""Two edits of one text put together, line by line: what only one side changed is taken, the rest is a conflict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple


class Hunk(NamedTuple):
    """Lines `start` to `end` (exclusive, from 0) of the base were replaced by `lines`."""

    start: int
    end: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """The text with all that could be put together; `conflicts` are lines of it, from 1, where `mine` was kept."""

    text: str
    conflicts: tuple[int, ...]


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Both edits of `base`; where they touch the same lines, those of `mine` stay and the place is named."""
    lines = base.splitlines(keepends=True)
    ours, others = _hunks(lines, mine), _hunks(lines, theirs)
    out: list[str] = []
    conflicts: list[int] = []
    at = 0
    while ours or others:
        start, end = min(hunk[0][:2] for hunk in (ours, others) if hunk)
        group: tuple[list[Hunk], list[Hunk]] = ([], [])
        grown = True
        while grown:
            grown = False
            for waiting, taken in zip((ours, others), group, strict=True):
                while waiting and (waiting[0].start < end or waiting[0].start == start):
                    hunk = waiting.pop(0)
                    taken.append(hunk)
                    grown = grown or hunk.end > end
                    end = max(end, hunk.end)
        out += lines[at:start]
        left, right = (_applied(lines, start, end, hunks) for hunks in group)
        if group[0] and group[1] and left != right:
            conflicts.append(len(out) + 1)
        out += left if group[0] else right
        at = end
    out += lines[at:]
    return Merged("".join(out), tuple(conflicts))


def _hunks(base: Sequence[str], text: str) -> list[Hunk]:
    after = text.splitlines(keepends=True)
    found = SequenceMatcher(None, base, after, autojunk=False).get_opcodes()
    return [Hunk(i1, i2, tuple(after[j1:j2])) for tag, i1, i2, j1, j2 in found if tag != "equal"]


def _applied(base: Sequence[str], start: int, end: int, hunks: Sequence[Hunk]) -> list[str]:
    """Lines `start` to `end` of the base with some hunks in them."""
    out: list[str] = []
    at = start
    for hunk in hunks:
        out += base[at : hunk.start]
        out += hunk.lines
        at = hunk.end
    return out + list(base[at:end])
