"""`self.add_loss(loss)` of a Keras layer is `self.added_loss = loss`: PyTorch's modules have no list of losses."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from pivot.problems import Problem
from pivot.reading.modules import ModuleObject

if TYPE_CHECKING:
    from codegen.writing.statements import Statements
    from pivot.reading.trace import Visit

ATTRIBUTE = "added_loss"


def added_loss(s: Statements, node: ast.expr, visits: list[Visit]) -> list[ast.stmt] | None:
    """What stands for the statement, None where it adds no loss; what is trained with it is said."""
    func = node.func if isinstance(node, ast.Call) else None
    if not isinstance(func, ast.Attribute) or func.attr != "add_loss" or not visits:
        return None
    module = visits[0].module
    if not isinstance(module, ModuleObject) or visits[0].kind != "method":
        return None
    assert isinstance(node, ast.Call)
    given = [*node.args, *(k.value for k in node.keywords if k.arg in ("loss", "losses"))]
    loss = s.e.expr(given[0]) if given and not isinstance(given[0], (ast.Lambda, ast.List, ast.Tuple)) else nodes.gone()
    kept = not nodes.has_gone(loss) and isinstance(func.value, ast.Name) and func.value.id == "self"
    where = f"is kept as its {ATTRIBUTE}, of the last call" if kept else "is left out"
    why = f"the loss that {module.class_name} adds {where}: PyTorch's training takes none from layers"
    place = (s.file, node.lineno, node.col_offset + 1)
    s.w.refused(Problem("loss", "warning", *place, why, "add it to the loss that is trained"))
    if not kept:
        return []
    owner = ast.Name("self", ast.Load())
    return [ast.Assign([ast.Attribute(owner, ATTRIBUTE, ast.Store())], loss)]
