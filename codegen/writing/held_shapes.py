"""Sizes of a shape that the source holds in one value: `shape = x.shape[:-1] + (self.heads, -1)`, `x.view(shape)`.

Those that a parameter of the program was made to are asked of that value: a number would be right for the parameter's
present value alone.
"""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.frozen import parameters_of
from codegen.writing.other_words import is_path
from codegen.writing.slots import slot_param
from pivot.reading.values import ListObject, Value

if TYPE_CHECKING:
    from codegen.lower import Step
    from codegen.writing.plans import Material
    from pivot.reading.trace import Visit


def held_sizes(steps: list[Step], material: Material, every: bool = False) -> list[ast.expr | None] | None:
    """The sizes by axis, None for those that no parameter was made to; None where there are no others.

    `every`: those of no parameter too.
    """
    slots = material.form.args if material.form is not None else ()
    key = next((s.key for s in slots if slot_param(s) == "shape"), "")
    text = one_value(material.given.get(key))
    if text is None or nodes.has_gone(text) or any(s.node is None or s.op is not s.node.op for s in steps):
        return None
    rank = len(steps[0].results[0].type.shape)
    rows = [items(visit, key) for visit in material.visits]
    if not rows or any(len(row) != rank for row in rows):
        return None
    columns = list(zip(*rows, strict=True))
    left = [all(value.hint == -1 for value in column) for column in columns]
    made = [not gone and any(map(parameters_of, column)) for gone, column in zip(left, columns, strict=True)]
    if not any(made):
        return None
    said = [item(text, axis, rank) if every or named else None for axis, named in enumerate(made)]
    return [nodes.literal(-1) if gone else each for gone, each in zip(left, said, strict=True)]


def one_value(text: ast.expr | None) -> ast.expr | None:
    """`shape` of `x.view(shape)` and `x.view(*shape)`; None where sizes stand one by one."""
    if isinstance(text, (ast.Tuple, ast.List)):
        if len(text.elts) != 1:
            return None
        text = text.elts[0]
    text = text.value if isinstance(text, ast.Starred) else text
    joined = isinstance(text, ast.BinOp) and isinstance(text.op, ast.Add)
    return text if text is not None and (joined or is_path(text)) else None


def items(visit: Visit, key: str) -> tuple[Value, ...]:
    """The sizes that a call was given."""
    where = visit.bound.given.get(key) if visit.bound is not None else None
    values = visit.args[where:] if isinstance(where, int) else ()
    if isinstance(where, str) and where in visit.kwargs:
        values = (visit.kwargs[where],)
    hint = values[0].hint if len(values) == 1 else values
    found = hint.items if isinstance(hint, ListObject) else hint
    return tuple(v for v in found if isinstance(v, Value)) if isinstance(found, (tuple, list)) else ()


def item(text: ast.expr, axis: int, rank: int) -> ast.expr | None:
    """One size: `shape[2]`, or as it stands in `x.shape[:-1] + (heads, width)`."""
    if not isinstance(text, ast.BinOp):
        return ast.Subscript(copy.deepcopy(text), ast.Constant(axis), ast.Load())
    for part, first in ((text.right, None), (text.left, 0)):
        if isinstance(part, (ast.Tuple, ast.List)) and not any(isinstance(e, ast.Starred) for e in part.elts):
            start = rank - len(part.elts) if first is None else first
            if start <= axis < start + len(part.elts):
                return copy.deepcopy(part.elts[axis - start])
    return None
