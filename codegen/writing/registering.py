"""Lists and dicts of layers: PyTorch finds the layers in them only where they are modules themselves."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from pivot.reading.modules import ModuleObject
from pivot.reading.values import DictObject, ListObject, Value

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.reading.elaborate import Elaborated


def held_attributes(done: Elaborated) -> dict[str, str]:
    """Names of attributes that hold layers in a list or a dict: "list", "dict", or "mixed" where modules differ."""
    found: dict[str, str] = {}
    for module in done.evaluator.modules:
        for name, value in module.attrs.items():
            kind = kind_of(value)
            if kind:
                found[name] = kind if found.get(name, kind) == kind else "mixed"
    return found


def kind_of(value: Value) -> str:
    """What holds layers: "list", "dict", "deep" for lists of lists; "" where no layer is in it."""
    hint = value.hint
    items: list[Value] = []
    if isinstance(hint, (ListObject, tuple)):
        items = [v for v in (hint.items if isinstance(hint, ListObject) else hint) if isinstance(v, Value)]
    elif isinstance(hint, DictObject):
        items = [v for _, v in hint.entries.values()]
    if any(kind_of(item) for item in items):
        return "deep"
    if not any(isinstance(item.hint, ModuleObject) for item in items):
        return ""
    if not all(isinstance(item.hint, ModuleObject) for item in items):
        return "mixed"
    return "dict" if isinstance(hint, DictObject) else "list"


def registered(w: Writer, target: ast.expr, value: ast.expr) -> ast.expr:
    """`nn.ModuleList([...])` for a list that is kept on a module. Raises Unwritable for lists of lists."""
    if not w.target.holds_modules or not isinstance(target, ast.Attribute):
        return value
    if not isinstance(target.value, ast.Name) or target.value.id != "self" or nodes.has_gone(value):
        return value
    kind = w.held_layers.get(target.attr, "")
    if not kind or (isinstance(value, ast.Constant) and value.value is None):
        return value
    if kind not in ("list", "dict"):
        raise Unwritable(f"self.{target.attr} holds layers in a way that PyTorch would not find them")
    empty = isinstance(value, (ast.List, ast.Dict)) and not (value.elts if isinstance(value, ast.List) else value.keys)
    return nodes.call(w.target.names["list" if kind == "list" else "dict"], [] if empty else [value])
