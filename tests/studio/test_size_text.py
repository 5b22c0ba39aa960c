"""Sizes as people write them."""

from __future__ import annotations

from math import ceil

import pytest

from studio.size_text import LONGEST, shape_text, size_text


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (("N", 64, 56, 56), "N×64×56×56"),
        (("N", "2*T", "H - 4"), "N×(2·T)×(H-4)"),
        (("N", "(H + 1)//2", "H//2"), "N×⌈H/2⌉×(H//2)"),
        ((), "scalar"),
        (None, "?"),
        ((5,), "5"),
    ],
)
def test_shapes_are_written_as_on_an_edge(shape, text):
    assert shape_text(shape) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        ("(H + 1)//2", "⌈H/2⌉"),
        ("((W + 1)//2 + 1)//2", "⌈W/4⌉"),
        ("(((((H + 1)//2 + 1)//2 + 1)//2 + 1)//2 + 1)//2", "⌈H/32⌉"),
        ("((H + 1)//2 + 2)//3", "⌈H/6⌉"),
        ("(H + 2)//2", "(H+2)//2"),
        ("((H + 1)//2 + 2)//2", "(⌈H/2⌉+2)//2"),
        ("(H + 1)//4 - 1", "(H+1)//4-1"),
        ("H//2 - 6", "H//2-6"),
    ],
)
def test_nested_halves_are_one_division(size, text):
    assert size_text(size) == text


def test_the_law_behind_it_holds():
    for size in range(1, 300):
        half = size
        for _ in range(5):
            half = (half + 1) // 2
        assert half == ceil(size / 32)


def test_a_formula_is_cut_off():
    text = size_text("(16*(H//4)*N*(W//4) - 48*(H//4)*N - 48*N*(W//4) + 144*N)//400")
    assert len(text) == LONGEST
    assert text.endswith("…")
