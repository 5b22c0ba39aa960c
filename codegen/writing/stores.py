"""`x[index] = value` on tensors: the name is bound to what a small function makes of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing.naming import reference_to
from codegen.writing.plans import Unwritable
from pivot.reading.interleaving import NAME as INTERLEAVED
from pivot.reading.picks import NAME
from pivot.reading.restating import path_of

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions
    from codegen.writing.statements import Statements


def stored(s: Statements, node: ast.Assign | ast.AugAssign) -> ast.Assign | None:
    """`x = replaced(x, {1: 0}, value)` for `x[:, 0] = value`; None for every other assignment."""
    target = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
    made = s.w.trace.stores.get(id(target))
    if made is None:
        return None
    if isinstance(node, ast.Assign) and len(node.targets) > 1:
        raise Unwritable("a store into a tensor beside another target is not written")
    assert isinstance(target, ast.Subscript)
    value: ast.expr = node.__dict__["stored"] if isinstance(node, ast.AugAssign) else node.value
    function = reference_to((str(path_of(made.name)), made.name.rpartition(".")[2]))
    call = ast.Call(function, [s.e.expr(target.value), s.e.expr(made.where), s.e.expr(value)], [])
    return ast.Assign([s.e.target(as_store(target.value))], call)


def interleaved(s: Statements, node: ast.Assign) -> ast.Assign | None:
    """What stands for `x[:, 0::2] = even` with `x[:, 1::2] = odd` behind it; None for everything else."""
    made = s.w.trace.pairs.get(id(node))
    target = node.targets[0]
    if made is None or not isinstance(target, ast.Subscript):
        return None
    function = reference_to((str(path_of(f"{s.w.ev.dialect.stores}.{INTERLEAVED}")), INTERLEAVED))
    return ast.Assign(
        [s.e.target(as_store(target.value))], ast.Call(function, [s.e.expr(value) for value in made.args], [])
    )


def picked(e: Expressions, call: ast.expr) -> ast.expr:
    """`picked(x, 0, rows, columns)` for `x[rows, columns]`, `x[0][rows]` for `x[0, rows]`."""
    if not isinstance(call, ast.Call):
        return e.expr(call)
    return ast.Call(reference_to((str(path_of(NAME)), "picked")), [e.expr(arg) for arg in call.args], [])


def as_store(node: ast.expr) -> ast.expr:
    """A name or attribute that is read, to be bound."""
    if isinstance(node, ast.Attribute):
        return ast.Attribute(node.value, node.attr, ast.Store())
    assert isinstance(node, ast.Name)
    return ast.Name(node.id, ast.Store())
