"""Lists and dicts of layers: PyTorch finds the layers in them only where they are modules themselves."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from pivot.reading.modules import ModuleObject
from pivot.reading.values import ClassObject, DictObject, ListObject, Value

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.reading.elaborate import Elaborated


Held = dict[tuple[str, str, str], str]
"""File and name of a class, and of an attribute: how it holds layers."""


def held_attributes(done: Elaborated) -> Held:
    """Attributes that hold layers in a list or a dict: "list", "dict", or "mixed" where modules of a class differ.

    An attribute of a module is one of its class and of all its bases, whichever of them assigns it.
    """
    found: Held = {}
    for module in done.evaluator.modules:
        classes = module.cls.mro() if isinstance(module.cls, ClassObject) else []
        for name, value in module.attrs.items():
            kind = kind_of(value)
            for cls in classes if kind else ():
                if isinstance(cls, ClassObject):
                    key = (cls.file, cls.name, name)
                    found[key] = kind if found.get(key, kind) == kind else "mixed"
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


def how_held(held: Held, owner: ClassObject | None, attribute: str) -> str:
    """How an attribute holds layers in the class that assigns it; without a class, in any that has it."""
    if owner is not None:
        return held.get((owner.file, owner.name, attribute), "")
    kinds = {kind for (_, _, name), kind in held.items() if name == attribute}
    return "mixed" if len(kinds) > 1 else next(iter(kinds), "")


def registered(w: Writer, target: ast.expr, value: ast.expr, owner: ClassObject | None = None) -> ast.expr:
    """`nn.ModuleList([...])` for a list that is kept on a module of `owner`. Raises Unwritable for lists of lists."""
    if not w.target.holds_modules or not isinstance(target, ast.Attribute):
        return value
    if not isinstance(target.value, ast.Name) or target.value.id != "self" or nodes.has_gone(value):
        return value
    kind = how_held(w.held_layers, owner, target.attr)
    if not kind or (isinstance(value, ast.Constant) and value.value is None):
        return value
    if kind not in ("list", "dict"):
        raise Unwritable(f"self.{target.attr} holds layers in a way that PyTorch would not find them")
    empty = isinstance(value, (ast.List, ast.Dict)) and not (value.elts if isinstance(value, ast.List) else value.keys)
    return nodes.call(w.target.names["list" if kind == "list" else "dict"], [] if empty else [value])
