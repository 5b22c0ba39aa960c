"""Modules of the program that are handed on as values: `SSD(config=config)`, `getattr(resnet, "resnet50")`.

Everything stands in one file of the target, so such a module becomes a namespace of what the program asks it for.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing.naming import reference_to
from pivot.problems import Problem, Refusal
from pivot.reading import lookup
from pivot.reading.frames import Scope
from pivot.reading.signals import Raised
from pivot.reading.values import ClassObject, FunctionObject, ListObject, Value
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.writer import Writer


def namespace(
    w: Writer, name: str, module: Scope, place: tuple[str, ast.stmt], library: dict[str, tuple[str, str]]
) -> ast.stmt:
    """`config = SimpleNamespace(size=size)`: functions, classes and plain data whose names are mentioned anywhere."""
    file, node = place
    library["SimpleNamespace"] = ("types", "SimpleNamespace")
    mentioned = names_asked_for(w)
    kept: list[str] = []
    left: list[str] = []
    for wanted, statements in module.lazy.items():
        if wanted in mentioned and not any(isinstance(s, (ast.Import, ast.ImportFrom)) for s in statements):
            (kept if is_plain(found(w, module, wanted)) else left).append(wanted)
    if left:
        why = f"of the module {name} the target has no {', '.join(left)}"
        w.refused(Problem("left-out", "info", file, node.lineno, 1, why, "the arms that ask for it were not taken"))
    for wanted in kept:
        w.wanted.setdefault((module.file, wanted))
    parts = [ast.keyword(wanted, reference_to((module.file, wanted))) for wanted in kept]
    made = ast.Call(ast.Name("SimpleNamespace", ast.Load()), [], parts)
    return ast.Assign([ast.Name(name, ast.Store())], made)


def names_asked_for(w: Writer) -> set[str]:
    """Attributes and strings of all files of the program: what may be asked of a module."""
    found: set[str] = set()
    for scope in w.ev.scopes.values():
        for statement in {id(s): s for statements in scope.lazy.values() for s in statements}.values():
            for part in walk(statement):
                if isinstance(part, ast.Attribute):
                    found.add(part.attr)
                elif isinstance(part, ast.Constant) and isinstance(part.value, str) and not lists_names(statement):
                    found.add(part.value)
    return found


def lists_names(node: ast.stmt) -> bool:
    """Is this `__all__ = [...]`?"""
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)


def found(w: Writer, module: Scope, name: str) -> Value | None:
    """What a module binds a name to; None where that is not read, or would have to be computed now."""
    computed = any(
        isinstance(part, ast.Call) for s in module.lazy[name] if isinstance(s, ast.Assign) for part in walk(s)
    )
    if computed and name not in module.names:
        return None
    try:
        return lookup.in_module(w.ev, module, name)
    except (Refusal, Raised):
        return None


def is_plain(value: Value | None) -> bool:
    """Is a value a function, a class or data that a text says?"""
    hint = value.hint if value is not None else ...
    if isinstance(hint, (tuple, ListObject)):
        items = hint.items if isinstance(hint, ListObject) else hint
        return all(is_plain(item) for item in items if isinstance(item, Value))
    return hint is None or isinstance(hint, (bool, int, float, str, FunctionObject, ClassObject))
