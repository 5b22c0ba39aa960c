"""Layers whose arguments mean another thing for another number of axes: known when the first input arrives."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pivot.reading import applying, restating
from pivot.reading.handlers import Args
from pivot.reading.modules import ModuleObject
from pivot.reading.values import TensorCell

if TYPE_CHECKING:
    from pivot.op import Form
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


RANK = re.compile(r"rank\(x, (\d+)\)$")


def ranks_of(form: Form) -> set[int]:
    """The numbers of axes that a form is for; empty: any."""
    met = (RANK.match(predicate.text) for predicate in form.when)
    return {int(found[1]) for found in met if found is not None}


def fit(ev: Evaluator, module: ModuleObject, args: Args, node: ast.AST, frame: Frame) -> None:
    """Read a layer by the form for as many axes as arrive. Raises Restate or Refusal where there is none."""
    cell = args[0].hint if args else None
    made = module.maker
    if module.form is None or module.weights or not isinstance(cell, TensorCell) or made is None:
        return
    rank = len(cell.shape)
    if not ranks_of(module.form) - {rank} or made.read_as is None:
        return
    name = made.name
    forms = [f for f in ev.opset.find(ev.dialect.framework, "call", name) if not ranks_of(f) - {rank}]
    found = applying.try_forms(ev, forms, *made.read_as, node, frame)
    if isinstance(found, str):
        restating.turn_to(ev, name)
        why = f"{module.class_name} for {rank} axes: {found}"
        raise ev.refusal(frame, node, why, "write it with operations the target has")
    form, bound = found
    if module.bound is not None:  # where the source has its arguments
        bound = replace(bound, given={k: w for k, w in module.bound.given.items() if k in bound.given})
    module.form, module.bound, module.params = form, bound, dict(bound.params)
    made.form, made.bound = form, bound
