"""Weights that two layers share, said in the text of a program: edits of its syntax trees; tied_weights finds them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from pivot.reading.mask_edits import Place, place_of
from pivot.reading.walking import walk

NAMES = ("linear", "functional_linear")


@dataclass(frozen=True, slots=True)
class Tie:
    """In the class at `cls`: the attribute `layer` of self is a linear layer that computes with `table`."""

    cls: Place
    layer: str
    table: str
    gone: tuple[Place, Place]  # the statements that make the layer and tie its weight


def calls_of(cls: ast.ClassDef, name: str) -> Iterator[ast.Call]:
    """The calls `self.name(x)` in a class."""
    for node in walk(cls):
        if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            if ast.unparse(node.func) == f"self.{name}" and not isinstance(node.args[0], ast.Starred):
                yield node


def apply(tree: ast.Module, ties: tuple[Tie, ...]) -> None:
    """Say the ties in a file's own tree."""
    taken = {n.id for n in walk(tree) if isinstance(n, ast.Name)}
    function = next((name for name in NAMES if name not in taken), NAMES[-1] + "_")
    for cls in [n for n in walk(tree) if isinstance(n, ast.ClassDef)]:
        for tie in (t for t in ties if t.cls == place_of(cls)):
            for method in (s for s in cls.body if isinstance(s, ast.FunctionDef)):
                method.body = [s for s in method.body if place_of(s) not in tie.gone]
            for call in list(calls_of(cls, tie.layer)):
                say(call, function, tie)
    found = ast.ImportFrom("torch.nn.functional", [ast.alias("linear", function)], 0)
    at = next((i for i, s in enumerate(tree.body) if not is_head(s)), len(tree.body))
    tree.body.insert(at, ast.fix_missing_locations(ast.copy_location(found, tree.body[min(at, len(tree.body) - 1)])))


def is_head(statement: ast.stmt) -> bool:
    """Does a statement stand before all imports: a docstring, `from __future__ import ...`?"""
    if isinstance(statement, ast.ImportFrom):
        return statement.module == "__future__"
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def say(call: ast.Call, function: str, tie: Tie) -> None:
    """Make a call of the layer one of the function."""
    table = ast.parse(tie.table, mode="eval").body
    for node in walk(table):
        ast.copy_location(node, call.func)
    call.func = ast.copy_location(ast.Name(function, ast.Load()), call.func)
    call.args = [call.args[0], table]
