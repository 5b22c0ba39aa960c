"""Functional dropout: active where the source says so, which is usually while training."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from pivot.reading.trace import Visit

OPS = ("dropout",)


def write(e: Expressions, node: ast.expr, visits: list[Visit]) -> ast.expr | None:
    """`keras.random.dropout(x, rate) if training else x`."""
    visit = visits[0]
    if visit.form is None or visit.form.kind != "function" or visit.bound is None:
        return None
    given = e.given(node, visit.bound)
    x = given.get("input") or given.get("x")
    if x is None:
        return None
    rate = given.get("p", ast.Constant(0.5))
    active = nodes.call("keras.random.dropout", [x, rate])
    test = given.get("training") or given.get("train") or ast.Constant(True)
    if isinstance(test, ast.Constant):
        return active if test.value else x
    made = nodes.choice(test, active, x)
    made.__dict__.pop("choice")
    return made
