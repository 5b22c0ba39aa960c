"""The size of an axis of a reshape that differs from visit to visit: a product of sizes of what is reshaped."""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from codegen.axis_groups import groups
from codegen.orders import first_tensor
from codegen.writing import nodes
from codegen.writing.other_words import is_path
from pivot.dims import hint as dim_hint
from pivot.reading.values import TensorVersion
from pivot.slots import Path

if TYPE_CHECKING:
    from codegen.layout import Layout
    from codegen.lower import Step
    from codegen.writing.slots import Given
    from pivot.op import Form


def joined_text(
    steps: list[Step], axis: int, sizes: Mapping[int, ast.expr], others: Mapping[int, ast.expr | None]
) -> ast.expr | None:
    """`ops.shape(x)[3] * ops.shape(x)[4]`, or `ops.shape(x)[3] // heads` where an axis is split.

    `sizes`: texts of the sizes of the tensor by its axes; `others`: those of the result, None where they are open.
    """
    left: set[int] = set()
    right: set[int] = set()
    if (
        len({(len(v.type.shape), len(s.results[0].type.shape)) for s in steps if (v := first_tensor(s)) is not None})
        != 1
    ):
        return None
    for step in steps:
        value = first_tensor(step)
        assert value is not None
        for before, after in groups(value.type.shape, step.results[0].type.shape):
            if axis in after:
                left.update(before)
                right.update(after)
    if not left or any(number_in(step, left, right) is False for step in steps):
        return None
    beside = [others.get(other) for other in sorted(right - {axis})]
    if any(text is None or isinstance(text, ast.UnaryOp) for text in beside):
        return None
    whole = product(sizes[one] for one in sorted(left))
    parts = [text for text in beside if text is not None and not is_one(text)]
    return ast.BinOp(whole, ast.FloorDiv(), product(parts)) if parts else whole


def like_another(layout: Layout, steps: list[Step], given: Given) -> list[ast.expr] | None:
    """The sizes of `x.reshape_as(other)` by axis, asked of `other` where they differ from visit to visit."""
    text = given.get("other")
    others = [s.node.operands.get("other") for s in steps if s.node is not None and s.node.op is not None]
    tensors = [other for other in others if isinstance(other, TensorVersion)]
    if text is None or nodes.has_gone(text) or len(tensors) != len(steps):
        return None
    shapes = {other.type.shape for other in tensors}
    orders = {layout.order_of(other) for other in tensors}
    if len(shapes) < 2 or len(orders) != 1:
        return None
    order = next(iter(orders))
    columns = list(zip(*(other.type.shape for other in tensors), strict=True))
    return [
        nodes.literal(column[0])
        if len(set(column)) == 1 and isinstance(column[0], int)
        else layout.target.size(text, order.index(axis), static=all(isinstance(size, int) for size in column))
        for axis, column in enumerate(columns)
    ]


def split_as_said(steps: list[Step], given: Given, form: Form | None) -> list[ast.expr | None] | None:
    """The sizes of `x.unflatten(1, (a, b))` as the source says them; None for the other axes, and for numbers.

    None where the source does not say them one by one, or splits other axes at other visits.
    """
    key = next((s.key for s in form.args if isinstance(s.value, Path) and s.value.name == "sizes"), "") if form else ""
    said = given.get(key)
    counts = {len(sizes) for s in steps if s.node and isinstance(sizes := s.node.params.get("sizes"), tuple)}
    if said is not None and is_path(said) and len(counts) == 1 and not nodes.has_gone(said):
        places = range(counts.pop())
        said = ast.Tuple([ast.Subscript(copy.deepcopy(said), ast.Constant(i), ast.Load()) for i in places], ast.Load())
    if not isinstance(said, (ast.Tuple, ast.List)) or any(isinstance(e, ast.Starred) for e in said.elts):
        return None
    axes = {s.node.params.get("axis") for s in steps if s.node is not None and s.node.op is not None}
    ranks = {len(s.results[0].type.shape) for s in steps}
    axis, rank = next(iter(axes)), next(iter(ranks))
    if len(axes) != 1 or len(ranks) != 1 or not isinstance(axis, int) or not splits(steps[0]):
        return None
    first = axis if axis >= 0 else rank - len(said.elts) + 1 + axis
    found: list[ast.expr | None] = [None] * rank
    for place, text in enumerate(said.elts, first):
        if not nodes.has_gone(text):
            found[place] = text
    return None if all(text is None or nodes.is_constant(text) for text in found) else found


def number_in(step: Step, left: set[int], right: set[int]) -> bool:
    """Do axes of the tensor hold as many entries as axes of the result?"""
    value = first_tensor(step)
    before = value.type.shape if value is not None else ()
    after = step.results[0].type.shape
    return math.prod(dim_hint(before[a]) for a in left) == math.prod(dim_hint(after[a]) for a in right)


def product(texts: Iterable[ast.expr]) -> ast.expr:
    """`a * b * c`."""
    first, *rest = texts
    for text in rest:
        first = ast.BinOp(first, ast.Mult(), text)
    return first


def is_one(text: ast.expr) -> bool:
    """The number 1."""
    return nodes.is_constant(text) and isinstance(text, ast.Constant) and text.value == 1


def splits(step: Step) -> bool:
    """Is this the reshape that takes an axis apart?"""
    return step.node is not None and step.node.op is not None and step.node.op.shape == "unflatten"
