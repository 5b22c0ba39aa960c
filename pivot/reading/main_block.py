"""What stands under `if __name__ == "__main__":`: names that a program's classes use as globals when it is run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import classes, imports
from pivot.reading.frames import Scope

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator


def main_block(tree: ast.Module) -> list[ast.stmt]:
    """The statements under `if __name__ == "__main__":`."""
    return next((block for node in tree.body if (block := main_block_of(node)) is not None), [])


def main_block_of(node: ast.stmt) -> list[ast.stmt] | None:
    """The statements of the main block; None for another statement."""
    if isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and isinstance(node.test.left, ast.Name):
        return node.body if node.test.left.id == "__name__" else None
    return None


def adopt(ev: Evaluator, scope: Scope, wanted: str) -> list[ast.stmt]:
    """The statements of the opened file's main block that bind a global name: the file's own from now on.

    None where the file binds the name elsewhere, or a loop of the block binds it anew: which value is meant then?
    """
    statements = scope.lazy.get(wanted, [])
    blocks = [block for s in statements if (block := main_block_of(s)) is not None]
    if not blocks or len(blocks) < len(statements) or next(iter(ev.files), None) != scope.file:
        return []
    found = [s for block in blocks for s in block if wanted in {*classes.bound_names(s), *imports.changed_names(s)}]
    if any(isinstance(s, imports.COMPOUND) and wanted in classes.bound_names(s) for s in found):
        return []
    scope.lazy[wanted] = found
    return found
