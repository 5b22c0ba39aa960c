"""Shapes that a program joined with functions for tensors: `tf.concat([tf.expand_dims(n, -1), [1]], 0)` is a list."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from pivot.reading import keras_shapes
from pivot.reading.trace import Visit
from pivot.reading.values import TensorCell

if TYPE_CHECKING:
    from codegen.writing.expressions import Expressions


def shape_list(e: Expressions, node: ast.expr, visits: list[Visit]) -> ast.expr:
    """A list of sizes; what cannot be said is gone."""
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    if visits[0].name == keras_shapes.LIFTED:
        return ast.List([e.expr(first)], ast.Load()) if first is not None else nodes.gone()
    values = keras_shapes.items(visits[0].args[0]) if visits[0].args else None
    if not isinstance(first, (ast.List, ast.Tuple)) or values is None or len(values) != len(first.elts):
        return nodes.gone()
    found: list[ast.expr] = []
    for element, value in zip(first.elts, values, strict=True):
        if isinstance(value.hint, TensorCell):
            found += [nodes.literal(number.hint) for number in keras_shapes.written(e.w.ev, value.hint) or []]
            continue
        text = e.expr(element)
        if nodes.has_gone(text):
            return nodes.gone()
        found += text.elts if isinstance(text, (ast.List, ast.Tuple)) else [ast.Starred(text, ast.Load())]
    return ast.List(found, ast.Load())
