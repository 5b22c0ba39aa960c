"""What the steps of a plan are together: a chain, functions only, one Lambda."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from codegen.layout import Layout
from codegen.lower import Lowered, Step
from codegen.orders import tensors
from codegen.target import Target
from pivot.forms import OperandRef
from pivot.op import Form
from pivot.results import ResultGroup
from pivot.slots import Operand


def same_operand(one: object, other: object) -> bool:
    """Is an operand of a step this operand of the node?"""
    if one is other:
        return True
    return isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other) and one == other


def given_slot(form: Form, given: Mapping[str, ast.expr], name: str) -> tuple[str, Operand] | None:
    """The argument of a call that an operand was given as, and what it stands for."""
    for slot in (*form.args, *form.apply):
        if isinstance(slot.value, Operand) and name in slot.value.names and slot.key in given:
            return slot.key, slot.value
    return None


def stored_shapes(layout: Layout, steps: Sequence[Step]) -> set[tuple[int, ...]]:
    """The sizes of what each visit makes, as they are stored and without the batch; -1 for a free one."""
    found = set()
    for result in (step.results[0] for step in steps):
        sizes = [result.type.shape[axis] for axis in layout.order_of(result)[1:]]
        found.add(tuple(size if isinstance(size, int) else -1 for size in sizes))
    return found


def operator_text(step: Step, operand: Callable[[OperandRef], ast.expr]) -> ast.expr | None:
    """`a + b`, `-x`, `a < b`; None for an operator that is not known."""
    refs = [slot.value.names[0] for slot in step.form.args if isinstance(slot.value, Operand)]
    tree = ast.parse(step.form.pattern, mode="eval").body
    parts = [operand(OperandRef(name)) for name in refs]
    if isinstance(tree, ast.BinOp):
        return ast.BinOp(parts[0], tree.op, parts[1])
    if isinstance(tree, ast.UnaryOp):
        return ast.UnaryOp(tree.op, parts[0])
    return ast.Compare(parts[0], tree.ops, [parts[1]]) if isinstance(tree, ast.Compare) else None


def is_chain(steps: Sequence[Step]) -> bool:
    """Does every step take what the one before it gave, and nothing else?"""
    return all([t.id for t in tensors(two.operands)] == [r.id for r in one.results[:1]] for one, two in pairwise(steps))


def all_functions(steps: Sequence[Step]) -> bool:
    """Is there no layer among the steps?"""
    return all(s.form.kind == "function" for s in steps)


def is_one_lambda(steps: Sequence[Step]) -> bool:
    """Is a layer's plan written as one Lambda? Functions only, or steps that are no chain."""
    return len(steps) > 1 and not any(s.weights for s in steps) and (not is_chain(steps) or all_functions(steps))


def direct_form(low: Lowered) -> Form | None:
    """The target's form, where one call of it says the whole node."""
    steps = low.chosen.steps if low.chosen is not None else ()
    return steps[0].form if len(steps) == 1 and steps[0].op is low.node.op else None


def gives_several_first(low: Lowered) -> Step | None:
    """The layer that a plan begins with, where it returns several things and more is done with them."""
    steps = low.chosen.steps if low.chosen is not None else ()
    if len(steps) < 2 or steps[0].form.kind != "layer" or len(steps[0].results) < 2:
        return None
    return steps[0] if isinstance(steps[0].form.result, ResultGroup) else None


def transposed_list(target: Target, text: ast.expr, perms: Sequence[object]) -> ast.expr:
    """`[ops.transpose(part, perm) for part in parts]`, or the parts one by one where they stand in different orders."""
    first = perms[0]
    if isinstance(first, tuple) and all(perm == first for perm in perms):
        each = ast.comprehension(ast.Name("part", ast.Store()), text, [], 0)
        return ast.ListComp(target.transpose(ast.Name("part", ast.Load()), first), [each])
    parts = [ast.Subscript(text, ast.Constant(place), ast.Load()) for place in range(len(perms))]
    return ast.List([target.transpose(x, p) if isinstance(p, tuple) else x for x, p in zip(parts, perms, strict=True)])
