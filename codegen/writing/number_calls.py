"""Functions of numbers that are known, in plain Python: `int(half)`, `math.sqrt(width)`, `min(length, 8)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.program_calls import argument_itself

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions


def of_number(e: Expressions, node: ast.Call, name: str) -> ast.expr:
    """`math.sqrt(width)` for `tf.sqrt(width)`, `int(half)` for `tf.cast(half, tf.int32)`, `min(a, b)`."""
    if name.startswith("math."):
        e.w.imports["math"] = ("math", None)
    several = name in ("builtins.min", "builtins.max")
    return nodes.call(
        name.removeprefix("builtins."), [*map(e.expr, node.args)] if several else [argument_itself(e, node)]
    )
