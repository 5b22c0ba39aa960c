"""Places of syntax nodes in files: spans with character columns, and the text that stands there."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from pivot.reading.spelling import Columns
from pivot.reading.syntax import normal_newlines

Span = dict[str, object]
"""{"file", "line", "column", "end_line", "end_column"}: lines and columns from 1, the end column is exclusive."""


def span_record(file: str, line: int, column: int, end_line: int, end_column: int) -> Span:
    """One SPAN of the picture."""
    return {"file": file, "line": line, "column": column, "end_line": end_line, "end_column": end_column}


class Places:
    """Spans and texts of nodes in the files that were read; each file is cut into lines once.

    `outside`: trees that are evaluated in a file but do not stand in it, such as the expression of --model.
    """

    def __init__(self, files: Mapping[str, str], outside: Iterable[ast.AST] = ()) -> None:
        self.files = files
        self._outside = {id(node) for root in outside for node in ast.walk(root)}
        self._lines: dict[str, list[str]] = {}
        self._columns: dict[str, Columns] = {}
        self._spans: dict[tuple[str, int], Span | None] = {}

    def lines(self, file: str) -> list[str]:
        """The lines of a file, as Python counts them."""
        if file not in self._lines:
            self._lines[file] = normal_newlines(self.files[file]).split("\n")
            self._columns[file] = Columns(self._lines[file])
        return self._lines[file]

    def span(self, file: str, node: ast.AST | None) -> Span | None:
        """Where a node stands; None for what was not written in a file of the program."""
        if node is None or file not in self.files or id(node) in self._outside:
            return None
        key = (file, id(node))
        if key not in self._spans:
            self._spans[key] = self._span(file, node)
        return self._spans[key]

    def _span(self, file: str, node: ast.AST) -> Span | None:
        line, end_line = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
        column, end_column = getattr(node, "col_offset", None), getattr(node, "end_col_offset", None)
        if line is None or end_line is None or column is None or end_column is None:
            return None
        if end_line > len(self.lines(file)):
            return None
        columns = self._columns[file]
        return span_record(file, line, columns(line, column) + 1, end_line, columns(end_line, end_column) + 1)

    def text(self, file: str, node: ast.AST | None) -> str:
        """What is written there, as it is written; '' where nothing is."""
        found = self.span(file, node)
        if found is None:
            return ""
        line, column, end_line, end_column = (int(str(found[k])) for k in ("line", "column", "end_line", "end_column"))
        lines = self.lines(file)
        if line == end_line:
            return lines[line - 1][column - 1 : end_column - 1]
        return "\n".join(
            [lines[line - 1][column - 1 :], *lines[line : end_line - 1], lines[end_line - 1][: end_column - 1]]
        )
