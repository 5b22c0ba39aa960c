"""What a syntax tree forgets of how its source was written, kept as attributes of the nodes.

`source_text: str` of a `Constant` that is a number or one string token; `source_parts: tuple[str, ...]` of a string in
several tokens and of every `JoinedStr`; `parens: bool` of an operator or tuple in brackets of its own; `exploded: bool`
of calls, literals, signatures and imports that the source writes one element per line, or with a comma at the end.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable

from pivot.reading.tokens import Place, Scan

LITERALS = (str, bytes, int, float, complex)


class Columns:
    """Turns the byte columns of `ast` into character columns."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self.plain = all(map(str.isascii, lines))

    def __call__(self, line: int, column: int) -> int:
        if self.plain:
            return column
        text = self._lines[line - 1]
        return column if text.isascii() else len(text.encode("utf-8")[:column].decode("utf-8", "replace"))


_ELEMENTS = (ast.Call, ast.List, ast.Set, ast.Dict, ast.Tuple)
_OPERATORS = (ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp)
_HEADS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ImportFrom, ast.ClassDef)
_LITERAL, _ELEMENT, _OPERATOR, _HEAD = range(4)
_KINDS: dict[type[ast.AST], int] = {
    **dict.fromkeys((ast.Constant, ast.JoinedStr), _LITERAL),
    **dict.fromkeys(_ELEMENTS, _ELEMENT),
    **dict.fromkeys(_OPERATORS, _OPERATOR),
    **dict.fromkeys(_HEADS, _HEAD),
}


def keep_spelling(nodes: Iterable[ast.AST], scan: Scan, columns: Columns) -> None:
    """Sets the attributes named above on the nodes of a file; those in f-strings, whose places mean nothing, are not
    to be among them.
    """
    strings = [start for start, _, _ in scan.strings]
    brackets = sorted(scan.brackets, key=lambda bracket: bracket.opening)
    openings = [bracket.opening for bracket in brackets]
    by_closing = {bracket.closing: bracket for bracket in brackets}
    groups = {(b.content_start, b.content_end) for b in brackets if b.grouping}
    for node in nodes:
        kind = _KINDS.get(node.__class__)
        if kind is None:
            continue
        assert isinstance(node, (ast.stmt, ast.expr))
        if kind == _LITERAL:
            assert isinstance(node, (ast.Constant, ast.JoinedStr))
            if isinstance(node, ast.JoinedStr) or isinstance(node.value, LITERALS):
                _keep_literal(node, *_extent(node, columns), scan, strings)
        elif kind == _ELEMENT:
            start, end = _extent(node, columns)
            bracket = by_closing.get((end[0], end[1] - 1))
            if bracket is not None and (isinstance(node, ast.Call) or bracket.opening == start):
                setattr(node, "exploded", bracket.exploded)
                if isinstance(node, ast.Tuple):
                    setattr(node, "parens", True)
        elif kind == _OPERATOR:
            if groups and _extent(node, columns) in groups:
                setattr(node, "parens", True)
        elif not isinstance(node, ast.ClassDef) or node.bases or node.keywords:
            start, end = _extent(node, columns)
            index = bisect_left(openings, start)  # statements whose first bracket, if they have one, is their own
            if index < len(brackets) and brackets[index].opening < end:
                setattr(node, "exploded", brackets[index].exploded)


def _extent(node: ast.stmt | ast.expr, columns: Columns) -> tuple[Place, Place]:
    line, end_line = node.lineno, node.end_lineno
    assert end_line is not None and node.end_col_offset is not None
    if columns.plain:
        return (line, node.col_offset), (end_line, node.end_col_offset)
    return (line, columns(line, node.col_offset)), (end_line, columns(end_line, node.end_col_offset))


def _keep_literal(
    node: ast.Constant | ast.JoinedStr, start: Place, end: Place, scan: Scan, strings: list[Place]
) -> None:
    if isinstance(node, ast.Constant) and start in scan.numbers:
        setattr(node, "source_text", scan.numbers[start])
        return
    first = index = bisect_left(strings, start)
    while index < len(strings) and strings[index] < end:
        index += 1
    parts = tuple(text for _, _, text in scan.strings[first:index])
    if isinstance(node, ast.Constant) and len(parts) == 1:
        setattr(node, "source_text", parts[0])
    elif parts:
        setattr(node, "source_parts", parts)
