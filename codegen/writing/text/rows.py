"""Builds the row of leaves of one logical line."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from codegen.writing.text.leaves import Kind, Leaf, Split
from codegen.writing.text.levels import Level


@dataclass(frozen=True, slots=True)
class Element:
    """One of several things between commas: what `start` writes, then `value`; `node` is where its comments are."""

    node: ast.AST | None
    value: ast.expr | None = None
    start: Callable[[], None] | None = None
    level: Level = Level.TEST


class Leaves:
    """A growing row of leaves. `gap` asks for a space before the next one."""

    def __init__(self) -> None:
        self.row: list[Leaf] = []
        self.gap = False
        self._open: list[Leaf] = []
        self._starting: list[ast.AST] = []
        self._quiet = 0
        self._said: set[int] = set()  # ids of nodes whose `before` is written already

    def put(self, text: str, kind: Kind = Kind.OTHER) -> Leaf:
        """Adds one token."""
        leaf = Leaf(text, self.gap, kind, starts=self._starting)
        self._starting, self.gap = [], False
        self.row.append(leaf)
        return leaf

    def word(self, text: str) -> None:
        """A token with a space on either side."""
        self.gap = True
        self.put(text)
        self.gap = True

    def split(self, priority: Split) -> None:
        """Allows a split behind the last token."""
        if self.row and not self._quiet and self.row[-1].kind is not Kind.COMMENT:
            self.row[-1].split = max(self.row[-1].split, priority)

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Within it nothing may split at this level: the targets of a `for`, the parameters of a `lambda`."""
        self._quiet += 1
        yield
        self._quiet -= 1

    @contextmanager
    def brackets(self, text: str = "()", literal: bool = False, keeps_comma: bool = False) -> Iterator[None]:
        """Brackets around what is added within; of empty `text`, such as need not be written."""
        opening = self.put(text[:1], Kind.OPEN)
        opening.literal = literal or not text
        quiet, self._quiet = self._quiet, 0
        yield
        self._quiet, self.gap = quiet, False
        closing = self.put(text[1:], Kind.CLOSE)
        closing.keeps_comma = keeps_comma
        opening.partner, closing.partner = closing, opening

    def comma(self) -> None:
        """A comma; it takes over the comment of what it follows."""
        self.gap = False
        comments: list[str] = []
        if self.row and self.row[-1].kind is not Kind.COMMENT:
            comments, self.row[-1].comments = self.row[-1].comments, []
        self.put(",", Kind.COMMA).comments = comments
        self.split(Split.COMMA)
        self.gap = True

    def comment_lines(self, lines: Sequence[str]) -> None:
        """Comments on lines of their own; blank lines among them are not kept inside brackets."""
        if not lines:
            return
        gap, self.gap = self.gap, False
        starting, self._starting = self._starting, []
        for line in lines:
            if line:
                self.put(line, Kind.COMMENT)
        self.gap, self._starting = gap, starting

    def lead(self, node: ast.AST) -> None:
        """The comment lines above `node`, ahead of the operator or keyword that stands before it."""
        if id(node) not in self._said:
            self._said.add(id(node))
            self.comment_lines(getattr(node, "before", ()))

    def last_code(self) -> Leaf | None:
        """The last token that is not a comment."""
        for leaf in reversed(self.row):
            if leaf.kind is not Kind.COMMENT:
                return leaf
        return None

    @contextmanager
    def node(self, node: ast.AST, after: bool = True) -> Iterator[None]:
        """Around the tokens of `node`: remembers where they begin and end, and adds its comments."""
        self.begin(node)
        yield
        self.end(node, after)

    def begin(self, node: ast.AST) -> None:
        """Ahead of the tokens of `node`."""
        self.lead(node)
        self._starting.append(node)

    def end(self, node: ast.AST, after: bool = True) -> None:
        """Behind the tokens of `node`."""
        last = self.last_code()
        if last is not None:
            last.ends.append(node)
            behind = getattr(node, "behind", None)
            if behind and not isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)):  # theirs is the line's
                last.comments.append(behind)
        if after:
            self.follow(node)

    def follow(self, node: ast.AST | None) -> None:
        """The comment lines between `node` and the closing bracket."""
        self.comment_lines(getattr(node, "after", ()))
