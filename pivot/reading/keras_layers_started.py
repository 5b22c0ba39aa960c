"""Classes that are a library layer but for what its weights start as: `build` sets initializers, and that is all.

Keras' own layer is read for them, if it has the same name: files of weights name layers by it. What the weights start
as depends on the shape that enters, and is not read.
"""

from __future__ import annotations

import ast

from pivot.reading.frames import Scope
from pivot.reading.values import Api, ClassObject, Unknown, Value
from pivot.reading.walking import walk

MADE_AS_LAYER = "made_as_layer"
"""Marks the making of such an object: its text names the class, and is read as if it named the library's."""
MEMO = "initializers_set"
UNREAD = Value(Unknown("an initializer that build sets"))


def initializers_set(cls: ClassObject, node: ast.AST) -> tuple[str, ...] | None:
    """The initializers that the `build` of a class sets, where it does nothing else and the class has nothing else.

    `node`: where an object is made. None where something else may tell the class from the library's.
    """
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != cls.name:
        return None  # it is handed about
    memo = cls.node.__dict__
    if MEMO not in memo:
        base = cls.bases[0].hint if len(cls.bases) == 1 else None
        memo[MEMO] = set_by_build(cls.node, base) if is_only_made(cls) else None
    if memo[MEMO] is not None:
        node.__dict__[MADE_AS_LAYER] = True
    found: tuple[str, ...] | None = memo[MEMO]
    return found


def is_only_made(cls: ClassObject) -> bool:
    """Is the name of a class read in its file only where an object of it is made?"""
    scope = cls.scope
    assert isinstance(scope, Scope)
    statements = {id(s): s for bound in scope.module.lazy.values() for s in bound}
    nodes = [node for statement in statements.values() for node in walk(statement)]
    made = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    read = [n for n in nodes if isinstance(n, ast.Name) and n.id == cls.name and isinstance(n.ctx, ast.Load)]
    return all(id(node) in made for node in read)


def set_by_build(node: ast.ClassDef, base: object) -> tuple[str, ...] | None:
    """The initializers, from the text of the class."""
    if not isinstance(base, Api) or base.name.rpartition(".")[2] != node.name:
        return None
    members = [statement for statement in node.body if not is_text(statement)]
    if len(members) != 1 or not all(map(registers, node.decorator_list)):
        return None
    build = members[0]
    if not isinstance(build, ast.FunctionDef) or build.name != "build" or build.decorator_list:
        return None
    found: list[str] = []
    for statement in build.body:
        if is_text(statement) or is_super_build(statement):
            continue
        target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
        if isinstance(target, ast.Attribute):
            if ast.unparse(target.value) not in ("self", "self.cell"):
                return None
            if target.attr.endswith("_initializer"):
                found.append(target.attr)
            elif target.attr != "unit_forget_bias":
                return None
        elif not isinstance(target, ast.Name):
            return None
    ends = bool(build.body) and is_super_build(build.body[-1])
    return tuple(found) if found and ends else None


def registers(decorator: ast.expr) -> bool:
    """`@keras.saving.register_keras_serializable()`."""
    func = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")) == "register_keras_serializable"


def is_text(statement: ast.stmt) -> bool:
    """A docstring."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def is_super_build(statement: ast.stmt) -> bool:
    """`super().build(input_shape)`."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    func = call.func if isinstance(call, ast.Call) else None
    inner = func.value if isinstance(func, ast.Attribute) and func.attr == "build" else None
    return isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == "super"
