"""One name for each definition of the target file, though its parts come from several source files.

A definition keeps its name; where several files define the same name, those that are not the entry's take their file's
name in front: `Mlp` of `layers.py` is `LayersMlp`. Imports under another name and members of imported modules come out
as the definition's own name.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pivot.reading import installed, lookup
from pivot.reading.restating import is_restated, is_restatement, library_value, path_of, variant
from pivot.reading.values import Api, ClassObject, FunctionObject, ModuleScope, Value
from pivot.reading.walking import walk

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.reading.frames import Scope

Key = tuple[str, str]  # (file, module-level name)
AnyNode = TypeVar("AnyNode", bound=ast.AST)
DEFINED_BY = "defined_by"  # on a Name: the key of the definition it stands for


def reference_to(key: Key) -> ast.Name:
    """A name that stands for a definition, whatever that will be called."""
    made = ast.Name(key[1], ast.Load())
    made.__dict__[DEFINED_BY] = key
    return made


def member_key(w: Writer, node: ast.expr, file: str, locals_: set[str]) -> Key | None:
    """The definition behind `module.name`, a module of the program, or behind a library name that is restated."""
    parts: list[str] = []
    root = node
    while isinstance(root, ast.Attribute):
        parts.insert(0, root.attr)
        root = root.value
    if not isinstance(root, ast.Name) or root.id in locals_:
        return None
    scope = w.scope_of(file)
    value = lookup.in_module(w.ev, scope, root.id) if scope is not None else None
    if value is None:
        return None
    if not parts:
        hint = value.hint
        if not isinstance(hint, (ClassObject, FunctionObject)) or is_library(file):
            return None
        return (hint.file, hint.name) if is_library(hint.file) else None
    if isinstance(value.hint, Api):
        name = w.ev.dialect.canonical(".".join([value.hint.name, *parts]))
        name = variant(w.ev, name)
        if is_restated(w.ev, name):
            return str(path_of(name)), parts[-1]
        found = library_value(w.ev, name).hint
        return (found.file, found.name) if isinstance(found, (ClassObject, FunctionObject)) else None
    return in_modules(w, value, parts)


def is_library(file: str) -> bool:
    """Does a file say what a library's name means: restated here, or of an installed library?"""
    return is_restatement(file) or installed.holds(file)


def in_modules(w: Writer, value: Value, parts: list[str]) -> Key | None:
    """The definition that a chain of attributes of program modules ends in."""
    for place, part in enumerate(parts):
        if not isinstance(value.hint, ModuleScope):
            return None
        scope: Scope = value.hint.scope  # type: ignore[assignment]
        found = lookup.in_module(w.ev, scope, part)
        if found is None:
            return None
        if place == len(parts) - 1:
            hint = found.hint
            if isinstance(hint, (ClassObject, FunctionObject)) and defines(w, hint.file, hint.name):
                return hint.file, hint.name
            return None if isinstance(hint, (Api, ModuleScope)) else (scope.file, part)
        value = found
    return None


def defines(w: Writer, file: str, name: str) -> bool:
    """Is a name bound at module level in a file?"""
    scope = w.scope_of(file)
    return scope is not None and name in scope.lazy


def final_names(w: Writer, written: dict[Key, list[ast.stmt]]) -> dict[Key, str]:
    """What each definition is called in the target file."""
    entry = next(iter(w.ev.files))
    found: dict[Key, str] = {}
    taken: set[str] = set()
    for key in sorted(written, key=lambda k: (k[0] != entry, is_restatement(k[0]))):
        if not written[key]:
            continue
        name = key[1]
        while name in taken:
            name = prefixed(name, key[0])
        taken.add(name)
        found[key] = name
    return found


def prefixed(name: str, file: str) -> str:
    """`Mlp` of layers.py as `LayersMlp`, `trunc_normal` as `layers_trunc_normal`."""
    path = Path(file)
    stem = "torch" if is_restatement(file) else path.parent.name if path.stem == "__init__" else path.stem
    stem = "".join(c if c.isalnum() else "_" for c in stem).strip("_")
    if name.lstrip("_")[:1].isupper() and not name.isupper():
        return "".join(part[:1].upper() + part[1:] for part in stem.split("_")) + name.lstrip("_")
    return f"{stem.upper() if name.isupper() else stem}_{name.lstrip('_')}"


def resolved(w: Writer, key: Key) -> Key:
    """The key of a definition, from that of an import of it."""
    seen: set[Key] = set()
    while key in w.imported and key not in seen:
        seen.add(key)
        key = w.imported[key]
    return key


def rename_definitions(w: Writer, written: dict[Key, list[ast.stmt]]) -> None:
    """Give every definition and every reference to one its final name; the entry expression too."""
    names = final_names(w, written)
    by_file: dict[str, dict[str, str]] = {}
    for key, name in names.items():
        if key[1] != name:
            by_file.setdefault(key[0], {})[key[1]] = name
            w.out.renamed[f"{w.short(key[0])}:{key[1]}"] = name
    for key in w.imported:
        name = names.get(resolved(w, key), key[1])
        if name != key[1]:
            by_file.setdefault(key[0], {})[key[1]] = name
    for key, statements in written.items():
        written[key] = [renamed(w, s, by_file.get(key[0], {}), names) for s in statements]
    w.out.entry = renamed(w, w.out.entry, by_file.get(next(iter(w.ev.files)), {}), names)


def renamed(w: Writer, node: AnyNode, table: dict[str, str], names: dict[Key, str]) -> AnyNode:
    """A written tree with the final names; `table`: those of its file that are others than they were."""
    if table:
        made: AnyNode = Renamer(w, table, names).visit(node)
        return made
    for part in walk(node):  # only what says itself which definition it stands for
        if isinstance(part, ast.Name) and (key := part.__dict__.get(DEFINED_BY)) is not None:
            part.id = names.get(resolved(w, key), part.id)
    return node


class Renamer(ast.NodeTransformer):
    """Renames module-level names where no inner scope binds them."""

    def __init__(self, w: Writer, table: dict[str, str], names: dict[Key, str]) -> None:
        self.w, self.table, self.names = w, table, names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        key = node.__dict__.get(DEFINED_BY)
        if key is not None:
            node.id = self.names.get(resolved(self.w, key), node.id)
        else:
            node.id = self.table.get(node.id, node.id)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        from codegen.writing.definitions import local_names

        node.name = self.table.get(node.name, node.name) if not self.inside else node.name
        for part in (*node.decorator_list, *node.args.defaults, *[d for d in node.args.kw_defaults if d]):
            self.visit(part)
        for arg in walk(node.args):
            if isinstance(arg, ast.arg) and arg.annotation is not None:
                arg.annotation = self.visit(arg.annotation)
        if node.returns is not None:
            node.returns = self.visit(node.returns)
        self.within(node.body, local_names(node))
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        self.within([node.body], {a.arg for a in walk(node.args) if isinstance(a, ast.arg)})
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        node.name = self.table.get(node.name, node.name) if not self.inside else node.name
        self.depth += 1
        self.generic_visit(node)
        self.depth -= 1
        return node

    depth = 0

    @property
    def inside(self) -> bool:
        """Is this within a definition, whose own names are not module-level ones?"""
        return self.depth > 0

    def within(self, body: list[ast.stmt] | list[ast.expr], bound: set[str]) -> None:
        """Visit the body of a scope that binds names of its own."""
        outer = self.table
        self.table = {k: v for k, v in outer.items() if k not in bound}
        self.depth += 1
        for place, part in enumerate(body):
            body[place] = self.visit(part)
        self.depth -= 1
        self.table = outer
