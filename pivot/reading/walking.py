"""Walking syntax trees fast: a conversion looks at some hundred thousand nodes, of which half hold no others."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

PLAIN = frozenset(
    (
        *("id", "attr", "arg", "name", "asname", "module", "level", "kind", "ctx", "op", "ops"),
        *("type_comment", "conversion", "simple", "is_async", "rest", "kwd_attrs"),
    )
)
"""Fields that hold no nodes, or only contexts and operators."""

_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {}


COMPOUND = (ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try)
"""Statements that hold others."""


def walk(root: ast.AST) -> list[ast.AST]:
    """`root` and all nodes below it in the order of `ast.walk`, without contexts (`Load`) and operators (`Add`)."""
    found = [root]
    for node in found:  # grows while it is walked
        values = node.__dict__
        for name in _FIELDS[node.__class__] if node.__class__ in _FIELDS else _fields(node.__class__):
            value = values.get(name)
            if value.__class__ is list:
                found += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                found.append(value)
    return found


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly below one, in the order of `ast.iter_child_nodes`, without contexts and operators."""
    found: list[ast.AST] = []
    values = node.__dict__
    for name in _FIELDS[node.__class__] if node.__class__ in _FIELDS else _fields(node.__class__):
        value = values.get(name)
        if value.__class__ is list:
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def replace_below(root: ast.AST, kind: type[ast.AST], made: Callable[[Any], ast.AST | None]) -> None:
    """Put what `made` gives in the places of the nodes of a kind below `root`, in the order in which they stand; where
    it gives None, the node stays, and what is below it is looked at.
    """
    values = root.__dict__
    for name in _FIELDS[root.__class__] if root.__class__ in _FIELDS else _fields(root.__class__):
        value = values.get(name)
        if isinstance(value, ast.AST):
            new = made(value) if isinstance(value, kind) else None
            if new is None:
                replace_below(value, kind, made)
            else:
                setattr(root, name, new)
        elif isinstance(value, list):
            for place, item in enumerate(value):
                new = made(item) if isinstance(item, kind) else None
                if new is not None:
                    value[place] = new
                elif isinstance(item, ast.AST):
                    replace_below(item, kind, made)


def names_in(node: ast.AST) -> frozenset[str]:
    """The names that stand anywhere in a definition of the program; looked for once."""
    found: frozenset[str] | None = node.__dict__.get("names_in")
    if found is None:
        found = frozenset(n.id for n in walk(node) if isinstance(n, ast.Name))
        setattr(node, "names_in", found)
    return found


def by_level(root: ast.AST, deepest: int, most: int) -> list[ast.AST] | None:
    """`root` and all nodes below it, as `walk` gives them, but for what stands in f-strings; None where a node lies
    deeper than `deepest` or there are more than `most`.
    """
    found: list[ast.AST] = []
    level, depth, inside = [root], 0, 0
    while level:
        found += level
        if depth > deepest or len(found) > most:
            return None
        below: list[ast.AST] = []
        for node in level:
            values = node.__dict__
            if node.__class__ is ast.JoinedStr:
                hidden = nodes_within(node, deepest - depth, most)
                if hidden is None:
                    return None
                inside += hidden
                continue
            for name in _FIELDS[node.__class__] if node.__class__ in _FIELDS else _fields(node.__class__):
                value = values.get(name)
                if value.__class__ is list:
                    below += [item for item in value if isinstance(item, ast.AST)]
                elif isinstance(value, ast.AST):
                    below.append(value)
        level, depth = below, depth + 1
    return found if len(found) + inside <= most else None


def nodes_within(root: ast.AST, deepest: int, most: int) -> int | None:
    """How many nodes lie below one; None where one lies deeper than `deepest` or there are more than `most`."""
    count, level, depth = 0, [root], 0
    while level:
        level, depth = [child for node in level for child in children(node)], depth + 1
        count += len(level)
        if level and (depth > deepest or count > most):
            return None
    return count


def statements(tree: ast.AST) -> list[ast.stmt]:
    """All statements of a file or function, also those in others: expressions, which hold none, are not looked into."""
    found: list[ast.stmt] = []
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.stmt):
            found.append(node)
        elif isinstance(node, ast.expr):
            continue
        todo += children(node)
    return found


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes; remembered."""
    found = () if issubclass(kind, ast.Constant) else tuple(name for name in kind._fields if name not in PLAIN)
    _FIELDS[kind] = found
    return found
