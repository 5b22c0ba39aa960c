"""`for step in x`: a loop over a tensor runs over the parts of its first axis, which symbolic tensors do not offer."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading.tensor_calls import UNSTACKED

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions


def unstacked(e: Expressions, node: ast.expr) -> ast.expr | None:
    """`ops.unstack(x)` for an expression that is looped over as a tensor; None for every other one."""
    call = node.__dict__.get(UNSTACKED)
    if call is None or id(node) in e.w.open_stacks:
        return None
    e.w.open_stacks.add(id(node))  # the call takes the expression itself
    try:
        return e.expr(call)
    finally:
        e.w.open_stacks.discard(id(node))
