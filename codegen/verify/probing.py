"""Program text in which chosen sites record their values: `__pivot_record__(key, value)` around each, line for line."""

from __future__ import annotations

import ast
from collections.abc import Iterable


def site_key(node: ast.AST) -> str:
    """The name of a site by its place in the text."""
    start = f"{getattr(node, 'lineno', 0)}.{getattr(node, 'col_offset', 0)}"
    return f"{start}-{getattr(node, 'end_lineno', 0)}.{getattr(node, 'end_col_offset', 0)}"


def probed_text(text: str, sites: Iterable[ast.AST]) -> str:
    """`text` with the sites wrapped; every statement stays on its line, because libraries look sources up by line."""
    spans: set[tuple[int, int, int, int]] = set()
    for node in sites:
        if (
            isinstance(node, (ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Subscript, ast.Attribute))
            and not isinstance(getattr(node, "ctx", ast.Load()), (ast.Store, ast.Del))
            and hasattr(node, "end_lineno")
            and (not hasattr(node, "container_site") or hasattr(node, "container_index"))  # else it is not in the text
        ):
            spans.add((node.lineno, node.col_offset, node.end_lineno or node.lineno, node.end_col_offset or 0))
    if not spans:
        return text
    lines = [line.encode() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    events: list[tuple[int, int, int, tuple[int, int], bytes]] = []
    for line, column, end_line, end_column in spans:
        key = f"{line}.{column}-{end_line}.{end_column}"
        events.append(
            (line, column, 1, (-end_line, -end_column), f"__pivot_record__({key!r}, ".encode())
        )  # outer ones first
        events.append((end_line, end_column, 0, (-line, -column), b")"))  # inner ones first, before what opens here
    for line, column, _, _, piece in sorted(events, key=lambda e: (e[0], e[1], e[2], e[3]), reverse=True):
        row = lines[line - 1]
        lines[line - 1] = row[:column] + piece + row[column:]
    return b"\n".join(lines).decode()
