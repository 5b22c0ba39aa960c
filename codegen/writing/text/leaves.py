"""What the printer lays out: leaves (tokens with comments and places to split) gathered in lines."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise

WIDTH = 88
BEYOND = 12  # columns more, with the comment behind it
INDENT = 4


class Kind(IntEnum):
    """What a leaf is to the layout."""

    OTHER = 0
    OPEN = 1
    CLOSE = 2
    COMMA = 3
    EQUAL = 4  # the `=` of an assignment
    STRING = 5
    DOT = 6
    COMMENT = 7  # a comment on a line of its own


class Split(IntEnum):
    """How willingly a line is split behind a leaf: the highest of a bracket's content goes first. 0 is never."""

    NEVER = 0
    DOT = 1
    POWER = 2
    TERM = 4
    ARITH = 5
    SHIFT = 6
    AND = 7
    XOR = 8
    OR = 9
    COMPARE = 10
    STRING = 12
    LOGIC = 14
    TERNARY = 16
    COMMA = 18
    COMPREHENSION = 20


@dataclass(slots=True, eq=False)
class Leaf:
    """One token. An OPEN or CLOSE with empty text is a bracket that may be written but need not be."""

    text: str
    space: bool = False  # before it, unless it comes first in its line
    kind: Kind = Kind.OTHER
    split: Split = Split.NEVER  # behind it
    partner: Leaf | None = None  # of a bracket
    literal: bool = False  # of an OPEN: its content goes one per line as soon as it does not fit
    keeps_comma: bool = False  # of a CLOSE: the comma before it belongs to the value, as in `(x,)`
    comments: list[str] = field(default_factory=list)  # behind it
    starts: list[ast.AST] = field(default_factory=list)
    ends: list[ast.AST] = field(default_factory=list)

    @property
    def width(self) -> int:
        """Columns with the space before and the comments behind it."""
        return int(self.space) + text_width(self.text) + sum(2 + text_width(c) for c in self.comments)


@dataclass(slots=True)
class Line:
    """Leaves meant for one line; `depth` counts indents, `inside` says that brackets are open around it."""

    leaves: list[Leaf]
    depth: int
    inside: bool = False
    one_per_line: bool = False  # split at commas even if it would fit
    is_def: bool = False
    is_import: bool = False
    width: int = WIDTH  # columns that it may take

    def text(self) -> str:
        """The line without its indent, comments at the end."""
        parts: list[str] = []
        comments: list[str] = []
        for leaf in self.leaves:
            if leaf.space and parts:
                parts.append(" ")
            parts.append(leaf.text)
            comments.extend(leaf.comments)
        return "".join(parts) + "".join(f"  {comment}" for comment in comments)

    def fits(self, more: int = 0) -> bool:
        """Whether all of it can stand in one line, or in one of `more` columns.

        Lines within a string do not count, they cannot be helped.
        """
        if any(leaf.kind is Kind.COMMENT for leaf in self.leaves) and len(self.leaves) > 1:
            return False
        lines = (" " * (INDENT * self.depth) + self.text()).split("\n")
        return all(text_width(line) <= self.width + more for line in (lines[0], lines[-1]))

    def delimiters(self, without: int | None) -> dict[int, Split]:
        """Splits outside all brackets of the line, by index of their leaf; not the leaf `without`, nor the last."""
        found: dict[int, Split] = {}
        depth = 0
        for index, leaf in enumerate(self.leaves[:-1]):
            if leaf.kind is Kind.CLOSE:
                depth -= 1
            if depth <= 0 and leaf.split and index != without:
                found[index] = leaf.split
            if leaf.kind is Kind.OPEN:
                depth += 1
        return found

    def exploding_comma(self) -> bool:
        """Whether a comma before a closing bracket asks for one element per line."""
        code = without_comments(self.leaves)
        return any(
            leaf.kind is Kind.CLOSE and not leaf.keeps_comma and previous.kind is Kind.COMMA
            for previous, leaf in pairwise(code)
        )

    def comment_within(self) -> bool:
        """Whether something follows a comment that must end its line."""
        last = len(self.leaves) - 1
        return any(leaf.comments and index < last for index, leaf in enumerate(self.leaves))


def without_comments(leaves: Sequence[Leaf]) -> list[Leaf]:
    """The leaves that are code."""
    return [leaf for leaf in leaves if leaf.kind is not Kind.COMMENT]


def text_width(text: str) -> int:
    """Columns of a monospaced screen."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


def running_widths(leaves: Sequence[Leaf], backwards: bool = False) -> Iterator[tuple[int, Leaf, int]]:
    """(index, leaf, width) of each leaf, ending before the first string of several lines."""
    indices = range(len(leaves) - 1, -1, -1) if backwards else range(len(leaves))
    for index in indices:
        leaf = leaves[index]
        if "\n" in leaf.text:
            return
        yield index, leaf, leaf.width
