"""Places in bytes and characters, changes laid over a text, statements taken away with their lines."""

from __future__ import annotations

import ast
from dataclasses import dataclass

import pytest

from pivot.editing.source import Change, Source, apply
from pivot.problems import Refusal


@dataclass(frozen=True)
class At:
    line: int
    column: int
    end_line: int
    end_column: int


def calls(source: Source) -> list[ast.Call]:
    return [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]


def test_columns_are_characters_whatever_their_bytes() -> None:
    source = Source("é = 'ü𝄞'; f(é)\r\ng()\n")
    assert [source.of(node) for node in calls(source)] == ["f(é)", "g()"]
    assert source.of(source.at(At(1, 11, 1, 15), ast.Call)) == "f(é)"
    assert source.newline == "\r\n"
    with pytest.raises(Refusal, match="changed"):
        source.at(At(1, 10, 1, 15), ast.Call)


def test_a_text_that_is_no_python_is_refused_at_its_line() -> None:
    with pytest.raises(Refusal, match=r"m\.py:2:"):
        Source("a = 1\nb = (\n", "m.py")


@pytest.mark.parametrize(
    ("text", "gone", "left"),
    [
        ("def f():\n    a()  # why\n    b()\n", "a()", "def f():\n    b()\n"),
        ("def f():\n    a()\n", "a()", "def f():\n    pass\n"),
        ("def f():\n    x()\n    for i in j:\n        a()\n", "a()", "def f():\n    x()\n"),
        ("a(); b()\n", "a()", "b()\n"),
        ("b(); a()\n", "a()", "b(); pass\n"),
    ],
)
def test_a_statement_goes_with_its_line(text: str, gone: str, left: str) -> None:
    source = Source(text)
    node = next(node for node in calls(source) if source.of(node) == gone)
    assert apply(text, [source.without(source.statement(node))]) == left


def test_lines_are_written_around_a_statement() -> None:
    source = Source("if x:\n    a()  # why\n\n    b()")
    first, last = (source.statement(node) for node in sorted(calls(source), key=source.start))
    text = apply(
        source.text, [source.behind(first, ["c()"]), source.before(first, ["d()"]), source.behind(last, ["e()"])]
    )
    assert text == "if x:\n    d()\n    a()  # why\n    c()\n\n    b()\n    e()\n"


def test_overlapping_changes_are_refused_and_equal_ones_count_once() -> None:
    assert apply("abc", [Change(1, 2, "x"), Change(1, 2, "x")]) == "axc"
    with pytest.raises(Refusal, match="overlap"):
        apply("abc", [Change(0, 2, "x"), Change(1, 3, "y")])
