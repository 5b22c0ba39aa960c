"""What a syntax tree forgets of how its source was written, kept as attributes of the nodes.

`source_text: str` of a `Constant` that is a number or one string token; `source_parts: tuple[str, ...]` of a string in
several tokens and of every `JoinedStr`; `parens: bool` of an operator or tuple in brackets of its own; `exploded: bool`
of calls, literals, signatures and imports that the source writes one element per line, or with a comma at the end.
"""

from __future__ import annotations

import ast
from bisect import bisect_left

from pivot.reading.tokens import Place, Scan
from pivot.reading.walking import children

LITERALS = (str, bytes, int, float, complex)


class Columns:
    """Turns the byte columns of `ast` into character columns."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def __call__(self, line: int, column: int) -> int:
        text = self._lines[line - 1]
        return column if text.isascii() else len(text.encode("utf-8")[:column].decode("utf-8", "replace"))


def keep_spelling(module: ast.Module, scan: Scan, columns: Columns) -> None:
    """Sets the attributes named above."""
    strings = [start for start, _, _ in scan.strings]
    brackets = sorted(scan.brackets, key=lambda bracket: bracket.opening)
    openings = [bracket.opening for bracket in brackets]
    by_closing = {bracket.closing: bracket for bracket in brackets}
    groups = {(b.content_start, b.content_end): b for b in brackets if b.grouping}
    work: list[ast.AST] = [module]
    while work:
        node = work.pop()
        if isinstance(node, (ast.stmt, ast.expr)):
            start, end = _extent(node, columns)
            if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, LITERALS)):
                _keep_literal(node, start, end, scan, strings)
                continue
            if isinstance(node, (ast.Call, ast.List, ast.Set, ast.Dict, ast.Tuple)):
                bracket = by_closing.get((end[0], end[1] - 1))
                if bracket is not None and (isinstance(node, ast.Call) or bracket.opening == start):
                    setattr(node, "exploded", bracket.exploded)
                    if isinstance(node, ast.Tuple):
                        setattr(node, "parens", True)
            elif isinstance(node, (ast.BinOp, ast.BoolOp, ast.Compare, ast.UnaryOp)):
                if (start, end) in groups:
                    setattr(node, "parens", True)
            elif _has_bracket(node):
                index = bisect_left(openings, start)
                if index < len(brackets) and brackets[index].opening < end:
                    setattr(node, "exploded", brackets[index].exploded)
        work.extend(children(node))


def _extent(node: ast.stmt | ast.expr, columns: Columns) -> tuple[Place, Place]:
    assert node.end_lineno is not None and node.end_col_offset is not None
    return (
        (node.lineno, columns(node.lineno, node.col_offset)),
        (node.end_lineno, columns(node.end_lineno, node.end_col_offset)),
    )


def _has_bracket(node: ast.AST) -> bool:
    """Statements whose first bracket, if they have one, is their own."""
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ImportFrom)) or (
        isinstance(node, ast.ClassDef) and bool(node.bases or node.keywords)
    )


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
