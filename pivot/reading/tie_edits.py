"""Weights that two layers share, said in the text of a program: edits of its syntax trees; tied_weights finds them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from pivot.reading.mask_edits import Place, place_of
from pivot.reading.walking import walk

FUNCTION, LAYER = ("torch.nn.functional", "linear"), ("torch.nn.utils", "TiedLinear")


@dataclass(frozen=True, slots=True)
class Tie:
    """In the class at `cls`: the attribute `layer` of self is a linear layer that computes with `table`."""

    cls: Place
    layer: str
    table: str
    making: Place  # the statement that makes the layer
    tying: Place
    biased: bool  # with a bias of its own it stays a layer: `TiedLinear(self.embed)`


def calls_of(cls: ast.ClassDef, name: str) -> Iterator[ast.Call]:
    """The calls `self.name(x)` in a class."""
    for node in walk(cls):
        if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            if ast.unparse(node.func) == f"self.{name}" and not isinstance(node.args[0], ast.Starred):
                yield node


def apply(tree: ast.Module, ties: tuple[Tie, ...]) -> None:
    """Say the ties in a file's own tree."""
    taken = {name for n in walk(tree) for name in names_of(n)}
    at = next((i for i, s in enumerate(tree.body) if not is_head(s)), len(tree.body))
    for tie in ties:
        module, item = LAYER if tie.biased else FUNCTION
        name = next(n for n in (item, *(f"tied_{item}{'_' * k}" for k in range(len(taken) + 1))) if n not in taken)
        for cls in [n for n in walk(tree) if isinstance(n, ast.ClassDef) and place_of(n) == tie.cls]:
            for method in (s for s in cls.body if isinstance(s, ast.FunctionDef)):
                method.body = [made for s in method.body for made in statement(s, name, tie)]
            for call in [] if tie.biased else list(calls_of(cls, tie.layer)):
                say(call, name, tie)
        found = ast.ImportFrom(module, [ast.alias(item, name)], 0)
        tree.body.insert(
            at, ast.fix_missing_locations(ast.copy_location(found, tree.body[min(at, len(tree.body) - 1)]))
        )


def statement(node: ast.stmt, name: str, tie: Tie) -> list[ast.stmt]:
    """What stands for a statement of a method: the layer is made where its weight is tied, if it stays at all."""
    if place_of(node) == tie.tying and tie.biased:
        made = ast.parse(f"self.{tie.layer} = {name}({tie.table.removesuffix('.weight')})").body[0]
        for part in walk(made):
            ast.copy_location(part, node)
        made.__dict__.update({key: node.__dict__[key] for key in ("before", "behind", "blank") if key in node.__dict__})
        return [made]
    return [] if place_of(node) in (tie.making, tie.tying) else [node]


def names_of(node: ast.AST) -> tuple[str, ...]:
    """The names that a syntax node reads or binds."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return (node.name,)
    if isinstance(node, ast.alias):
        return (node.asname or node.name,)
    return (node.id,) if isinstance(node, ast.Name) else (node.arg,) if isinstance(node, ast.arg) else ()


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
