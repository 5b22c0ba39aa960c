"""`self.mean = self.mean.type_as(x)`: a constant that a forward pass brings to the type of its input.

What a call stores would be a tensor of the target's graph, which no other call can use: the value gets a name of the
call's own. It is made of the constant anew at every call, which gives the same.
"""

from __future__ import annotations

import ast

from pivot.reading.walking import walk


def to_locals(made: ast.FunctionDef) -> None:
    """Give such values local names, in the written forward pass."""
    for place, statement in enumerate(made.body):
        name = recast(statement)
        if name is None:
            continue
        taken = {n.id for n in walk(made) if isinstance(n, ast.Name)} | {a.arg for a in made.args.args}
        local = name if name not in taken else f"{name}_"
        assert isinstance(statement, ast.Assign)
        statement.targets = [ast.Name(local, ast.Store())]
        made.body[place + 1 :] = [Renamed(name, local).visit(later) for later in made.body[place + 1 :]]


def recast(statement: ast.stmt) -> str | None:
    """The attribute of `self` that a statement sets to itself in another type."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    value = statement.value if isinstance(statement, ast.Assign) else None
    if not isinstance(target, ast.Attribute) or not is_own(target, target.attr) or not isinstance(value, ast.Call):
        return None
    casts = isinstance(value.func, ast.Attribute) and value.func.attr == "cast"
    return target.attr if casts and value.args and is_own(value.args[0], target.attr) else None


def is_own(node: ast.expr, name: str) -> bool:
    """Is this `self.name`?"""
    owner = node.value if isinstance(node, ast.Attribute) and node.attr == name else None
    return isinstance(owner, ast.Name) and owner.id == "self"


class Renamed(ast.NodeTransformer):
    """Puts a local name in the place of `self.name`."""

    def __init__(self, name: str, local: str) -> None:
        self.name, self.local = name, local

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if is_own(node, self.name):
            return ast.copy_location(ast.Name(self.local, node.ctx), node)
        self.generic_visit(node)
        return node
