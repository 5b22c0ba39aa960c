"""What a statement needs several times stands in front of it."""

from __future__ import annotations

import ast

import pytest

from codegen.writing.hoisting import MARK, hoisted


def moved(text: str) -> str:
    """A statement whose named expressions were made by the writer, with what is moved in front of it."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.NamedExpr):
            node.__dict__[MARK] = True
    return ast.unparse(ast.fix_missing_locations(ast.Module(hoisted(tree.body), [])))


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("y = f((x2 := g(x)), x2)", "y = g(x)\ny = f(y, y)"),
        ("x = f((x2 := g(x)), x2)", "x = g(x)\nx = f(x, x)"),
        ("y = f((x2 := g(x)), x2, y)", "x2 = g(x)\ny = f(x2, x2, y)"),  # y is read behind it
        ("return f((x2 := g(x)), x2)", "x2 = g(x)\nreturn f(x2, x2)"),
        ("y = f((b := g((a := h(x)), a)), b)", "a = h(x)\nb = g(a, a)\ny = f(b, b)"),
        ("y = [f((a := g(i)), a) for i in x]", "y = [f((a := g(i)), a) for i in x]"),
        ("y = f((a := g(x)), a) if x else x", "y = f((a := g(x)), a) if x else x"),
        ("y = k((b := h(x)), b) + (lambda x: f((a := g(x)), a))(x)",) * 2,  # part of it would be torn out
    ],
)
def test_what_is_always_needed_is_moved(text: str, made: str) -> None:
    assert moved(text) == made


def test_named_expressions_of_the_program_stay() -> None:
    tree = ast.parse("y = f((n := len(x)), n)")
    assert hoisted(tree.body) == tree.body
