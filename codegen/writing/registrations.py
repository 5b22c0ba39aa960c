"""What registers something in a table: calls such as `register_block("mobile", MobileBlock)`, and decorators."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from codegen.writing.plans import Unwritable
from codegen.writing.statements import Statements
from pivot.reading import lookup
from pivot.reading.registries import registers
from pivot.reading.values import ClassObject, FunctionObject, InstanceObject
from pivot.reading.walking import names_in, walk

if TYPE_CHECKING:
    from codegen.writing.naming import Key
    from codegen.writing.writer import Writer
    from pivot.reading.frames import Scope


def registrations(w: Writer, written: dict[Key, list[ast.stmt]]) -> dict[Key, tuple[int, list[ast.stmt]]]:
    """The calls that were met, for tables that the file has, of what the model uses: key -> line and statements."""
    found: dict[Key, tuple[int, list[ast.stmt]]] = {}
    for file, statement in w.ev.registered:
        key = (file, f"{registers(statement)}@{statement.lineno}")
        if key in written or not is_wanted(w, file, statement, written):
            continue
        try:
            found[key] = (statement.lineno, Statements(w, file, set(), False).statement(statement))
        except Unwritable:
            continue  # the proof finds it where the network would be another one
    return found


def is_wanted(w: Writer, file: str, statement: ast.stmt, written: dict[Key, list[ast.stmt]]) -> bool:
    """Does the table of a registration stand in the file, and was what it registers entered?"""
    scope = w.scope_of(file)
    assert isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and scope is not None
    maker = lookup.in_module(w.ev, scope, registers(statement))
    function = maker.hint if maker is not None else None
    if isinstance(function, InstanceObject):
        tables = {(file, registers(statement))}  # `BLOCKS.register("small", Small)`
    elif isinstance(function, FunctionObject):
        names = {n.id for n in ast.walk(function.node) if isinstance(n, ast.Name)}
        tables = {(function.file, name) for name in names if name in w.ev.registries.values()}
    else:
        return False
    if not any(table in written for table in tables):
        return False
    parts = [*statement.value.args, *(k.value for k in statement.value.keywords)]
    if not all(is_used(w, file, part) for part in parts) and not is_named(parts, written):
        return False
    names = {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}
    values = [lookup.in_module(w.ev, scope, name) for name in names]
    return all(was_entered(w, value.hint) for value in values if value is not None)


def is_used(w: Writer, file: str, part: ast.expr) -> bool:
    """Was a layer of the library, which stands in an argument, made through a name that handed it on?"""
    found = [w.static_api(n, file, set()) for n in ast.walk(part) if isinstance(n, ast.Attribute)]
    whole = [api for api in found if api is not None and w.opset.find(w.source_framework, "call", api.name)]
    return not whole or any(("adapter", api.name) in w.sites.sites for api in whole)


def is_named(parts: list[ast.expr], written: dict[Key, list[ast.stmt]]) -> bool:
    """Does written code ask for what is registered under a name, in whatever case: `Act.PRELU`?"""
    names = {part.value.lower() for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    asked = (n for statements in written.values() for s in statements for n in walk(s))
    return any(
        (n.attr.lower() in names and n.attr.isupper())
        if isinstance(n, ast.Attribute)
        else isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value.lower() in names
        for n in asked
    )


def registering(w: Writer, written: dict[Key, list[ast.stmt]]) -> list[Key]:
    """Used definitions that their decorators enter in a table which the file has: `@register_model("small")`."""
    found: list[Key] = []
    for scope in list(w.ev.scopes.values()):  # what stands behind a decorator may be in a file that is read only now
        for name, statements in list(scope.lazy.items()):
            key, node = (scope.file, name), statements[-1]
            if key in w.registering or not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                continue
            value = scope.names.get(name)
            tables = [table for d in node.decorator_list for table in tables_of(w, scope, d)]
            if value is not None and was_entered(w, value.hint) and any(table in written for table in tables):
                found.append(key)
    return found


def tables_of(w: Writer, scope: Scope | None, decorator: ast.expr) -> list[Key]:
    """The tables that the function behind a decorator mentions; none where that has no words in the target."""
    inner = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and scope is not None:
        owner = scope.names.get(inner.value.id)  # an object of the program: `@BLOCKS.register("small")`
        return [(scope.file, inner.value.id)] if owner is not None and isinstance(owner.hint, InstanceObject) else []
    maker = scope.names.get(inner.id) if isinstance(inner, ast.Name) and scope is not None else None
    function = maker.hint if maker is not None else None
    if not isinstance(function, FunctionObject) or w.definitions.cannot_write(function):
        return []  # (the proof finds it where the network would be another one)
    tables = names_in(function.node).intersection(w.ev.registries.values())
    return [(function.file, name) for name in sorted(tables)]


def was_entered(w: Writer, hint: object) -> bool:
    """Was a function called, or an instance of a class made?"""
    if isinstance(hint, FunctionObject):
        return bool(w.trace.frames.get(id(hint.node)))
    if isinstance(hint, ClassObject):
        return any(w.trace.frames.get(id(part)) for part in hint.node.body)
    return True
