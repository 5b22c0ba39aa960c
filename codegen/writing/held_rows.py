"""Classes that derive from a row of layers and take several inputs: `class Blocks(nn.Sequential)` with a forward pass.

Keras' Sequential takes layers of one input alone, and calls them by itself. Such a class is a layer that holds others.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.reading import classes
from pivot.reading.restating import forwards_itself
from pivot.reading.values import ClassObject

if TYPE_CHECKING:
    from codegen.writing.writer import Writer

CONSTRUCTOR = """
def __init__(self, layers):
    super().__init__()
    self.layers = layers
"""


def holds_layers(w: Writer, cls: ClassObject) -> bool:
    """Is this a row of layers whose own forward pass takes several inputs, made by the library's constructor?"""
    base = classes.library_base(cls)
    if w.target.builds_early or base is None or w.source.kinds.get(base.name) != "sequential":
        return False
    if not forwards_itself(cls.node) or any(isinstance(b.hint, ClassObject) for b in cls.bases):
        return False
    spec = next(s.args for s in cls.node.body if isinstance(s, ast.FunctionDef) and s.name == w.source.call_name)
    if len(spec.args) <= 2 and spec.vararg is None:
        return False  # one input, as a Sequential has it
    return classes.member(w.ev, cls, "__init__") is None


def holding_constructor() -> ast.FunctionDef:
    """The constructor of such a class."""
    made = ast.parse(CONSTRUCTOR).body[0]
    assert isinstance(made, ast.FunctionDef)
    made.__dict__["blank"] = 1
    return made
