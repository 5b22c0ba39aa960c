"""Checks of sizes that a model which is built symbolically has no numbers for: of whole shapes, and of the batch.

Keras traces a model with a batch of None; `ops.shape(x)[0]` is a tensor there, which no `if` and no `assert` can ask.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from codegen.axis_groups import BATCH
from codegen.writing import nodes
from pivot.dims import Size, symbols
from pivot.problems import Problem
from pivot.reading.values import ListObject, Value

if TYPE_CHECKING:
    from codegen.writing.writer import Writer


def left_out(w: Writer, file: str, node: ast.If | ast.Assert, test: ast.expr) -> bool:
    """Is a check left out (that is told), as it asks for whole shapes or for the batch? `test`: its text."""
    if not has_no_numbers(w, node, test):
        return False
    why = "a check of sizes that a model has no numbers for while it is built is left out"
    remedy = "check the inputs before the model is called"
    w.refused(Problem("check", "info", file, node.lineno, node.col_offset + 1, why, remedy))
    return True


def has_no_numbers(w: Writer, node: ast.If | ast.Assert, test: ast.expr) -> bool:
    """Does a check ask for whole shapes or for the size of the batch?"""
    shape = w.target.shape(nodes.name("x"))
    if not w.target.builds_symbolically or not isinstance(shape, ast.Call):
        return False
    sides = [s for n in ast.walk(test) if isinstance(n, ast.Compare) for s in (n.left, *n.comparators)]
    if any(isinstance(side, ast.Call) and ast.dump(side.func) == ast.dump(shape.func) for side in sides):
        return True
    met = [b.test for b in w.trace.branches.get(id(node), []) if not b.speculative]
    return any(of_batch(hint) for value in met for hint in compared(value))


def compared(value: Value) -> Iterator[object]:
    """What a comparison compared."""
    origin = value.origin
    if origin is not None and origin.kind == "apply" and origin.name == "compare":
        yield from (source.hint for source in origin.sources)


def of_batch(hint: object) -> bool:
    """Is a size, or one of several, that of the batch, or computed from it?"""
    if isinstance(hint, Size):
        return BATCH in symbols(hint)
    if isinstance(hint, Value):
        return of_batch(hint.hint)
    return isinstance(hint, (tuple, ListObject)) and any(map(of_batch, hint if isinstance(hint, tuple) else hint.items))
