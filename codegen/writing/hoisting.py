"""Values that a statement needs several times stand in a statement of their own in front of it.

    y = f((x2 := g(x)), x2.shape[0])   =   x2 = g(x); y = f(x2, x2.shape[0])

Only what is always evaluated is moved: nothing out of a lambda, a comprehension or an arm of a condition.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codegen.writing import nodes
from pivot.reading.walking import walk

MARK = "shared"  # on a named expression that the writer made, not the program
SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr)
SOMETIMES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.BoolOp, ast.Compare)


def hoisted(made: list[ast.stmt]) -> list[ast.stmt]:
    """The statements with what they share in front of each."""
    return [part for statement in made for part in of_statement(statement)]


def of_statement(statement: ast.stmt) -> list[ast.stmt]:
    """One statement, and in front of it what it shares."""
    if not isinstance(statement, SIMPLE) or not any(is_shared(n) for n in walk(statement)):
        return [statement]
    found = list(always(statement))
    if {id(n) for n in found} != {id(n) for n in ast.walk(statement) if is_shared(n)}:
        return [statement]  # some are needed at times only, and what they are made of may be moved past them
    names = [n.target.id for n in found]
    target = only_name(statement)
    renamed = target is not None and len(found) == 1 and not reads(statement, target, found[0])
    made: list[ast.stmt] = []
    for node in found:
        value = Taken(names[0], target).visit(node.value) if renamed and target else Taken().visit(node.value)
        made.append(ast.Assign([ast.Name(target if renamed and target else node.target.id, ast.Store())], value))
    rest = Taken(names[0], target).visit(statement) if renamed and target else Taken().visit(statement)
    carry_comments(statement, made[0])
    return [*made, rest]


def is_shared(node: ast.AST) -> bool:
    """Is this a named expression that the writer made?"""
    return isinstance(node, ast.NamedExpr) and MARK in node.__dict__


def always(node: ast.AST) -> Iterator[ast.NamedExpr]:
    """The named expressions that are always evaluated, in the order in which they are."""
    if isinstance(node, SOMETIMES):
        return
    for child in [node.value] if isinstance(node, ast.Assign) else ast.iter_child_nodes(node):
        yield from always(child)
    if isinstance(node, ast.NamedExpr) and is_shared(node):
        yield node


def only_name(statement: ast.stmt) -> str | None:
    """The one name that a statement binds."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return None


def reads(statement: ast.stmt, name: str, but: ast.NamedExpr) -> bool:
    """Is a name read in a statement, outside what is moved in front of it?"""
    within = {id(n) for n in ast.walk(but)}
    return any(isinstance(n, ast.Name) and n.id == name and id(n) not in within for n in ast.walk(value_of(statement)))


def value_of(statement: ast.stmt) -> ast.AST:
    """What an assignment assigns."""
    return statement.value if isinstance(statement, ast.Assign) else statement


class Taken(ast.NodeTransformer):
    """Names instead of the expressions that were moved; `name` becomes `other`."""

    def __init__(self, name: str = "", other: str | None = None) -> None:
        self.name, self.other = name, other

    def visit_NamedExpr(self, node: ast.NamedExpr) -> ast.AST:
        """The name, where the expression stands in front of the statement."""
        if not is_shared(node):
            return self.generic_visit(node)
        return ast.Name(self.called(node.target.id), ast.Load())

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """A name, or what it is called now."""
        node.id = self.called(node.id)
        return node

    def called(self, name: str) -> str:
        """What a name is called now."""
        return self.other if self.other is not None and name == self.name else name


def carry_comments(statement: ast.stmt, first: ast.stmt) -> None:
    """The lines above a statement stand above what is in front of it now; what is behind it stays there."""
    for extra in ("before", "blank"):
        if extra in statement.__dict__:
            first.__dict__[extra] = statement.__dict__.pop(extra)
    nodes.like(first, statement.__dict__.get("source", statement))
    for extra in ("behind", "tail", "inside"):
        first.__dict__.pop(extra, None)
