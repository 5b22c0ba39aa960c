"""Layers added one after the other, gathered: `net = nn.Sequential()`, `net.append(a)` is `nn.Sequential(a)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions

INPUTS = ("keras.Input", "keras.layers.Input", "keras.layers.InputLayer")
GATHERED = ("append", "extend")
COMMENTS = ("before", "behind")


def is_input(e: Expressions, node: ast.expr) -> bool:
    """Does an element of a row only say what enters it: `keras.Input(...)`, `InputLayer(...)`?"""
    visits = e.w.trace.of(node)
    if visits and visits[0].name in INPUTS:
        return True
    if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Name, ast.Attribute)):
        return False
    api = e.w.static_api(node.func, e.file, e.locals)
    return api is not None and api.name in INPUTS


def gather(body: list[ast.stmt], row: str) -> None:
    """Put what follows the making of an empty or plain row into the call that makes it, in all blocks below."""
    place = 0
    while place < len(body):
        statement = body[place]
        made = made_row(statement, row)
        while made is not None and place + 1 < len(body):
            more = added(body[place + 1], made[0])
            if more is None:
                break
            take(body[place + 1], more)
            made[1].args.extend(more)
            del body[place + 1]
        for part in ("body", "orelse"):
            inner = getattr(statement, part, None)
            if isinstance(inner, list):
                gather(inner, row)
        place += 1


def made_row(statement: ast.stmt, row: str) -> tuple[str, ast.Call] | None:
    """The name or attribute that a statement binds to a new row, and the call that makes it."""
    call = statement.value if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    if not isinstance(call, ast.Call) or not isinstance(statement, ast.Assign):
        return None
    plain = not call.keywords and not any(isinstance(a, ast.Starred) for a in call.args)
    if ast.unparse(call.func) != row or not plain or not isinstance(statement.targets[0], (ast.Name, ast.Attribute)):
        return None
    return ast.unparse(statement.targets[0]), call


def added(statement: ast.stmt, name: str) -> list[ast.expr] | None:
    """The layers that a statement adds to a row, None where it does something else or asks for the row."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr not in GATHERED:
        return None
    if ast.unparse(call.func.value) != name or len(call.args) != 1 or call.keywords:
        return None
    given = call.args[0]
    if call.func.attr == "append":
        layers = [given]
    elif isinstance(given, ast.List):
        layers = given.elts
    else:
        return None
    asks = any(ast.unparse(n) == name for layer in layers for n in ast.walk(layer) if isinstance(n, ast.expr))
    return None if asks or any(isinstance(layer, ast.Starred) for layer in layers) else list(layers)


def take(statement: ast.stmt, layers: list[ast.expr]) -> None:
    """The comments of a statement go to the layers that it added."""
    first, last = layers[0].__dict__, layers[-1].__dict__
    for holder, name in ((first, "before"), (last, "behind")):
        if name in statement.__dict__:
            holder[name] = statement.__dict__[name]
