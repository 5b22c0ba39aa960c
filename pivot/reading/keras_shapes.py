"""Shapes that a program puts together of sizes with functions for tensors: they are lists of sizes here.

`tf.concat([tf.expand_dims(batch_size, -1), tf.constant([1, 1])], 0)` is `[batch_size, 1, 1]`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.dims import Size
from pivot.reading.handlers import Args, Kwargs
from pivot.reading.trace import Visit
from pivot.reading.values import SIZE, ListObject, TensorCell, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame

LIFTED, JOINED = "a shape of one size", "shapes joined"


def lifted(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value | None:
    """`expand_dims(size, -1)`: a shape of one size."""
    first = args[0] if args else next(iter(kwargs.values()), Value(None))
    axis = (args[1] if len(args) > 1 else kwargs.get("axis", Value(None))).hint
    if not is_size(first) or axis not in (0, -1):
        return None
    return visited(ev, LIFTED, Value(ListObject([first]), None, SIZE), args, kwargs, node, frame)


def joined(ev: Evaluator, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value | None:
    """`concat([[size], constant([1, 1])], 0)`: a shape. None where there is no size among what is joined."""
    parts = items(args[0] if args else next(iter(kwargs.values()), Value(None)))
    if parts is None or not any(isinstance(part.hint, (ListObject, tuple)) for part in parts):
        return None
    found: list[Value] = []
    for part in parts:
        sizes = items(part) if not isinstance(part.hint, TensorCell) else written(ev, part.hint)
        if sizes is None or not all(is_size(size) for size in sizes):
            return None
        found += sizes
    return visited(ev, JOINED, Value(ListObject(found), None, SIZE), args, kwargs, node, frame)


def visited(ev: Evaluator, name: str, result: Value, args: Args, kwargs: Kwargs, node: ast.AST, frame: Frame) -> Value:
    """A shape, with what the writer has to know of it."""
    ev.visit(Visit(node, frame, "shape", None, args, kwargs, name=name, result=result))
    return result


def written(ev: Evaluator, cell: TensorCell) -> list[Value] | None:
    """The numbers of a tensor of one axis that the program writes down."""
    made = next((n for n in reversed(ev.nodes) if any(v.id == cell.version.id for v in n.results)), None)
    if made is None or made.op is None or made.op.shape != "constant" or len(cell.shape) != 1:
        return None
    numbers = next((v for v in made.params.values() if isinstance(v, (tuple, list))), ())
    return [Value(number) for number in numbers]


def items(value: Value) -> list[Value] | None:
    """The entries of a list."""
    hint = value.hint
    found = hint.items if isinstance(hint, ListObject) else hint
    return [v if isinstance(v, Value) else Value(v) for v in found] if isinstance(found, (list, tuple)) else None


def is_size(value: Value) -> bool:
    """Is this a whole number or a size?"""
    return isinstance(value.hint, (int, Size)) and not isinstance(value.hint, bool)
