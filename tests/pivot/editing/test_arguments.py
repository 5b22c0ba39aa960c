"""Arguments found by name and place, and written where they stand or at the end."""

from __future__ import annotations

import ast

import pytest

from pivot.editing.arguments import given, set_argument, slot_of
from pivot.editing.source import Source, apply
from pivot.opset import load_opset
from pivot.problems import Refusal


def changed(text: str, name: str, place: int, value: str) -> str:
    source = Source(text)
    call = next(node for node in ast.walk(source.tree) if isinstance(node, ast.Call))
    return apply(text, [set_argument(source, call, name, place, value)])


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("f(1, 2)", "f(1, 5)"),
        ("f(1, b=2)", "f(1, b=5)"),
        ("f(1)", "f(1, b=5)"),
        ("f()", "f(b=5)"),
        ("f(\n    1,\n    c=2,\n)", "f(\n    1,\n    c=2,\n    b=5,\n)"),
        ("f(1, c=(2))", "f(1, c=(2), b=5)"),
    ],
)
def test_an_argument_gets_another_value(text: str, after: str) -> None:
    assert ast.dump(ast.parse(changed(text, "b", 1, "5"))) == ast.dump(ast.parse(after))


def test_spread_arguments_hide_which_one_it_is() -> None:
    with pytest.raises(Refusal, match="spreads"):
        changed("f(*a)", "b", 1, "5")
    with pytest.raises(Refusal, match="spreads"):
        changed("f(**a)", "b", 1, "5")


def test_the_argument_that_says_a_parameter() -> None:
    call = ast.parse("nn.Conv2d(3, 8, 3)", mode="eval").body
    assert isinstance(call, ast.Call)
    op = load_opset(()).ops["conv2d"]
    stride, filters = slot_of(op, "torch", call, "stride"), slot_of(op, "torch", call, "filters")
    assert stride is not None
    assert filters is not None
    assert (stride.name, stride.place) == ("stride", 3)
    assert (filters.name, filters.place) == ("out_channels", 1)
    assert slot_of(op, "keras", call, "stride") is None
    found = given(call, "out_channels", 1)
    assert isinstance(found, ast.Constant)
    assert found.value == 8


@pytest.mark.parametrize(
    ("given_text", "written"),
    [("1", "1"), ("(1, 2)", "(1, 2)"), ("'same'", "'same'"), ("((1, 1), (2, 2))", "(1, 2)"), ("width", "width")],
)
def test_a_value_is_written_in_the_notation_of_its_framework(given_text: str, written: str) -> None:
    call = ast.parse("nn.Conv2d(3, 8, 3)", mode="eval").body
    assert isinstance(call, ast.Call)
    padding = slot_of(load_opset(()).ops["conv2d"], "torch", call, "padding")
    assert padding is not None
    params = {"kernel": (3, 3), "dilation": (1, 1), "stride": (1, 1)}
    assert padding.text(given_text, params) == written
