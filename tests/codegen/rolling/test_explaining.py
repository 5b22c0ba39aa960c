"""Little expressions of the source, and multiples of parameters."""

from __future__ import annotations

import ast

import pytest

from codegen.rolling.explaining import Parameter, covers, evaluate, in_one_notation, related, same
from codegen.rolling.unify import ANY
from pivot.slots import MISSING


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4 * n", 32),
        ("int(n * 0.5)", 4),
        ("n // 3", 2),
        ("n == 8 and not flag", True),
        ("n > 9", False),
        ("(n, 1)", (8, 1)),
        ("n // 0", MISSING),
        ("other + 1", MISSING),
        ("open('x')", MISSING),
        ("n < None", MISSING),
    ],
)
def test_expressions_are_evaluated_without_python(text: str, value: object) -> None:
    assert evaluate(ast.parse(text, mode="eval").body, {"n": 8, "flag": False}) == value


def test_multiples_and_quotients_of_a_parameter_are_found() -> None:
    filters = Parameter("filters", (8, 16))
    found = related(filters, (32, 64))
    assert found is not None and ast.unparse(found) == "4 * filters"
    found = related(filters, (4, 8))
    assert found is not None and ast.unparse(found) == "filters // 2"
    assert related(filters, (9, 17)) is None


def test_what_a_call_does_not_need_is_equal_to_everything_only_as_wanted() -> None:
    assert same(ANY, 3) and covers(3, ANY)
    assert not covers(ANY, 3)
    assert not same(1, True)


def test_padding_of_one_number_is_said_for_every_side_beside_calls_that_say_each() -> None:
    assert in_one_notation((2, ANY, (1, 2, 1, 2))) == ((2, 2, 2, 2), ANY, (1, 2, 1, 2))
    assert in_one_notation((2, 3)) == (2, 3)
    assert in_one_notation((2, (1, 2), (1, 2, 1, 2))) == (2, (1, 2), (1, 2, 1, 2))


def test_lists_are_no_multiples_of_a_parameter() -> None:
    assert related(Parameter("width", ([1], [2])), ([1], [2])) is None
