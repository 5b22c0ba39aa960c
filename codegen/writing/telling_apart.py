"""One file of several: a name that stands for different things in two of them.

Where one of both is only imported, it is imported under its own name instead: `F` of torchvision's transforms beside
`F` of torch.nn is `functional`. Two definitions of one name are refused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from pivot.problems import refuse
from pivot.reading import classes

Imported = ast.Import | ast.ImportFrom


def tell_apart(written: Mapping[str, list[ast.stmt]], main: str) -> None:
    """Give imports other names where two files mean different things by one. Changes the trees; raises Refusal."""
    found: dict[str, tuple[str, list[str]]] = {}
    for file in dict.fromkeys([main, *written]):
        for name, here in meanings(written[file]).items():
            other, there = found.setdefault(name, (file, here))
            if there == here:
                continue
            if not renamed(written, file, name) and not renamed(written, other, name):
                why = f"{name} is something else in {Path(other).name}, and one file cannot hold both"
                raise refuse("name", file, 1, 1, why, "give one of both another name")


def meanings(statements: list[ast.stmt]) -> dict[str, list[str]]:
    """What the names at the top of a file stand for."""
    found: dict[str, list[str]] = {}
    for statement in statements:
        for name, meaning in meanings_of(statement):
            found.setdefault(name, []).append(meaning)
    return found


def meanings_of(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    """The names that a statement at the top of a file binds, and the text of what they stand for."""
    if isinstance(statement, Imported):
        module = f"{statement.module}." if isinstance(statement, ast.ImportFrom) else ""
        for alias in statement.names:
            whole = isinstance(statement, ast.Import) and alias.asname is None
            shown = alias.name.partition(".")[0] if whole else alias.name
            yield alias.asname or shown, f"import {module}{shown}"
    elif not isinstance(statement, ast.Expr):
        for name in classes.bound_names(statement):
            yield name, ast.dump(statement)


def renamed(written: Mapping[str, list[ast.stmt]], file: str, name: str) -> bool:
    """Import what a file means by a name under another one, where it is only imported there."""
    imports = [(s, a) for s in written[file] if isinstance(s, Imported) for a in s.names if name in (a.asname, a.name)]
    if not imports or any(isinstance(s, ast.Import) and a.asname is None for s, a in imports):
        return False
    if len(imports) != len(meanings(written[file]).get(name, [])) or is_bound_inside(written[file], name):
        return False
    statement, alias = imports[0]
    module = f"{statement.module}." if isinstance(statement, ast.ImportFrom) else ""
    taken = {n for statements in written.values() for s in statements for n in names_in(s)}
    parts = f"{module}{alias.name}".split(".")
    names = ["_".join(parts[-last:]) for last in range(1, len(parts) + 1)]
    new = next((longer for longer in names if longer not in taken), "")
    if not new:
        return False
    for _, one in imports:
        one.asname = None if one.name == new else new
    for node in (n for s in written[file] for n in ast.walk(s)):
        if isinstance(node, ast.Name) and node.id == name:
            node.id = new
    return True


def names_in(statement: ast.stmt) -> Iterator[str]:
    """Every name that a statement reads or binds."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name


def is_bound_inside(statements: list[ast.stmt], name: str) -> bool:
    """Does anything but the imports at the top bind a name: a parameter, a variable, a global statement?"""
    for node in (n for s in statements if not isinstance(s, Imported) for n in ast.walk(s)):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return True
        if isinstance(node, (ast.arg, ast.alias)) and name in (getattr(node, "arg", None), getattr(node, "asname", 0)):
            return True
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name:
            return True
    return False
