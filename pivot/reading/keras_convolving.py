"""A convolution of Keras whose class computes it another way: `convolution_op` is what its `call` is made of.

A class with a `convolution_op` of its own is read with the `call` that it inherits written out, and the library's
`convolution_op` as the operation it is: `keras.ops.conv(inputs, kernel, strides=self.strides, ...)`.
"""

from __future__ import annotations

import ast
import re

from pivot.reading.derived_calls import super_calls
from pivot.reading.own_constructors import ADDED

NAMES = ("convolution_op", "_convolution_op")
CONVOLUTIONS = re.compile(r"Conv\dD$")
CALL = """
def call(self, inputs):
    outputs = self.{name}(inputs, self.kernel)
    if self.use_bias:
        outputs = outputs + self.bias
    return outputs
"""
OPERATION = "keras.ops.conv(x, y, strides=self.strides, padding=self.padding, dilation_rate=self.dilation_rate)"


def write_out(node: ast.ClassDef, layer: str) -> bool:
    """Change a class in place; was its `call` written out? Then the layer's function stands behind what it returns."""
    if CONVOLUTIONS.match(layer) is None:
        return False
    methods = {s.name: s for s in node.body if isinstance(s, ast.FunctionDef)}
    own = next((name for name in NAMES if name in methods), None)
    Spelled(own).visit(node)
    if own is None or methods.keys() & {"call", "__call__"}:
        return False
    made = ast.parse(CALL.format(name=own)).body[0]
    for part in ast.walk(made):
        ast.copy_location(part, node).__dict__[ADDED] = True
    node.body.append(made)
    return True


def enters_again(node: ast.ClassDef) -> bool:
    """Has a class both a `convolution_op` and a `call` that hands on to the library's, which would use it?"""
    methods = {s.name: s for s in node.body if isinstance(s, ast.FunctionDef)}
    return any(n in methods for n in NAMES) and any(
        next(super_calls(m, "call", "__call__"), None) is not None for n, m in methods.items()
    )


class Spelled(ast.NodeTransformer):
    """`super().convolution_op(x, kernel)`, and `self.convolution_op(x, kernel)` of a class without one."""

    def __init__(self, own: str | None) -> None:
        self.own = own

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        func = node.func
        if not isinstance(func, ast.Attribute) or func.attr not in NAMES or len(node.args) != 2 or node.keywords:
            return node
        above = next(iter(super_calls(node, *NAMES)), None) is node
        itself = isinstance(func.value, ast.Name) and func.value.id == "self" and func.attr != self.own
        if not above and not itself:
            return node
        made = ast.parse(OPERATION, mode="eval").body
        assert isinstance(made, ast.Call)
        for part in ast.walk(made):
            ast.copy_location(part, node)
        made.args = node.args
        return made
