"""`self.register_buffer("mask", x); self.mask[2:] = 0`: what fills a buffer comes before it is registered.

    mask = x
    mask[2:] = 0
    self.register_buffer("mask", mask)

is the same constructor, with the content of the buffer in one value that the target can start from.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pivot.reading.walking import walk

DONE = "fills_first"


def fill_first(cls: ast.ClassDef) -> None:
    """Bring the constructor of a class into this form, once."""
    made = next((s for s in cls.body if isinstance(s, ast.FunctionDef) and s.name == "__init__"), None)
    if made is None or DONE in cls.__dict__:
        return
    cls.__dict__[DONE] = True
    taken = {n.id for n in walk(made) if isinstance(n, ast.Name)} | {a.arg for a in made.args.args}
    for statement in list(made.body):
        name = registered(statement)
        last = None if name is None else last_fill(made.body[made.body.index(statement) + 1 :], name)
        if name is None or last is None:
            continue
        local = name if name not in taken else f"{name}_"
        first, behind = made.body.index(statement), made.body.index(last) + 1
        call = statement.value  # type: ignore[attr-defined]
        value, call.args[1] = call.args[1], ast.copy_location(ast.Name(local, ast.Load()), call.args[1])
        for filling in made.body[first + 1 : behind]:
            Renamed(name, local).visit(filling)
        made.body.insert(behind, ast.copy_location(ast.Expr(call), last))
        target = ast.copy_location(ast.Name(local, ast.Store()), statement)
        made.body[first] = ast.copy_location(ast.Assign([target], value, None), statement)


def registered(statement: ast.stmt) -> str | None:
    """The name in `self.register_buffer("mask", value)`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != "self.register_buffer" or len(call.args) != 2:
        return None
    if any(k.arg == "persistent" for k in call.keywords):
        return None  # an attribute like any other
    name = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
    return name if isinstance(name, str) and name.isidentifier() else None


def last_fill(body: Sequence[ast.stmt], name: str) -> ast.stmt | None:
    """The last of the statements that writes into `self.name`, where none binds it anew."""
    found = [s for s in body if fills(s, name)]
    bound = any(
        isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store) and is_own(n, name)
        for s in body
        for n in ast.walk(s)
    )
    return found[-1] if found and not bound else None


def fills(statement: ast.stmt, name: str) -> bool:
    """Is there `self.name[...] = value` or `self.name.fill_(1)` in a statement?"""
    for node in ast.walk(statement):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and is_own(undata(node.value), name):
            return True
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and is_own(undata(node.func.value), name)
        ):
            return node.func.attr.endswith("_") and not node.func.attr.endswith("__")
    return False


def undata(node: ast.expr) -> ast.expr:
    """`self.mask` of `self.mask.data`."""
    return node.value if isinstance(node, ast.Attribute) and node.attr == "data" else node


def is_own(node: ast.expr, name: str) -> bool:
    """Is this `self.name`?"""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


class Renamed(ast.NodeTransformer):
    """Puts a local name in the place of `self.name`, and of `self.name.data`."""

    def __init__(self, name: str, local: str) -> None:
        self.name, self.local = name, local

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if is_own(undata(node), self.name):
            return ast.copy_location(ast.Name(self.local, node.ctx), node)
        self.generic_visit(node)
        return node
