"""Values kept by a device: `if device not in cache: cache[device] = value` then `return cache[device]`.

The target has no devices to keep values apart by, and its models no place for tensors of an earlier call: the value is
computed where it is returned.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes

if TYPE_CHECKING:
    from codegen.writing.statements import Statements


def returned(s: Statements, body: list[ast.stmt], index: int) -> ast.Return | None:
    """`return value` for the statement at `index` and the one behind it, where they are such a pair."""
    first = body[index]
    entry = remembered(first, body[index + 1]) if index + 1 < len(body) else None
    if entry is None or not nodes.has_gone(s.e.expr(entry.slice)):
        return None
    assert isinstance(first, ast.If) and isinstance(first.body[0], ast.Assign)
    return nodes.like(ast.Return(first.body[0].value), first)


def remembered(first: ast.stmt, second: ast.stmt) -> ast.Subscript | None:
    """The entry that `first` fills if it is not there, and that `second` returns."""
    entry = second.value if isinstance(second, ast.Return) else None
    if not isinstance(entry, ast.Subscript) or not isinstance(first, ast.If) or first.orelse or len(first.body) != 1:
        return None
    store, test = first.body[0], first.test
    if not isinstance(store, ast.Assign) or len(store.targets) != 1 or not isinstance(test, ast.Compare):
        return None
    target = store.targets[0]
    if not isinstance(target, ast.Subscript) or not isinstance(test.ops[0], ast.NotIn) or len(test.ops) != 1:
        return None
    boxes = {ast.dump(box).replace("Store()", "Load()") for box in (target.value, entry.value, test.comparators[0])}
    keys = {ast.dump(key) for key in (target.slice, entry.slice, test.left)}
    return entry if len(boxes) == 1 and len(keys) == 1 else None
