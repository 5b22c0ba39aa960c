"""Values that a forward pass keeps on its module to make them once: the target makes them at every call.

    if self.mask is None or self.mask.size(0) != len(x):
        self.mask = causal(len(x))

What is kept depends on sizes and settings alone, so that making it anew gives the same; a tensor that was kept while
the target built its graph could not be used outside of it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading.modules import ModuleObject
from pivot.reading.values import TensorCell, TensorVersion

if TYPE_CHECKING:
    from codegen.writing.writer import Writer


def makes_once(w: Writer, node: ast.If) -> bool:
    """Does a condition only ask whether a value is kept already, which was made whenever it was asked?"""
    names = {name for name in map(kept_by, node.body) if name is not None} & asked_for(node.test)
    met = [b for b in w.trace.branches.get(id(node), []) if not b.speculative]
    if not names or node.orelse or not met or not all(b.taken for b in met):
        return False
    for branch in met:
        module = branch.frame.receiver.hint if branch.frame.receiver is not None else None
        values = [module.attrs.get(name) for name in names] if isinstance(module, ModuleObject) else [None]
        cells = [value.hint for value in values if value is not None]
        if len(cells) != len(names) or not all(isinstance(c, TensorCell) and is_free(w, c.version) for c in cells):
            return False
    return True


def kept_by(statement: ast.stmt) -> str | None:
    """The attribute of `self` that a statement sets."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    if len(targets) == 1 and isinstance(targets[0], ast.Attribute) and isinstance(targets[0].value, ast.Name):
        return targets[0].attr if targets[0].value.id == "self" else None
    return None


def asked_for(test: ast.expr) -> set[str]:
    """Attributes of `self` of which a test asks whether they are None."""
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) else [test]
    found = set()
    for part in parts:
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Is) and isinstance(part.left, ast.Attribute):
            if isinstance(part.left.value, ast.Name) and part.left.value.id == "self":
                found.add(part.left.attr)
    return found


def is_free(w: Writer, version: TensorVersion) -> bool:
    """Does a value depend on no input and no parameter?"""
    makers = {r.id: node for run in w.done.network.runs.values() for node in run.nodes for r in node.results}
    entering = {i.value.id for run in w.done.network.runs.values() for i in run.inputs}
    todo, seen = [version], set[str]()
    while todo:
        one = todo.pop()
        if one.id in seen:
            continue
        seen.add(one.id)
        if one.id in entering or one.parameter is not None:
            return False
        maker = makers.get(one.id)
        if maker is not None:
            if maker.weights:
                return False
            todo.extend(maker.tensors())
    return True
