"""Registries: module-level tables that calls and decorators of other files fill.

Statements of a module are evaluated when their names are asked for. What only registers something binds no name, so
it is evaluated when a module-level table is found to lack what it is asked for.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pivot.problems import Refusal
from pivot.reading import imports, lookup
from pivot.reading.frames import Scope
from pivot.reading.signals import Raised
from pivot.reading.values import DictObject, FunctionObject, InstanceObject, ListObject, Value
from pivot.reading.walking import names_in

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator


def registers(statement: ast.stmt) -> str:
    """The name of the function by which a module-level statement may register something; '' for none."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        func: ast.expr = statement.value.func
        owner = func.value if isinstance(func, ast.Attribute) else func  # `BLOCKS.register("small", Small)`
        return owner.id if isinstance(owner, ast.Name) else ""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        for decorator in statement.decorator_list:
            inner = decorator.func if isinstance(decorator, ast.Call) else decorator
            owner = inner.value if isinstance(inner, ast.Attribute) else inner  # `@BLOCKS.register("small")`
            if isinstance(owner, ast.Name):
                return owner.id
    return ""


def remember(ev: Evaluator, name: str, value: Value) -> None:
    """A table bound at module level is a registry, and so is one that an object bound there holds."""
    if isinstance(value.hint, InstanceObject):
        tables = [held for held in value.hint.attrs.values() if isinstance(held.hint, (DictObject, ListObject))]
        ev.registries.update({id(held.hint): name for held in tables})
    if isinstance(value.hint, (DictObject, ListObject)):
        ev.registries[id(value.hint)] = name


def fill(ev: Evaluator, box: object) -> bool:
    """Evaluate what may still register in a table that lacks something; True where anything was."""
    table = ev.registries.get(id(box))
    if table is None or ev.registering:  # what registers asks whether it did so already
        return False
    open_imports(ev)
    key = (table, len(ev.scopes))
    if key in ev.unfilled:
        return False
    ev.unfilled.add(key)  # asked again, there is nothing new to evaluate
    done = False
    for scope in list(ev.scopes.values()):
        for statement in list(scope.effects):
            if statement in scope.effects and fills(ev, scope, registers(statement), table):
                scope.effects.remove(statement)
                run(ev, scope, statement)
                done = True
    return done


def open_imports(ev: Evaluator) -> None:
    """Open what the opened file imports, as importing it would."""
    entry = next(iter(ev.scopes.values()))
    frame = ev.module_frame(entry)
    for statement in {id(s): s for found in entry.lazy.values() for s in found}.values():
        if isinstance(statement, ast.ImportFrom) and id(statement) not in ev.imported:
            ev.imported.add(id(statement))
            path = imports.file_of(ev, statement, frame)
            if path is not None:
                imports.open_file(ev, path)


def fills(ev: Evaluator, scope: Scope, maker: str, table: str) -> bool:
    """Does the function that a name stands for mention a table?"""
    value = lookup.in_module(ev, scope, maker)
    hint = value.hint if value is not None else None
    if isinstance(hint, InstanceObject):
        return maker == table
    return isinstance(hint, FunctionObject) and table in names_in(hint.node)


def run(ev: Evaluator, scope: Scope, statement: ast.stmt) -> None:
    """Evaluate one such statement, if that was not done; what cannot be read registers nothing."""
    frame = ev.module_frame(scope)
    ev.registering += 1
    depth, ev.speculating = ev.speculating, 0  # a registration outlives the arm that asked for it
    try:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            lookup.in_module(ev, scope, statement.name)
        elif id(statement) not in ev.trace.executed:
            ev.execute([statement], frame)
            ev.registered.append((scope.file, statement))
    except (Refusal, Raised):
        ev.note(frame, statement, "this registration is not read", "what it registers is not found", "registration")
    finally:
        ev.registering -= 1
        ev.speculating = depth
