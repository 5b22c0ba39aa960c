"""Classes that derive from `tf.Module` are read as layers: with the constructor of their base, and with `build`.

def __call__(self, x):                              def build(self, input_shape):
if not self.is_built:                               self.w = tf.Variable(... input_shape[-1] ...)
self.w = tf.Variable(... x.shape[-1] ...)   =
self.is_built = True                        def __call__(self, x):
return x @ self.w                                   return x @ self.w
"""

from __future__ import annotations

import ast

from pivot.reading.own_constructors import insert
from pivot.reading.walking import walk


def settle(node: ast.ClassDef) -> None:
    """Make the class a layer, where its only base is `tf.Module`, however it is imported."""
    if [ast.unparse(base).rpartition(".")[2] for base in node.bases] != ["Module"]:
        return
    members = {s.name: s for s in node.body if isinstance(s, ast.FunctionDef)}
    init, call = members.get("__init__"), members.get("__call__")
    if init is not None and not any(isinstance(n, ast.Attribute) and n.attr == "__init__" for n in walk(init)):
        begin(init)
    if init is not None and call is not None and "build" not in members:
        build_first(node, init, call)


def begin(init: ast.FunctionDef) -> None:
    """`super().__init__()`, which `tf.Module` does without."""
    made = ast.parse("super().__init__()").body[0]
    for part in ast.walk(made):
        ast.copy_location(part, init)
    first = init.body[0]
    place = int(isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant))
    init.body.insert(place, made)


def build_first(node: ast.ClassDef, init: ast.FunctionDef, call: ast.FunctionDef) -> None:
    """Take what the first call does into a method of its own; what asks its input for more than a shape stays."""
    at = next((i for i, s in enumerate(call.body) if isinstance(s, ast.If)), None)
    first = call.body[at] if at is not None else None
    flag = flag_of(first) if isinstance(first, ast.If) and not first.orelse else None
    if at is None or flag is None or not isinstance(first, ast.If) or len(call.args.args) < 2:
        return
    given = call.args.args[1].arg
    block = [s for s in first.body if not sets(s, flag, True)]
    starts = [s for s in init.body if sets(s, flag, False)]
    taken = {a.arg for a in call.args.args}
    used = [n for s in block for n in walk(s) if isinstance(n, ast.Name) and n.id in taken]
    shapes = {id(n.value) for s in block for n in walk(s) if isinstance(n, ast.Attribute) and n.attr == "shape"}
    others = [n for n in used if n.id != "self" and not (n.id == given and id(n) in shapes)]
    if len(block) == len(first.body) or len(starts) != 1 or others or not block:
        return
    made = ast.parse("def build(self, input_shape):\n    pass").body[0]
    assert isinstance(made, ast.FunctionDef)
    insert(node, made)
    ast.copy_location(made, first)
    made.body = [Shapes(given).visit(statement) for statement in block]
    init.body.remove(starts[0])
    del call.body[at]
    node.body.remove(made)
    node.body.insert(node.body.index(call), made)


def flag_of(test: ast.If) -> str | None:
    """The attribute that `if not self.built:` asks."""
    asked = test.test.operand if isinstance(test.test, ast.UnaryOp) and isinstance(test.test.op, ast.Not) else None
    if isinstance(asked, ast.Attribute) and isinstance(asked.value, ast.Name) and asked.value.id == "self":
        return asked.attr
    return None


def sets(statement: ast.stmt, flag: str, value: bool) -> bool:
    """Is this `self.flag = value`?"""
    return ast.unparse(statement) == f"self.{flag} = {value}"


class Shapes(ast.NodeTransformer):
    """`input_shape` for `x.shape`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """The parameter of `build` in place of the shape of the input."""
        if node.attr == "shape" and isinstance(node.value, ast.Name) and node.value.id == self.name:
            return ast.copy_location(ast.Name("input_shape", ast.Load()), node)
        return self.generic_visit(node)
