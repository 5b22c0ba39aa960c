"""What op files say, in the words of a person and back."""

from __future__ import annotations

import pytest

from pivot.params import parse_param
from studio.views.mapping.words import meaning_of, meaning_text, type_text


@pytest.mark.parametrize(
    ("meaning", "text"),
    [
        ("@x", "input x"),
        ("_", "left out"),
        ("slope", "slope"),
        ("one_or_all(shifts)", "shifts (one or all)"),
        ("@[x, y]", "@[x, y]"),
        ("pair_or(stride, kernel)", "pair_or(stride, kernel)"),
    ],
)
def test_meanings_are_said_and_read(meaning: str, text: str) -> None:
    assert meaning_text(meaning) == text
    assert meaning_of(text) == meaning
    assert meaning_of(meaning) == meaning, "the words of op files are understood too"


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("int", "whole number"),
        ("int[2]", "2 whole numbers"),
        ("int[*]", "whole numbers"),
        ("float?", "number or None"),
        ("axes", "axes"),
        ("pads[2]", "padding"),
    ],
)
def test_types_are_said(type_: str, text: str) -> None:
    assert type_text(parse_param("p", type_).type) == text
