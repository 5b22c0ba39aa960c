"""What a program puts into the arguments that it parsed: `args.rate = 0.1`, and where nobody can tell what it puts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence, Set

from pivot.reading import parser_methods
from pivot.reading.walking import COMPOUND

ALL = "*"
"""Any attribute: `vars(args).update(...)`."""


def touches(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds, or whose object it changes: `p.add_argument("-n")`, `args.n = 3`."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        func = statement.value.func
        if isinstance(func, ast.Attribute) and func.attr in parser_methods.FILLING:
            yield from (n.id for n in ast.walk(func) if isinstance(n, ast.Name))
        if isinstance(func, ast.Name) and func.id == "setattr" and statement.value.args:
            yield from (n.id for n in [statement.value.args[0]] if isinstance(n, ast.Name))
    elif isinstance(statement, (ast.Assign, ast.AugAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            for part in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
                inner = part.value if isinstance(part, ast.Attribute) else part
                if isinstance(inner, ast.Name):
                    yield inner.id
        if isinstance(statement.value, ast.Name):
            yield statement.value.id  # another name of the same
        made = statement.value.func if isinstance(statement.value, ast.Call) else None
        if isinstance(made, ast.Attribute) and made.attr in parser_methods.GROUPS and isinstance(made.value, ast.Name):
            yield made.value.id  # a group fills its parser


def set_by(node: ast.AST, names: Set[str]) -> list[str]:
    """The attributes of one of the names that a statement sets."""
    found = [
        part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store) and is_one(part.value, names)
    ]
    for call in (n for n in ast.walk(node) if isinstance(n, ast.Call)):
        if isinstance(call.func, ast.Name) and call.func.id == "setattr" and call.args and is_one(call.args[0], names):
            said = call.args[1] if len(call.args) > 1 else None
            found.append(str(said.value) if isinstance(said, ast.Constant) else ALL)
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "update" and is_dict(call.func.value, names):
            found.append(ALL)
    return found


def changes_inside(body: Sequence[ast.stmt], names: Set[str], tree: ast.Module) -> Iterator[str]:
    """The attributes that a condition, a loop, or a function of the file that is given the object, may set."""
    functions = {s.name: s for s in tree.body if isinstance(s, ast.FunctionDef)}
    for statement in body:
        if isinstance(statement, COMPOUND):
            yield from set_by(statement, names)
        else:
            yield from (attr for attr in set_by(statement, names) if attr == ALL)
        for call in (n for n in ast.walk(statement) if isinstance(n, ast.Call)):
            function = functions.get(call.func.id) if isinstance(call.func, ast.Name) else None
            if function is not None:
                yield from set_by(function, taken_as(function, call, names))


def taken_as(function: ast.FunctionDef, call: ast.Call, names: Set[str]) -> set[str]:
    """The parameters of a function that a call gives one of the names."""
    places = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    found = {place for place, value in zip(places, call.args, strict=False) if is_one(value, names)}
    return found | {k.arg for k in call.keywords if k.arg is not None and is_one(k.value, names)}


def is_one(node: ast.expr, names: Set[str]) -> bool:
    """Is it one of the names?"""
    return isinstance(node, ast.Name) and node.id in names


def is_dict(node: ast.expr, names: Set[str]) -> bool:
    """Is it `vars(args)`, or `args.__dict__`?"""
    if isinstance(node, ast.Attribute):
        return node.attr == "__dict__" and is_one(node.value, names)
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "vars"
    return called and len(node.args) == 1 and is_one(node.args[0], names)  # type: ignore[attr-defined]
