"""Sizes that are known only when the program runs, said by those that are at hand."""

from __future__ import annotations

import ast

import pytest

from codegen.writing.sharing import fill_sizes, size_text, sized
from pivot.dims import Dim, Size, ceil_div, dim_max, symbol

H, W = symbol("H", 9), symbol("W", 12)
HALF = ceil_div(W, 2)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (H, "h"),
        (H * 3, "h * 3"),
        ((-H % 2 + 1) // 2, "(-h % 2 + 1) // 2"),
        (5 - 2 * H, "-(2 * h) + 5"),
        (H * 7 - HALF % 4, "7 * h - half % 4"),
        (dim_max(H - 3, 0) // 2, "max(0, h - 3) // 2"),
        (W + 5, None),
    ],
)
def test_a_size_is_said_as_it_is_computed(size: Dim, expected: str | None) -> None:
    known: list[tuple[Dim, ast.expr]] = [(H, ast.Name("h")), (HALF, ast.Name("half"))]
    text = size_text(size, known)
    assert (None if text is None else ast.unparse(text)) == expected
    if text is not None:
        numbers = {"h": 9, "half": 6}
        assert eval(ast.unparse(text), {"max": max}, numbers) == (size if isinstance(size, int) else size.hint)


@pytest.mark.parametrize(("dims", "said"), [((H, HALF), ["H", "(W + 1)//2"]), ((H, H), ["H"]), ((W,), ["W"])])
def test_a_size_that_differs_is_asked_for_at_every_visit(dims: tuple[Size, ...], said: list[str]) -> None:
    asked: list[str] = []

    def say(*wanted: Dim) -> ast.expr:
        asked.extend(map(str, wanted))
        return ast.Name("size")

    assert ast.unparse(fill_sizes(ast.Tuple([sized(*dims)]), say)) == "(size,)"
    assert [text.partition("=")[0].removeprefix("Size(") for text in asked] == said
