"""Walking syntax trees."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pivot.reading import walking

SOURCES = sorted(Path(__file__).parent.glob("test_*.py"))[:6]
SKIPPED = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_order_is_that_of_the_library_without_contexts_and_operators(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert walking.walk(tree) == [node for node in ast.walk(tree) if not isinstance(node, SKIPPED)]
    for node in ast.walk(tree):
        wanted = [child for child in ast.iter_child_nodes(node) if not isinstance(child, SKIPPED)]
        assert walking.children(node) == wanted


def test_levels_are_counted_and_f_strings_are_left_shut() -> None:
    tree = ast.parse("a = [f'{b + c}', d]")
    found = walking.by_level(tree, 6, 10)
    assert found is not None and [type(node).__name__ for node in found] == [
        "Module", "Assign", "Name", "List", "JoinedStr", "Name",
    ]  # fmt: skip
    assert walking.by_level(tree, 6, 10) is not None  # with FormattedValue, BinOp, b and c
    assert walking.by_level(tree, 5, 10) is None
    assert walking.by_level(tree, 6, 9) is None


def test_statements_are_found_wherever_they_stand() -> None:
    text = (
        "match x:\n    case [1]:\n        a = 1\ntry:\n    b = 2\nexcept E:\n    c = 3\n"
        "def f(p=lambda: 0):\n    async def g():\n        with h:\n            d = 4\n"
    )
    tree = ast.parse(text)
    found = walking.statements(tree)
    assert {id(node) for node in found} == {id(node) for node in ast.walk(tree) if isinstance(node, ast.stmt)}


def test_a_global_statement_holds_names_and_no_nodes() -> None:
    assert walking.children(ast.parse("global a, b").body[0]) == []


def test_nodes_are_replaced_from_the_outermost_on_in_the_order_in_which_they_stand() -> None:
    tree = ast.parse("a.b.c(x.y, *[a.b.d])[z.w] = p.q")
    met: list[str] = []

    def short(node: ast.Attribute) -> ast.expr | None:
        met.append(ast.unparse(node))
        return ast.Name(f"{node.attr}_", ast.Load()) if node.attr in "by" else None

    walking.replace_below(tree, ast.Attribute, short)
    assert ast.unparse(tree) == "b_.c(y_, *[b_.d])[z.w] = p.q"
    assert met == ["a.b.c", "a.b", "x.y", "a.b.d", "a.b", "z.w", "p.q"]
