"""Slices that a method fills are stores."""

from __future__ import annotations

import ast

import pytest

from pivot.reading.filled_views import stores_for_fills


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("x[a:b].zero_()", "x[a:b] = 0"),
        ("x[..., 1:, 0].fill_(v)", "x[..., 1:, 0] = v"),
        ("x[:2].copy_(y)", "x[:2] = y"),
        ("items[0].zero_()", "items[0].zero_()"),  # may be an item of a list
        ("x[mask].zero_()", "x[mask].zero_()"),  # a copy, which nobody sees filled
        ("x[None, :2].zero_()", "x[None, :2].zero_()"),
        ("x[:2].add_(y)", "x[:2].add_(y)"),
        ("y = x[:2].zero_()", "y = x[:2].zero_()"),
    ],
)
def test_a_statement_that_fills_a_slice(text: str, made: str) -> None:
    assert ast.unparse(stores_for_fills(text, ast.parse(text))) == made
