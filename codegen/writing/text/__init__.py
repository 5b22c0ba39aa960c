"""Syntax trees to formatted text: Black's layout in 88 columns or the source's, its comments, docstrings, spellings."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from codegen.writing.text.again import Known, Name, Printed
from codegen.writing.text.heads import Head
from codegen.writing.text.leaves import WIDTH, Kind, Leaf
from codegen.writing.text.statements import NOTHING, Printer

__all__ = ["Printed", "Span", "print_module", "render", "render_expression", "spans_of"]

Span = tuple[ast.AST, int, int, int, int]
SITES = (ast.stmt, ast.Call, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Subscript, ast.Attribute)


def print_module(module: ast.Module, before: Mapping[Name, Known] = NOTHING, width: int = WIDTH) -> Printed:
    """`module` printed, in lines of `width` columns.

    `before`: what is known of one that was printed before, which may be much like it.
    """
    printer = Printer(before, width)
    printer.module(module)
    return printer.printed


def render(module: ast.Module) -> str:
    """The text of `module`, ending in a newline unless it is empty."""
    return print_module(module).text


def spans_of(printed: Printed) -> list[Span]:
    """(node, line, column, end line, end column) of every statement and site.

    Lines and columns count from 1, in characters; the end column is behind the last character.
    """
    return [
        (node, *printed.starts[id(node)], *printed.ends[id(node)])
        for node in printed.nodes
        if isinstance(node, SITES) and id(node) in printed.ends
    ]


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
