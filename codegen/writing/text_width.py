"""How wide the lines of a target are: as wide as its author writes them, from 88 to 120 columns."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from codegen.writing.text.leaves import WIDTH
from pivot.reading.restating import is_restatement
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from pivot.reading.elaborate import Elaborated

WIDEST = 120
FEW = 0.005
"""The part of the lines that may be longer: what cannot be broken, as a message, says nothing of the others."""


def text_width(done: Elaborated, tree: ast.Module) -> int:
    """Columns for a written module: those that the code of the definitions took that it was written from."""
    made = {id(s.__dict__["source"]) for s in tree.body if "source" in s.__dict__}
    ends: list[int] = []
    for file in done.evaluator.files:
        scope = done.evaluator.scopes.get(Path(file))
        if scope is not None and not is_restatement(file):
            for statements in scope.lazy.values():
                for statement in statements:
                    if id(statement) in made:
                        ends += line_ends(statement)
    if not ends:
        return WIDTH
    ends.sort()
    return min(max(WIDTH, ends[-1 - int(len(ends) * FEW)]), WIDEST)


def line_ends(statement: ast.stmt) -> list[int]:
    """Where the code of each line of a definition ends, without the comment behind it and docstrings."""
    found: dict[int, int] = {}
    for node in walk(statement):
        line, end = node.__dict__.get("end_lineno"), node.__dict__.get("end_col_offset")
        if line is not None and end is not None and not is_text(node):
            found[line] = max(found.get(line, 0), end)
    return list(found.values())


def is_text(node: ast.AST) -> bool:
    """Is this a string that stands by itself?"""
    value = node.value if isinstance(node, ast.Expr) else node
    return isinstance(value, ast.Constant) and isinstance(value.value, str)
