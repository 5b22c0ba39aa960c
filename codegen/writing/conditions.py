"""Conditions as text: what is known is folded, an arm that cannot be written refuses when it is reached."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes, unmade
from codegen.writing.plans import RAISES, Unwritable
from codegen.writing.restated import only_arm
from pivot.reading.restating import is_restatement
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions


def negation(e: Expressions, node: ast.expr) -> ast.expr:
    """`not` of an expression, which is known where that is."""
    operand = e.expr(node)
    if isinstance(operand, ast.Constant) and isinstance(operand.value, bool):
        return ast.Constant(not operand.value)
    return ast.UnaryOp(ast.Not(), operand)


def boolean(e: Expressions, node: ast.BoolOp) -> ast.expr:
    """and / or, folded where an answer is known."""
    stop = isinstance(node.op, ast.Or)
    kept: list[ast.expr] = []
    for part in node.values:
        if stop and kept and is_size(kept[-1]) and not any(e.w.trace.of(n) for n in walk(part)):
            break  # x.shape[0] or ops.shape(x)[0]: sizes are numbers in the target, at all times
        made = e.expr(part) if part is node.values[0] or e.w.trace.of(part) else arm(e, part)
        if isinstance(made, ast.Constant) and isinstance(made.value, bool):
            if made.value is stop:
                return (
                    ast.Constant(stop)
                    if not kept
                    else ast.BoolOp(node.op, [*kept, made])
                    if any(isinstance(n, ast.Call) for k in kept for n in ast.walk(k))
                    else ast.Constant(stop)
                )
            continue
        kept.append(made)
    if not kept:
        return ast.Constant(not stop)
    return kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept)


def is_size(made: ast.expr) -> bool:
    """Is this `x.shape[0]`?"""
    return isinstance(made, ast.Subscript) and isinstance(made.value, ast.Attribute) and made.value.attr == "shape"


def compare(e: Expressions, node: ast.Compare) -> ast.expr:
    """Comparisons; `None is None` of what went is folded."""
    asked = e.w.unmade.comparison(e, node)
    if asked is not None:
        return asked
    left = e.expr(node.left)
    rights = [e.expr(c) for c in node.comparators]
    if (
        isinstance(left, nodes.Gone)
        and len(rights) == 1
        and isinstance(rights[0], ast.Constant)
        and rights[0].value is None
    ):
        return ast.Constant(isinstance(node.ops[0], ast.Is))
    if len(rights) == 1 and isinstance(node.ops[0], (ast.Is, ast.IsNot)) and isinstance(left, ast.Constant):
        if isinstance(rights[0], ast.Constant) and rights[0].value is None:
            return ast.Constant((left.value is None) is isinstance(node.ops[0], ast.Is))
    if len(rights) == 1 and all(isinstance(n, ast.Constant) and isinstance(n.value, str) for n in (left, *rights)):
        if isinstance(node.ops[0], (ast.Eq, ast.NotEq)):  # the kind of a device
            return ast.Constant((left.value == rights[0].value) is isinstance(node.ops[0], ast.Eq))  # type: ignore[attr-defined]
    return ast.Compare(left, node.ops, rights)


def conditional(e: Expressions, node: ast.IfExp) -> ast.expr:
    """a if test else b."""
    answer = only_arm(e.w.trace, node) if is_restatement(e.file) else None
    test = e.expr(node.test) if answer is None else ast.Constant(answer)
    if isinstance(test, ast.Constant):
        return e.expr(node.body if test.value else node.orelse)
    if nodes.has_gone(test):
        known = e.w.taken(node)
        if known is not None:
            return e.expr(node.body if known else node.orelse)
    left = e.w.unmade.left_arm(e, node)
    met = {b.taken for b in e.w.trace.branches.get(id(node), []) if not b.speculative}
    if left is None:
        arms = [arm(e, node.body), arm(e, node.orelse)]
        for place, part in enumerate((node.body, node.orelse)):
            taken = (place == 0) in met
            if not taken and nodes.has_gone(arms[place]) and not nodes.has_gone(arms[1 - place]):
                arms[place] = refusing(e, part, Unwritable("it needs what the target does not have"))
        return ast.IfExp(test, *arms)
    answer, names = left
    if met and e.w.unmade.asks_library(node.test, e):
        return e.expr(node.orelse if answer else node.body)  # no option of the program's own
    stop = missing(e, node.body if answer else node.orelse, names)
    return ast.IfExp(test, stop, arm(e, node.orelse)) if answer else ast.IfExp(test, arm(e, node.body), stop)


def arm(e: Expressions, node: ast.expr) -> ast.expr:
    """One arm; one that cannot be written refuses when it is reached."""
    try:
        return e.expr(node)
    except Unwritable as no:
        return refusing(e, node, no)


def missing(e: Expressions, node: ast.expr, names: list[str]) -> ast.expr:
    """Stands for an arm that names classes which the target lacks."""
    e.w.unmade.note(node, names)
    return nodes.call(RAISES, [ast.Constant(unmade.said(e.w.short(e.file), node.lineno, names))])


def refusing(e: Expressions, node: ast.expr, why: Unwritable) -> ast.expr:
    """Stands for an expression that nobody read: it raises, with its place."""
    e.w.not_verified(e.file, node, why)
    return nodes.call(RAISES, [ast.Constant(f"{e.w.short(e.file)}:{node.lineno}: {why}")])
