"""Sizes that are known only when the program runs, said by those that are at hand."""

from __future__ import annotations

import ast

import pytest

from codegen.writing.sharing import size_text
from pivot.dims import Dim, ceil_div, dim_max, symbol

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
