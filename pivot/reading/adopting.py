"""Names of the main block that a program's classes use as globals when it is run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import classes, imports
from pivot.reading.frames import Scope
from pivot.reading.main_block import main_block_of
from pivot.reading.walking import COMPOUND

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator


def adopt(ev: Evaluator, scope: Scope, wanted: str) -> list[ast.stmt]:
    """The statements of the opened file's main block that bind a global name: the file's own from now on.

    None where the file binds the name elsewhere, or a loop of the block binds it anew: which value is meant then?
    """
    statements = scope.lazy.get(wanted, [])
    blocks = [block for s in statements if (block := main_block_of(s)) is not None]
    if not blocks or len(blocks) < len(statements) or next(iter(ev.files), None) != scope.file:
        return []
    found = [s for block in blocks for s in block if wanted in {*classes.bound_names(s), *imports.changed_names(s)}]
    if any(isinstance(s, COMPOUND) and wanted in classes.bound_names(s) for s in found):
        return []
    scope.lazy[wanted] = found
    return found
