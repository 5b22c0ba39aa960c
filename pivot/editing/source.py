"""A source text with its syntax tree: nodes found by place, changes collected and laid over the text at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pivot.edits import Place
from pivot.problems import Refusal, refuse

_LINE_END = re.compile(r"\r\n|\r|\n")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
N = TypeVar("N", bound=ast.AST)


@dataclass(frozen=True, slots=True)
class Change:
    """Write `text` over the characters from `start` up to `end`."""

    start: int
    end: int
    text: str


def parsed(text: str, file: str = "") -> ast.Module:
    """The syntax tree of a text. Raises Refusal where it is no Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 0) or 0
        why = f"the text is no Python now ({getattr(error, 'msg', error)})"
        raise refuse("edit-syntax", file, line, 0, why, "mend the text first, or undo") from None


class Source:
    """One text. Raises Refusal where it is no Python; every offset counts characters of `text`."""

    def __init__(self, text: str, file: str = "") -> None:
        self.text = text
        self.file = file
        self.tree = parsed(text, file)
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._wide: dict[int, bytes] = {}
        self.parents: dict[ast.AST, ast.AST] = {}
        self.nodes: list[ast.AST] = [self.tree]  # the outer ones first
        for node in self.nodes:
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
                self.nodes.append(child)

    # -- places

    def offset(self, line: int, column: int) -> int:
        """The offset of a place as `ast` gives it: lines from 1, columns in bytes of UTF-8 from 0."""
        start = self._starts[line - 1]
        if column == 0:
            return start
        if line not in self._wide:
            end = self._starts[line] if line < len(self._starts) else len(self.text)
            self._wide[line] = self.text[start:end].encode("utf-8", "surrogatepass")
        return start + len(self._wide[line][:column].decode("utf-8", "surrogatepass"))

    def start(self, node: ast.AST) -> int:
        """Where a node begins; a definition begins with its first decorator."""
        first = node
        for decorator in getattr(node, "decorator_list", ()):
            return self.text.rindex("@", 0, self.start(decorator))
        return self.offset(getattr(first, "lineno", 1), getattr(first, "col_offset", 0))

    def end(self, node: ast.AST) -> int:
        """Where a node ends."""
        return self.offset(getattr(node, "end_lineno", None) or 1, getattr(node, "end_col_offset", None) or 0)

    def of(self, node: ast.AST) -> str:
        """What is written for a node."""
        return self.text[self.start(node) : self.end(node)]

    def line_start(self, offset: int) -> int:
        """The beginning of the line of an offset."""
        return max(start for start in self._starts if start <= offset)

    def line_after(self, offset: int) -> int:
        """The beginning of the line behind that of an offset."""
        return min((start for start in self._starts if start > offset), default=len(self.text))

    def indent(self, node: ast.AST) -> str:
        """The blanks before the statement that a node begins."""
        start = self.line_start(self.start(node))
        return re.match(r"[ \t]*", self.text[start:]).group() if start <= len(self.text) else ""  # type: ignore[union-attr]

    @property
    def newline(self) -> str:
        """The end of line that this text uses."""
        found = _LINE_END.search(self.text)
        return found.group() if found is not None else "\n"

    def at(self, place: Place, kind: type[N]) -> N:
        """The node of a kind that stands exactly at a place, the outermost where several do. Raises Refusal."""
        start = self._starts[place.line - 1] + place.column - 1 if place.line <= len(self._starts) else -1
        end = self._starts[place.end_line - 1] + place.end_column - 1 if place.end_line <= len(self._starts) else -1
        for node in self.nodes:
            # The line first: it is what tells most nodes apart, and looking at it costs least.
            if getattr(node, "lineno", 0) == place.line and isinstance(node, kind):
                # A definition's place leaves its decorators out.
                begin = self.offset(getattr(node, "lineno", 1), getattr(node, "col_offset", 0))
                if begin == start and self.end(node) == end:
                    return node
        raise self.refusal(None, "the text here changed", "wait for the next conversion", place)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, the nearest first."""
        at = self.parents.get(node)
        while at is not None:
            yield at
            at = self.parents.get(at)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that a node stands in."""
        for found in (node, *self.above(node)):
            if isinstance(found, ast.stmt):
                return found
        raise self.refusal(node, "this is no statement of the program", "edit the text")

    def definition(self, node: ast.AST, kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> ast.AST | None:
        """The innermost definition of a kind around a node."""
        return next((found for found in self.above(node) if isinstance(found, kind)), None)

    def function(self, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The function around a node."""
        found = self.definition(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        return found if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef) else None

    def class_around(self, node: ast.AST) -> ast.ClassDef | None:
        """The class around a node."""
        found = self.definition(node, ast.ClassDef)
        return found if isinstance(found, ast.ClassDef) else None

    def refusal(self, node: ast.AST | None, why: str, remedy: str, place: Place | None = None) -> Refusal:
        """A refusal at a node or a place of this text."""
        line = place.line if place is not None else getattr(node, "lineno", 0)
        column = place.column if place is not None else getattr(node, "col_offset", -1) + 1
        return refuse("edit-program", self.file, line, column, why, remedy)

    # -- pieces of changes

    def over(self, node: ast.AST, text: str) -> Change:
        """Write something else for a node."""
        return Change(self.start(node), self.end(node), text)

    def without(self, statement: ast.stmt) -> Change:
        """Take a statement away with its line; a loop or condition of nothing else goes too, a function gets `pass`."""
        if len(self.body_of(statement)) == 1:
            around = self.parents[statement]
            if isinstance(around, ast.For | ast.If | ast.While | ast.With) and not getattr(around, "orelse", None):
                return self.without(around)
            return self.over(statement, "pass")
        start, end = self.start(statement), self.end(statement)
        first, last = self.line_start(start), self.line_after(end)
        rest = self.text[end:last].strip()
        if self.text[first:start].strip() or (rest and not rest.startswith("#")):
            # Others share the line: `a = 1; b = 2`.
            tail = re.match(r"[ \t]*;[ \t]*", self.text[end:])
            return Change(start, end + tail.end() if tail else end, "" if tail else "pass")
        return Change(first, last, "")

    def behind(self, statement: ast.stmt, lines: Iterable[str]) -> Change:
        """Write lines after a statement, indented like it."""
        at = self.line_after(self.end(statement))
        shared = self.text[self.end(statement) : at].lstrip()
        if shared.startswith(";"):
            raise self.refusal(statement, "several statements share this line", "put each on a line of its own")
        made = "".join(f"{self.indent(statement)}{line}{self.newline}" if line else self.newline for line in lines)
        if at == len(self.text) and self.text and self.text[-1] not in "\r\n":
            made = self.newline + made
        return Change(at, at, made)

    def before(self, statement: ast.stmt, lines: Iterable[str]) -> Change:
        """Write lines before a statement, indented like it."""
        at = self.line_start(self.start(statement))
        if self.text[at : self.start(statement)].strip():
            raise self.refusal(statement, "several statements share this line", "put each on a line of its own")
        made = "".join(f"{self.indent(statement)}{line}{self.newline}" if line else self.newline for line in lines)
        return Change(at, at, made)

    def body_of(self, statement: ast.stmt) -> list[ast.stmt]:
        """The list of statements that a statement is in."""
        for _, field in ast.iter_fields(self.parents[statement]):
            if isinstance(field, list) and any(item is statement for item in field):
                return field
        return [statement]


def apply(text: str, changes: Iterable[Change], file: str = "") -> str:
    """The text with all changes; equal ones count once, insertions at one place keep their order. Raises Refusal where
    two overlap.
    """
    pieces: list[str] = []
    done = 0
    for change in sorted(dict.fromkeys(changes), key=lambda change: (change.start, change.end)):
        if change.start < done:
            raise refuse("edit-program", file, 0, 0, "two of the changes overlap", "edit one after the other")
        pieces += (text[done : change.start], change.text)
        done = change.end
    return "".join(pieces) + text[done:]
