"""The forward pass of a model: its definition, and the inputs that it takes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import classes
from pivot.reading.constructors import required_arguments
from pivot.reading.modules import ModuleObject
from pivot.reading.values import ClassObject, FunctionObject

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator


def forward_parameters(ev: Evaluator, root: ModuleObject) -> list[str]:
    """Names of the inputs of forward(), without self."""
    if root.announced:
        return announced_names(root)
    node = forward_node(ev, root)
    if node is None:
        return ["x"]
    return [a.arg for a in (*node.args.posonlyargs, *node.args.args)][1:]


BESIDE = ("training", "mask")
"""Parameters of a forward pass of Keras that are no inputs: the mode, and what layers say of padding."""


def needed_inputs(ev: Evaluator, root: ModuleObject) -> list[str]:
    """Names of the inputs of forward() that have no default: `def call(self, x, training)` needs one."""
    node = forward_node(ev, root)
    if node is None:
        return forward_parameters(ev, root)[:1]
    beside = BESIDE if ev.dialect.packs_inputs else ()
    return [name for name in required_arguments(node)[1:] if name not in beside]


def packs_inputs(ev: Evaluator, root: ModuleObject, count: int) -> bool:
    """Do several inputs come as one list, as Keras hands them on: `def call(self, inputs): a, b = inputs`?"""
    if not ev.dialect.packs_inputs or count < 2 or root.announced:
        return False
    node = forward_node(ev, root)
    if node is None or node.args.vararg is not None:
        return False
    return len([a for a in (*node.args.posonlyargs, *node.args.args) if a.arg not in BESIDE]) == 2


def announced_names(root: ModuleObject) -> list[str]:
    """Names of the inputs that the program announces: as it says, else `x`, or `x1`, `x2`, ..."""
    if root.graph is not None and root.graph.names:
        return [name if name.isidentifier() else f"x{place}" for place, name in enumerate(root.graph.names, 1)]
    plain = [""] if len(root.announced) == 1 else [str(number) for number in range(1, len(root.announced) + 1)]
    return [v.name or f"x{number}" for v, number in zip(root.announced, plain, strict=True)]


def forward_node(ev: Evaluator, root: ModuleObject) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """The definition of the root's forward pass."""
    if isinstance(root.cls, ClassObject):
        for name in ev.dialect.forward_names:
            hit = classes.member(ev, root.cls, name)
            if (
                hit is not None
                and isinstance(hit[0].hint, FunctionObject)
                and not isinstance(hit[0].hint.node, ast.Lambda)
            ):
                return hit[0].hint.node
    return None
