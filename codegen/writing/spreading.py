"""`x.reshape(b, c, *spatial)`: arguments that are spread, one by one, where their number is known."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pivot.reading.trace import Visit
from pivot.reading.values import TensorCell


def spelled_out(node: ast.Call, visits: Sequence[Visit]) -> list[ast.expr]:
    """The arguments of a call with `spatial[0], spatial[1]` in place of `*spatial`, where others stand beside it."""
    spread = [a for a in node.args if isinstance(a, ast.Starred)]
    if len(spread) != 1 or len(node.args) == 1 or not isinstance(spread[0].value, ast.Name):
        return list(node.args)
    method = any(v.form is not None and v.form.spelling == "method" for v in visits)
    counts = {len(v.args) - method - (len(node.args) - 1) for v in visits}
    if len(counts) != 1:
        return list(node.args)
    name, count = spread[0].value, counts.pop()
    place = node.args.index(spread[0])
    if any(isinstance(value.hint, TensorCell) for v in visits for value in v.args[place + method :][:count]):
        return list(node.args)  # tensors are taken as they come
    items = [ast.copy_location(ast.Subscript(name, ast.Constant(i), ast.Load()), name) for i in range(count)]
    return [one for arg in node.args for one in (items if arg is spread[0] else [arg])]
