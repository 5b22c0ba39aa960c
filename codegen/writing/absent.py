"""Tensors that a call would take and that are None on this configuration: the target's call is written without them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from codegen.writing.frozen import given_by_program, paths
from pivot.problems import Problem
from pivot.reading.restating import is_restatement
from pivot.reading.trace import Visit
from pivot.reading.values import Value
from pivot.slots import Operand

if TYPE_CHECKING:
    from codegen.writing.writer import Writer

PLAIN = {"device", "dtype", "out", "generator"}
"""Parameters of library functions that are no tensors, whatever they are given."""


def tell_absent(w: Writer, node: ast.expr, visits: list[Visit], made: ast.expr) -> ast.expr:
    """Warn of `attn_mask=mask` where the mask is None and another caller may give one, which would have no effect.

    Gives back what was made of the call.
    """
    visit = visits[0]
    if not isinstance(node, ast.Call) or visit.speculative or not is_library(visit):
        return made
    if is_restatement(visit.frame.file):
        return made
    kept = set(paths(made)) if visit.form is not None else set()  # restated code asks nowhere for what is None
    for key, part, _ in arguments_of(node, visit):
        values = [value for v in visits for other, _, value in arguments_of(node, v) if other == key]
        name = next((name for name in paths(part) if name not in kept), None)
        if name is None or any(value.hint is not None for value in values) or not takes_tensor(visit, key):
            continue
        if any(given_by_program(value) for value in values) or is_bound_otherwise(visit, part):
            why = f"{name} counts as None only: {title_of(visit)} is written for that"
            remedy = "convert with a value, or an input, of this name, where one is needed"
            w.refused(Problem("frozen", "warning", visit.frame.file, node.lineno, node.col_offset + 1, why, remedy))
    return made


def title_of(visit: Visit) -> str:
    """What a call runs."""
    entered = visit.entered.function if visit.entered is not None else None
    if visit.form is None and entered is not None:
        return entered.owner.name if entered.owner is not None else entered.name
    return visit.form.op.title if visit.form is not None else visit.name


def is_library(visit: Visit) -> bool:
    """Does a call run a library's function or layer, or what restates one?"""
    entered = visit.entered.function if visit.entered is not None else None
    if entered is not None:
        return is_restatement(entered.file)
    return visit.kind in ("op", "apply") and visit.form is not None


def arguments_of(node: ast.Call, visit: Visit) -> Iterator[tuple[int | str, ast.expr, Value]]:
    """Place or name, text and value of each argument that stands at a call."""
    if not any(isinstance(arg, ast.Starred) for arg in node.args):
        yield from zip(range(len(node.args)), node.args, visit.args[-len(node.args) :], strict=False)
    for keyword in node.keywords:
        if keyword.arg is not None and keyword.arg in visit.kwargs:
            yield keyword.arg, keyword.value, visit.kwargs[keyword.arg]


def takes_tensor(visit: Visit, key: int | str) -> bool:
    """Is an argument a tensor, where it is given?"""
    if visit.form is None or visit.bound is None:
        return key not in PLAIN
    slot = next((s for s in (*visit.form.args, *visit.form.apply) if visit.bound.given.get(s.key) == key), None)
    return slot is not None and isinstance(slot.value, Operand)


def is_bound_otherwise(visit: Visit, part: ast.expr) -> bool:
    """Does a function bind a name to more than None: `mask = causal_mask(n) if self.causal else None`?"""
    function = visit.frame.function
    if not isinstance(part, ast.Name) or function is None:
        return False
    return any(
        isinstance(n, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == part.id for t in n.targets)
        and not (isinstance(n.value, ast.Constant) and n.value.value is None)
        for n in ast.walk(function.node)
    )
