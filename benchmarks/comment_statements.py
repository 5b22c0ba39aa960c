"""Of which statements the comments of a method speak, and which of these statements have a counterpart.

A comment speaks of the statement that it stands in or behind, else of the next one in its block, else of the last one
before it. A statement has a counterpart where a written statement was made from it, or where the reading says that it
made a node or a layer: what the writer lost of those is counted as lost. Left are arms that were never taken and are
refused, and what has no meaning in the target: devices, reports, initialising loops.
"""

from __future__ import annotations

import ast
import tokenize
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codegen.convert import Converted

MADE = ("op", "layer", "apply", "container", "class")


class Counterparts:
    """What of a source a conversion has written."""

    def __init__(self, converted: Converted) -> None:
        self.trace = converted.done.network.trace
        parts = list(ast.walk(converted.written.tree))
        self.made_from = {id(n.__dict__["source"]) for n in parts if "source" in n.__dict__}

    def has(self, node: ast.stmt) -> bool:
        """Has a statement a counterpart?"""
        if id(node) in self.made_from:
            return True
        return id(node) in self.trace.executed and any(
            visit.kind in MADE and not visit.speculative
            for part in ast.walk(node)
            for visit in self.trace.visits.get(id(part), [])
        )


def statement_of(comment: tokenize.TokenInfo, method: ast.FunctionDef) -> ast.stmt:
    """The statement that a comment in a method speaks of."""
    line, column = comment.start
    alone = not comment.line[:column].strip()
    inside = [s for s in ast.walk(method) if isinstance(s, ast.stmt) and s is not method]
    ordered = sorted(inside, key=lambda s: (s.lineno, s.col_offset))
    around = [
        s for s in ordered if s.lineno <= line <= (s.end_lineno or s.lineno) and not (alone and hasattr(s, "body"))
    ]
    if around:
        return around[-1]
    behind = next((s for s in ordered if s.lineno > line), None)
    if behind is not None and behind.col_offset >= column:
        return behind
    return next((s for s in reversed(ordered) if s.lineno < line), method)
