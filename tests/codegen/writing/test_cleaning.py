"""Dead statements go, and only these."""

from __future__ import annotations

import ast
import textwrap

import pytest

from codegen.writing.cleaning import clean_function, is_pure, without_blanks, wrap_docstring


def cleaned(body: str) -> str:
    made = ast.parse("def f(x):\n" + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")).body[0]
    assert isinstance(made, ast.FunctionDef)
    clean_function(made)
    return textwrap.dedent(ast.unparse(made).partition("\n")[2])


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("n = len(x)\nreturn x", "return x"),
        ("n = len(x)\nm = n + 1\nreturn x", "return x"),  # one after the other
        ("n: int = 3\nreturn x", "return x"),
        ("n = x.shape[0]\nreturn n", "n = x.shape[0]\nreturn n"),
        ("y = g(x)\nreturn x", "y = g(x)\nreturn x"),  # a call may do something
        ("a, b = x\nreturn x", "a, b = x\nreturn x"),
        ("x.y = 1\nreturn x", "x.y = 1\nreturn x"),
        ("y = z = 1\nreturn x", "return x"),
        ("y = z = 1\nreturn z", "y = z = 1\nreturn z"),
        ("if x:\n    n = 1\nreturn x", "return x"),
        ("if x:\n    n = 1\nelse:\n    x = 2\nreturn x", "if not x:\n    x = 2\nreturn x"),
        ("for i in x:\n    n = i\nreturn x", "return x"),
        ("n = 1", "pass"),
        ("n = 0\nfor i in x:\n    n += len(i)\nreturn x", "return x"),  # a counter that nobody asks
        ("n = 0\nfor i in x:\n    n += g(i)\nreturn x", "n = 0\nfor i in x:\n    n += g(i)\nreturn x"),
        ("a = x.items\na += [1]\nreturn x", "a = x.items\na += [1]\nreturn x"),  # a list that others hold
        ("for i, y in enumerate(x):\n    g(y)", "for y in x:\n    g(y)"),  # nothing asks for the count
        ("for i, y in enumerate(x, 1):\n    g(y, i)", "for i, y in enumerate(x, 1):\n    g(y, i)"),
    ],
)
def test_assignments_that_nothing_reads(body: str, left: str) -> None:
    assert cleaned(body) == left


@pytest.mark.parametrize(
    ("text", "pure"),
    [
        ("1 + x.shape[0]", True),
        ("len(x)", True),
        ("d.get('a')", True),
        ("f(x)", False),
        ("(y := 1)", False),
        ("[len(a) for a in x]", True),
    ],
)
def test_computing_without_a_trace(text: str, pure: bool) -> None:
    assert is_pure(ast.parse(text, mode="eval").body) is pure


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("a, b = x, x.mask\nreturn a", "a = x\nreturn a"),
        ("a, b, c = x, x.y, 3\nreturn a + c", "a, c = (x, 3)\nreturn a + c"),
        ("a, b = x, x.read()\nreturn a", "a, b = (x, x.read())\nreturn a"),  # a method may do something
        ("for i in range(3):\n    x = f(x)\nreturn x", "for _ in range(3):\n    x = f(x)\nreturn x"),
        ("if a:\n    if b or c:\n        x.go()", "if a and (b or c):\n    x.go()"),
        ("if a:\n    if b:\n        x.go()\n    else:\n        x.stop()",) * 2,
        ("y = Layer(x)\nx.a = y\ny = Layer(x)", "y = Layer(x)\nx.a = y"),  # the second one is for an arm that went
        ("y = 1\nx.f = lambda: y\ny = 2",) * 2,
    ],
)
def test_restated_code_keeps_what_has_a_use(body: str, left: str) -> None:
    made = ast.parse("def f(x):\n" + textwrap.indent(body, "    ")).body[0]
    assert isinstance(made, ast.FunctionDef)
    clean_function(made, pure=True)
    assert textwrap.dedent(ast.unparse(made).partition("\n")[2]) == left


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("y, _ = f(x), None", "y = f(x)"),
        ("y, _ = f(x), g(x)", "y, _ = (f(x), g(x))"),
        ("y, z = f(x), None", "y, z = (f(x), None)"),
        ("y, _, z = f(x), None, x",) * 2,
        ("y, _ = f(x)",) * 2,
    ],
)
def test_a_result_that_is_nothing_is_not_named(text: str, made: str) -> None:
    written = ast.unparse(without_blanks(ast.parse(text).body[0]))
    assert written.replace("(", "").replace(")", "") == made.replace("(", "").replace(")", "")


def test_long_docstrings_of_restatements_are_wrapped() -> None:
    made = ast.parse(f'def f(x):\n    """{"word " * 20}end."""').body[0]
    assert isinstance(made, ast.FunctionDef)
    wrap_docstring(made, 1)
    lines = (ast.get_docstring(made) or "").split("\n")
    assert len(lines) == 2 and all(len(line) <= 88 - 8 - 6 for line in lines)
