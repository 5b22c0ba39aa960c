"""Syntax trees to formatted text: 88 columns, Black's layout, the source's comments, docstrings and spellings."""

from __future__ import annotations

import ast

from codegen.writing.text.heads import Head
from codegen.writing.text.leaves import Kind, Leaf
from codegen.writing.text.statements import Printer

__all__ = ["Span", "render", "render_expression", "render_with_spans"]

Span = tuple[ast.AST, int, int, int, int]
SITES = (ast.stmt, ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Subscript, ast.Attribute)


def render(module: ast.Module) -> str:
    """The text of `module`, ending in a newline unless it is empty."""
    printer = Printer()
    printer.module(module)
    return _text(printer)


def render_with_spans(module: ast.Module) -> tuple[str, list[Span]]:
    """The text, and (node, line, column, end line, end column) of every statement and site in it.

    Lines and columns count from 1, in characters; the end column is behind the last character.
    """
    printer = Printer()
    printer.module(module)
    spans: list[Span] = []
    for node in printer.nodes:
        if isinstance(node, SITES) and id(node) in printer.ends:
            spans.append((node, *printer.starts[id(node)], *printer.ends[id(node)]))
    return _text(printer), spans


def render_expression(node: ast.expr) -> str:
    """The text of one expression on one line, however long, without comments."""
    head = Head(node)
    head.expression(node)
    row: list[Leaf] = [leaf for leaf in head.row if leaf.kind is not Kind.COMMENT]
    text = ""
    for leaf, following in zip(row, [*row[1:], Leaf("")], strict=True):
        if leaf.kind is Kind.COMMA and following.kind is Kind.CLOSE and not following.keeps_comma:
            continue
        text += (" " if leaf.space and text else "") + leaf.text
    return text


def _text(printer: Printer) -> str:
    lines = list(printer.lines)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n" if lines else ""
