"""Comments of statements that go, where what they speak of still stands."""

from __future__ import annotations

import ast
import textwrap

import pytest

from codegen.writing import nodes
from codegen.writing.cleaning import clean_function
from codegen.writing.text import print_module
from pivot.reading.syntax import parse

FIRST = "# all pairs\nn = len(x)\n"


def cleaned(body: str, **said: str) -> str:
    """A function as it is printed once dead statements went; `said`: what stands there for `y = ...` in the source."""
    text = "def f(x):\n" + textwrap.indent(body, "    ")
    function, made = parse(text, "source.py").body[0], ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef) and isinstance(made, ast.FunctionDef)
    made.body = [nodes.like(m, s) for m, s in zip(made.body, function.body, strict=True)]
    for statement in made.body:
        if isinstance(statement, ast.Assign):
            name = ast.unparse(statement.targets[0])
            statement.value = ast.parse(said.get(name, ast.unparse(statement.value)), mode="eval").body
    clean_function(made)
    return textwrap.dedent(print_module(ast.Module([made], [])).text.partition("\n")[2]).strip()


@pytest.mark.parametrize(
    ("body", "said", "left"),
    [
        ("y = g(x, n)\nz = h(y)\nreturn z", "g(x)", "# all pairs\ny = g(x)\nz = h(y)\nreturn z"),
        ("z = h(x)\ny = g(z, n)\nreturn y", "g(z)", "# all pairs\nz = h(x)\ny = g(z)\nreturn y"),
        ("y = g(x, n)\n\nz = h(y)\nreturn z", "g(x)", "y = g(x)\n\nz = h(y)\nreturn z"),  # may be about n alone
        ("y = g(x)\nz = h(y)\nreturn z", "g(x)", "y = g(x)\nz = h(y)\nreturn z"),  # nothing asked for n
        ("# once\ny = g(x, n)\nz = h(y)\nreturn z", "g(x)", "# once\ny = g(x)\nz = h(y)\nreturn z"),
    ],
)
def test_a_comment_above_a_paragraph_outlives_its_first_line(body: str, said: str, left: str) -> None:
    assert cleaned(FIRST + body, y=said) == left
