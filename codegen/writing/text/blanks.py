"""How many blank lines stand above a statement."""

from __future__ import annotations

import ast

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
IMPORTS = (ast.Import, ast.ImportFrom)


def is_docstring(node: ast.stmt) -> bool:
    """Whether the statement is a string alone."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def blank_lines(node: ast.stmt, previous: ast.stmt | None, owner: ast.AST, depth: int) -> int:
    """Blank lines above a statement: what the source has, and at least what Black asks for."""
    most = 1 if depth else 2
    if previous is None:
        return 0
    wanted = min(int(getattr(node, "blank", 0)), most)
    if isinstance(node, DEFINITIONS) or _ends_in_definition(previous):
        return most
    if isinstance(previous, IMPORTS) and not isinstance(node, IMPORTS):
        return max(wanted, 1)
    if is_docstring(previous) and isinstance(owner, (ast.ClassDef, ast.Module)) and owner.body[0] is previous:
        return max(wanted, 1)
    return wanted


def _ends_in_definition(node: ast.stmt) -> bool:
    if isinstance(node, DEFINITIONS):
        return True
    body: list[ast.stmt] = []
    if isinstance(node, (ast.Try, ast.TryStar)):
        body = node.finalbody or node.orelse or (node.handlers[-1].body if node.handlers else node.body)
    elif isinstance(node, (ast.If, ast.For, ast.AsyncFor, ast.While)):
        body = node.orelse or node.body
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        body = node.body
    return bool(body) and _ends_in_definition(body[-1])
