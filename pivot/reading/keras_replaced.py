"""Classes that take nothing of a layer of Keras but its constructor: they make the weights, and compute with them.

`class Scaled(layers.Dense)` with a `build` of its own, which makes `self.kernel`, and a `call` of its own is a plain
layer that keeps its arguments: `super().__init__(units, use_bias=False)` is read as `super().__init__()`, followed by
`self.units = units` and `self.use_bias = False`, as far as the class reads them.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from pivot.reading.derived_calls import super_calls

if TYPE_CHECKING:
    from collections.abc import Mapping

PER_AXIS = ("kernel_size", "strides", "dilation_rate", "pool_size")
RANK = re.compile(r"(\d)D")
OTHERS = ("_initializer", "_regularizer", "_constraint")


def replaces_all(node: ast.ClassDef) -> bool:
    """Has a class both a `build` and a `call`, neither of which hands on to the layer's?"""
    methods = {s.name: s for s in node.body if isinstance(s, ast.FunctionDef)}
    build, call = methods.get("build"), methods.get("call")
    if build is None or call is None:
        return False
    handed = [*super_calls(build, "build"), *(c for m in methods.values() for c in super_calls(m, "call", "__call__"))]
    return not handed and any(isinstance(n, ast.Attribute) and n.attr == "add_weight" for n in ast.walk(build))


def keep_arguments(node: ast.ClassDef, init: ast.FunctionDef, layer: str, taken: Mapping[str, ast.expr | None]) -> bool:
    """Say in a constructor what that of the layer would keep; False where it cannot be said."""
    calls = list(super_calls(init, "__init__"))
    at = next((i for i, s in enumerate(init.body) if isinstance(s, ast.Expr) and s.value in calls), -1)
    if len(calls) != 1 or at < 0 or any(isinstance(a, ast.Starred) for a in calls[0].args):
        return False
    given = dict(zip(taken, calls[0].args, strict=False))
    given |= {k.arg: k.value for k in calls[0].keywords if k.arg is not None}
    read = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load)}
    kept: list[ast.stmt] = []
    for name in dict.fromkeys([*taken, *given, *sorted(n for n in read if n.endswith(OTHERS))]):
        value = given.get(name, taken.get(name))
        if name not in read or (value is None and not name.endswith(OTHERS)):
            continue
        target = ast.Attribute(ast.Name("self", ast.Load()), name, ast.Store())
        kept.append(ast.Assign([target], as_kept(name, layer, value or ast.Constant(None))))
    calls[0].args = []
    calls[0].keywords = [k for k in calls[0].keywords if k.arg is None]
    for statement in kept:
        for part in ast.walk(statement):
            if not hasattr(part, "lineno"):
                ast.copy_location(part, init.body[at])
    init.body[at + 1 : at + 1] = kept
    return True


def as_kept(name: str, layer: str, value: ast.expr) -> ast.expr:
    """An argument as the layer keeps it: a function for its name, one number per axis."""
    text = ast.unparse(value)
    if name == "activation":
        return ast.parse(f"keras.activations.get({text})", mode="eval").body
    met = RANK.search(layer)
    if name not in PER_AXIS or met is None or isinstance(value, ast.Tuple):
        return value
    rank = int(met[1])
    if isinstance(value, ast.Constant):
        return ast.parse(repr((value.value,) * rank), mode="eval").body
    return ast.parse(f"({text},) * {rank} if isinstance({text}, int) else {text}", mode="eval").body
