"""`x[:, start : start + length]` for `x.narrow(1, start, length)`, as the source says both."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from codegen.writing import nodes
from pivot.slots import Path

if TYPE_CHECKING:
    from codegen.lower import Step
    from codegen.writing.slots import Given
    from pivot.op import Form


def narrowed(steps: list[Step], given: Given, form: Form | None) -> ast.expr | None:
    """The index in the source's order of axes; None where the source says numbers, which the step has as well."""
    whole = [step.node for step in steps]
    if form is None or any(node is None or node.op is None or node.op.name != "narrow" for node in whole):
        return None
    params = [node.params for node in whole if node is not None]
    keys = {name: next((s.key for s in form.args if s.value == Path(name)), "") for name in ("start", "length")}
    start, length = (given.get(keys[name]) for name in ("start", "length"))
    if start is None or length is None or nodes.has_gone(start) or nodes.has_gone(length):
        return None
    axis, begin = params[0]["axis"], [p["start"] for p in params]
    if (nodes.is_constant(start) and nodes.is_constant(length)) or any(p["axis"] != axis for p in params):
        return None
    if not isinstance(axis, int) or axis < 0 or not all(isinstance(b, int) and b >= 0 for b in begin):
        return None
    from_first = isinstance(start, ast.Constant) and start.value == 0
    part = ast.Slice(start, length if from_first else ast.BinOp(copy.deepcopy(start), ast.Add(), length))
    return ast.Tuple([*(ast.Slice() for _ in range(axis)), part], ast.Load()) if axis else part
