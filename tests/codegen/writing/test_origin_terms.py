"""Numbers as arithmetic over parameters."""

from __future__ import annotations

from codegen.writing.origin_terms import term, times
from pivot.reading.values import Origin, Value


def number(value: int) -> Value:
    return Value(value, Origin("literal", None, ""))


def handed(value: Value, name: str) -> Value:
    return Value(value.hint, Origin("param", None, "", name, (value,)))


def apply(symbol: str, left: Value, right: Value, value: int) -> Value:
    return Value(value, Origin("apply", None, "", symbol, (left, right)))


def test_three_times_a_parameter_is_three_times_what_a_child_gets_of_it() -> None:
    dim = handed(number(8), "dim")
    assert term(apply("*", number(3), dim, 24)) == times(term(handed(dim, "width")) or {}, 3)
    assert term(apply("+", apply("*", dim, number(2), 16), dim, 24)) == times(term(dim) or {}, 3)


def test_equal_numbers_of_two_parameters_are_two_terms() -> None:
    dim, other = handed(number(8), "dim"), handed(number(8), "other")
    assert term(dim) != term(other)
    assert term(apply("//", dim, number(2), 4)) != term(apply("//", other, number(2), 4))


def test_a_size_of_a_tensor_is_no_arithmetic() -> None:
    assert term(Value(8, Origin("size", None, "", "1", (number(8),)))) is None
