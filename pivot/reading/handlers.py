"""What a function of a library is to the evaluator."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from pivot.reading.values import Origin, Value, depends_of

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

Args = tuple[Value, ...]
Kwargs = dict[str, Value]
Handler: TypeAlias = "Callable[[Evaluator, Args, Kwargs, ast.AST, Frame], Value]"


def made(hint: object, node: ast.AST, frame: Frame, name: str, *sources: Value) -> Value:
    """A computed value."""
    return Value(hint, Origin("apply", node, frame.file, name, tuple(sources), frame), depends_of(*sources))
