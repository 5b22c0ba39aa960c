"""Lists and dicts among the arguments of a call, as they were when it began: what is called may change them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading.values import DictObject, ListObject, Value

if TYPE_CHECKING:
    from pivot.reading.frames import Frame

MAX_DEPTH = 16


def at_first(
    args: tuple[Value, ...], kwargs: dict[str, Value], node: ast.AST, frame: Frame
) -> tuple[tuple[Value, ...], dict[str, Value]] | None:
    """The arguments of a call of something that reached it as a local name (`model_cls(**settings)`), else None."""
    func = node.func if isinstance(node, ast.Call) else None
    if not isinstance(func, ast.Name) or func.id not in frame.scope.names or frame.function is None:
        return None
    return tuple(map(snapshot, args)), {name: snapshot(value) for name, value in kwargs.items()}


def snapshot(value: Value, depth: int = 0) -> Value:
    """A value whose containers nobody else holds; everything that is no list, dict or tuple is the same object."""
    hint = value.hint
    if depth > MAX_DEPTH:
        return value
    made: object = hint
    if isinstance(hint, tuple):
        made = tuple(snapshot(v, depth + 1) if isinstance(v, Value) else v for v in hint)
    elif isinstance(hint, ListObject):
        made = ListObject([snapshot(v, depth + 1) for v in hint.items], hint.kind)
    elif isinstance(hint, DictObject):
        entries = {k: (key, snapshot(v, depth + 1)) for k, (key, v) in hint.entries.items()}
        made = DictObject(entries, hint.kind, hint.factory)
    return value if made is hint else Value(made, value.origin, value.depends)
