"""Places to cut at, where chunks have other sizes at each visit."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from typing import TYPE_CHECKING

from codegen.orders import first_name, first_tensor
from codegen.writing import nodes
from codegen.writing.other_words import filled
from codegen.writing.slots import slot_param
from pivot.forms import OperandRef
from pivot.slots import Path, Slot

if TYPE_CHECKING:
    from codegen.layout import Layout
    from codegen.lower import Step
    from codegen.writing.plans import Material


def cuts_of_chunks(
    layout: Layout, steps: list[Step], slot: Slot, operand: Callable[[OperandRef], ast.expr], material: Material
) -> ast.expr | None:
    """`[i * -(-x.shape[3] // n) for i in range(1, n)]` for `x.chunk(n, 1)`: all chunks but the last are equally long.

    None where the numbers are the same at all visits, or where there are fewer chunks than were asked for.
    """
    param, form = slot_param(slot), material.form
    count = steps[0].origin.get(f"/{param}")
    if param is None or form is None or count is None or len({str(s.params[param]) for s in steps}) == 1:
        return None
    source = next((s for s in form.args if isinstance(s.value, Path) and s.value.name == count), None)
    number = material.given.get(source.key) if source is not None else None
    if number is None or nodes.has_gone(number):
        return None
    places: set[int] = set()
    for step in steps:
        value, axis, sizes = first_tensor(step), step.params.get("axis"), step.params[param]
        wanted = step.node.params.get(count) if step.node is not None else None
        if value is None or not isinstance(axis, int) or not isinstance(sizes, tuple) or len(sizes) != wanted:
            return None
        if not isinstance(value.type.shape[axis], int):
            return None
        places.add(layout.order_of(value).index(axis % len(value.type.shape)))
    x = operand(OperandRef(first_name(steps[0])))
    if len(places) != 1 or not isinstance(x, (ast.Name, ast.Attribute)):
        return None
    size = layout.target.size(copy.deepcopy(x), next(iter(places)), static=True)
    taken = {n.id for n in ast.walk(number) if isinstance(n, ast.Name)}
    i = next(name for name in ("i", "j", "k", "m", "part") if name not in taken)
    return filled(f"[{i} * -(-size // number) for {i} in range(1, number)]", {"size": size, "number": number})
