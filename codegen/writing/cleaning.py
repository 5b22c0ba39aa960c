"""Dead statements of a written function: assignments nobody reads, tests without arms."""

from __future__ import annotations

import ast

from pivot.reading.walking import walk

PURE_CALLS = {
    "len",
    "int",
    "float",
    "min",
    "max",
    "abs",
    "getattr",
    "get",
    "range",
    "sum",
    "tuple",
    "list",
    "str",
    "bool",
    "round",
}


def clean_function(node: ast.FunctionDef, pure: bool = False) -> None:
    """Remove assignments to local names that nothing reads, until none is left.

    `pure`: functions that are called by their name have no effects.
    """
    for _ in range(20):
        parts = walk(node)
        read = {n.id for n in parts if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        read |= {n for part in parts if isinstance(part, (ast.Global, ast.Nonlocal)) for n in part.names}
        read |= kept_by_changes(parts, pure)
        if not prune(node.body, read, pure):
            break
    if not node.body:
        node.body = [ast.Pass()]


def kept_by_changes(parts: list[ast.AST], pure: bool) -> set[str]:
    """Names that `name += value` asks for; not counters, which begin as numbers and are only counted on."""
    started: dict[str, bool] = {}
    for part in parts:
        if isinstance(part, ast.Assign):
            is_number = isinstance(part.value, ast.Constant) and isinstance(part.value.value, (int, float))
            for target in part.targets:
                for n in walk(target):
                    if isinstance(n, ast.Name):
                        started[n.id] = started.get(n.id, True) and is_number and n is target
        elif isinstance(part, ast.arg):
            started[part.arg] = False
    return {
        part.target.id
        for part in parts
        if isinstance(part, ast.AugAssign)
        and isinstance(part.target, ast.Name)
        and not (started.get(part.target.id, False) and is_pure(part.value, pure))
    }


def prune(body: list[ast.stmt], read: set[str], pure: bool) -> bool:
    """Drop what is dead in a block; True where something went."""
    changed = False
    for statement in list(body):
        for part in ("body", "orelse"):
            inner = getattr(statement, part, None)
            if isinstance(inner, list) and isinstance(statement, (ast.If, ast.For, ast.While, ast.With)):
                changed |= prune(inner, read, pure)
        if is_dead(statement, read, pure):
            body.remove(statement)
            changed = True
        elif isinstance(statement, ast.If) and not statement.body and statement.orelse:
            statement.test = ast.UnaryOp(ast.Not(), statement.test)
            statement.body, statement.orelse = statement.orelse, []
    return changed


def is_dead(node: ast.stmt, read: set[str], pure: bool) -> bool:
    """Has a statement no effect?"""
    if isinstance(node, (ast.If, ast.For, ast.While)) and not node.body and not node.orelse:
        return True
    if isinstance(node, ast.Assign):
        names = [t for t in node.targets if isinstance(t, ast.Name)]
        return len(names) == len(node.targets) and not any(n.id in read for n in names) and is_pure(node.value, pure)
    if isinstance(node, ast.AugAssign):
        return isinstance(node.target, ast.Name) and node.target.id not in read
    if isinstance(node, ast.AnnAssign):
        return (
            isinstance(node.target, ast.Name)
            and node.target.id not in read
            and (node.value is None or is_pure(node.value, pure))
        )
    return False


def is_pure(node: ast.expr, functions: bool = False) -> bool:
    """Does computing an expression change nothing?"""
    for inner in walk(node):
        if isinstance(inner, ast.Call):
            func = inner.func
            name = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
            made = name[:1].isupper()  # an object of a class
            if name not in PURE_CALLS and not (functions and (isinstance(func, ast.Name) or made)):
                return False
        if isinstance(inner, (ast.Yield, ast.YieldFrom, ast.Await, ast.NamedExpr)):
            return False
    return True
