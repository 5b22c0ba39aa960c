from __future__ import annotations

import pytest

from pivot.dims import symbol
from pivot.predicates import alike, equal, holds, parse_when
from pivot.slots import Literal, NotationError, Reference
from pivot.types import TensorType

VALUES: dict[str, object] = {
    "x": TensorType((2, 3, 4)),
    "mask": TensorType((2,), "bool"),
    "keep": None,
    "scale": (2.0, 1.0),
    "half": (1.5, 2.0),
    "kernel": (1, 1),
    "axis": 2,
    "n": 3,
    "x.H": 12,
    "x.N": symbol("N", 2),
    "both.N": 2 * symbol("N", 2),
    "one": 1,
    "two": 2,
}


def resolve(reference: Reference) -> object:
    if isinstance(reference, Literal):
        return reference.value
    if str(reference) not in VALUES:
        raise LookupError(str(reference))
    return VALUES[str(reference)]


def truth(text: str) -> bool:
    return all(holds(each, resolve, lambda name: name == "h", lambda name: name == "x") for each in parse_when(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("used(h)", True),
        ("even(both.N, two)", True),  # of any batch
        ("even(x.N, two)", False),  # of two rows, not of three
        ("uneven(x.N, two)", True),
        ("unused(h)", False),
        ("unused(c)", True),
        ("given(mask)", True),
        ("given(keep)", False),
        ("absent(keep)", True),
        ("absent(nothing)", True),
        ("given(nothing)", False),
        ("rank(x, 3)", True),
        ("rank(x, 4)", False),
        ("integer(scale)", True),
        ("integer(half)", False),
        ("equal(kernel, (1, 1))", True),
        ("equal(kernel, (1, 2))", False),
        ("not_equal(kernel, (1, 2))", True),
        ("same(n, axis)", False),
        ("less(axis, 3)", True),
        ("static(x.H)", True),
        ("static(x.N)", False),
        ("even(x.H, n)", True),
        ("even(x.H, 5)", False),
        ("unstretched(one, two)", False),
        ("unstretched(two, one)", True),
        ("nonneg(x)", True),
        ("nonneg(mask)", False),
        ("last(axis, x)", True),
        ("last(n, x)", False),
        ("boolean(mask)", True),
        ("boolean(x)", False),
        ("used(h) and given(keep)", False),
        ("used(h) and given(mask)", True),
    ],
)
def test_predicates(text: str, value: bool) -> None:
    assert truth(text) is value


@pytest.mark.parametrize(
    ("text", "column"),
    [("maybe(x)", 0), ("used(h) and rank(x)", 12), ("used(h) and equal(1, p)", 12), ("used(h) and", 8)],
)
def test_mistakes(text: str, column: int) -> None:
    with pytest.raises(NotationError) as error:
        parse_when(text)
    assert error.value.column == column


def test_equality_tells_true_from_one() -> None:
    assert equal((1, 2), [1, 2])
    assert equal(0, 0.0)
    assert not equal(True, 1)
    assert not equal((1,), 1)


def test_operands_that_an_operator_may_join() -> None:
    whole, part = TensorType((2,), "int64"), TensorType((2,), "float32")
    assert alike(part, part) and alike(part, 2.5) and alike(whole, 2) and alike(2, part)
    assert not alike(whole, part) and not alike(whole, 2.5)
