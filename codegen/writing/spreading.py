"""`x.reshape(b, c, *spatial)`: arguments that are spread, one by one, where their number is known."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from codegen.writing.other_words import is_path
from pivot.reading.trace import Visit
from pivot.reading.values import TensorCell


def spelled_out(node: ast.Call, visits: Sequence[Visit]) -> list[ast.expr]:
    """The arguments of a call with `spatial[0], spatial[1]` in place of `*spatial`, where others stand beside it."""
    spread = [a for a in node.args if isinstance(a, ast.Starred)]
    if len(spread) != 1 or len(node.args) == 1:
        return list(node.args)
    if isinstance(spread[0].value, ast.Tuple) and not any(isinstance(e, ast.Starred) for e in spread[0].value.elts):
        return [one for arg in node.args for one in (spread[0].value.elts if arg is spread[0] else [arg])]
    named, first = taken(spread[0].value)
    if named is None:
        return list(node.args)
    method = any(v.form is not None and v.form.spelling == "method" for v in visits)
    counts = {len(v.args) - method - (len(node.args) - 1) for v in visits}
    if len(counts) != 1:
        return list(node.args)
    count = counts.pop()
    place = node.args.index(spread[0])
    if any(isinstance(value.hint, TensorCell) for v in visits for value in v.args[place + method :][:count]):
        return list(node.args)  # tensors are taken as they come
    items = [ast.copy_location(ast.Subscript(named, ast.Constant(first + i), ast.Load()), named) for i in range(count)]
    return [one for arg in node.args for one in (items if arg is spread[0] else [arg])]


def taken(value: ast.expr) -> tuple[ast.expr | None, int]:
    """What is spread, and from which item on: `self.spatial`, `x.shape`, `x.size()[2:]`; None for what is computed."""
    first = 0
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice):
        part = value.slice
        lower = part.lower.value if isinstance(part.lower, ast.Constant) else None
        if part.step is not None or not (isinstance(lower, int) or part.lower is None):
            return None, 0
        first, value = lower if isinstance(lower, int) else 0, value.value
    shape = isinstance(value, ast.Attribute) and value.attr == "shape"
    size = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "size"
    return (value if is_path(value) or shape or size else None), first
