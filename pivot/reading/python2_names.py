"""Names of Python 2 that sources of its time still use: `xrange` is `range`, and `six.moves` has the newer names."""

from __future__ import annotations

import ast
from collections.abc import Iterable

NEWER = {"xrange": "range"}
"""Builtins of Python 2 by what Python 3 calls them."""
MOVES = "six.moves"


def modernised(nodes: Iterable[ast.AST]) -> None:
    """Give the nodes of a file the newer names, where the file binds the old ones to nothing else."""
    found = list(nodes)
    bound = {n.id for n in found if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    bound |= {n.arg for n in found if isinstance(n, ast.arg)}
    bound |= {n.name for n in found if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    for node in found:
        if isinstance(node, ast.ImportFrom) and node.module == MOVES:
            for alias in node.names:
                alias.name = NEWER.get(alias.name, alias.name) if alias.asname is None else alias.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound |= {alias.asname or alias.name for alias in node.names}
    for node in found:
        if isinstance(node, ast.Name) and node.id in NEWER and node.id not in bound:
            node.id = NEWER[node.id]
