"""Modules that change what they are given: `self.branch(x)` whose first layer is `nn.ReLU(inplace=True)`.

Whoever reads x behind such a call gets the changed tensor. In the target nothing is changed in place, so x is bound to
what the layer makes of it before the call; the layer itself stays where it is, as doing it twice is doing it once.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.lower import IDEMPOTENT
from codegen.writing import effects, nodes
from pivot.reading.trace import Visit
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.statements import Statements


def before(s: Statements, node: ast.stmt) -> list[ast.stmt]:
    """`x = ops.relu(x)` for every name that a call in a statement changes and that is read behind it."""
    if s.w.target.changes_in_place or not isinstance(node, (ast.Assign, ast.Expr, ast.AugAssign)):
        return []
    bound = {n.id for n in walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    out: list[ast.stmt] = []
    for call in [n for n in walk(node) if isinstance(n, ast.Call)]:
        visits = [v for v in s.w.trace.of(call) if v.kind == "apply"]
        if isinstance(node, ast.Expr) and call is node.value and effects.changed_in_place(call, visits) is not None:
            continue  # its statement binds the name
        if not visits or not call.args or not isinstance(call.args[0], ast.Name):
            continue
        made = {function_of(s, visit) for visit in visits}
        name, text = call.args[0].id, next(iter(made))
        if name in bound:
            continue  # `x = self.act(x)`: what stands behind reads the result
        if len(made) == 1 and text is not None and is_read_behind(visits[0], node, name):
            value = nodes.call(text, [ast.Name(name, ast.Load())])
            out.append(ast.Assign([ast.Name(name, ast.Store())], value))
    return out


def function_of(s: Statements, visit: Visit) -> str | None:
    """The target's function for what a call did to its first argument, if doing it twice is doing it once."""
    if visit.altered is None:
        return None
    old, new = visit.altered
    step = s.w.layout.makers.get(new.id)
    if step is None or step.op.name not in IDEMPOTENT or step.operands.get("x") is not old:
        return None
    forms = step.op.forms.get(s.w.layout.framework, ())
    return next((f.name for f in forms if f.kind == "function" and f.spelling == "call"), None)


def is_read_behind(visit: Visit, node: ast.stmt, name: str) -> bool:
    """Does the function read a name in a later line?"""
    function = visit.frame.function
    end = node.end_lineno or node.lineno
    return function is not None and any(
        isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) and n.lineno > end
        for n in walk(function.node)
    )
