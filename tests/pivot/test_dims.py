from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pivot.dims import Dim, Size, ceil_div, dim_max, dim_min, evaluate, hint, product, same, symbol, symbols, text

N, T, H = symbol("N", 2), symbol("T", 5), symbol("H", 7)


@pytest.mark.parametrize(
    ("dim", "written", "number"),
    [
        (N, "N", 2),
        (2 * N, "2*N", 4),
        (N * T, "N*T", 10),
        (H // 2, "H//2", 3),
        (H + 1 - 1, "H", 7),
        (N - 1, "N - 1", 1),
        (1 - N, "-N + 1", -1),
        ((H - 1) // 2 + 1, "(H + 1)//2", 4),
        (((H - 1) // 2 + 1 - 1) // 2 + 1, "((H + 1)//2 + 1)//2", 2),
        (H // 2 // 3, "H//6", 1),
        (2 * (H // 2), "2*(H//2)", 6),
        ((7 - H % 7) % 7, "(-(H%7))%7", 0),
        (N * N * H, "H*N*N", 28),
        (dim_min(N, H), "min(H, N)", 2),
        (dim_max(N, H + 1), "max(H + 1, N)", 8),
        (ceil_div(H, 2), "(H + 1)//2", 4),
        (product([N, 3, T]), "3*N*T", 30),
        (H // -2, "(-H)//2", -4),
    ],
)
def test_text_and_hint(dim: Dim, written: str, number: int) -> None:
    assert (text(dim), hint(dim)) == (written, number)


@pytest.mark.parametrize(
    ("dim", "number"),
    [
        ((2 * N) // 2 - N, 0),
        (N - N, 0),
        (N // N, 1),
        (N % N, 0),
        ((6 * N) % 3, 0),
        ((N + 3) - N, 3),
        (0 // N, 0),
        (0 * N, 0),
    ],
)
def test_what_is_constant_becomes_a_number(dim: Dim, number: int) -> None:
    assert dim == number
    assert type(dim) is int


def test_what_both_sides_of_a_division_have_is_cancelled() -> None:
    n, c, h = symbol("N", 2), symbol("C", 64), symbol("H", 7)
    assert (n * c * h * h) // (8 * n * h * h) == c // 8
    assert (n * c + n * h) // (n * h * 2) == (c + h) // (2 * h)
    assert text((n + c) // (n * h)) == "(C + N)//(H*N)"


def test_exact_division_stays_polynomial() -> None:
    assert (N * T * 8) // (N * T) == 8
    assert (N * H + N) // (H + 1) == N
    assert (N * T + T) // T == N + 1
    assert text(N // T) == "N//T"


def test_equality_is_about_names_not_hints() -> None:
    assert same(symbol("N", 2) * 3, 3 * symbol("N", 9))
    assert not same(N, symbol("M", 2))
    assert N != 2
    assert len({N + 1, 1 + N, N}) == 2


def test_min_and_max_are_decided_where_the_difference_is_fixed() -> None:
    assert dim_min(N, N + 1) == N
    assert dim_max(N, N + 1) == N + 1
    assert dim_max(3, 4) == 4


def test_symbols_are_found_inside_opaque_terms() -> None:
    assert symbols((N + H % 3) // T) == {"N", "H", "T"}
    assert symbols(3) == frozenset()


def test_a_missing_symbol_is_named() -> None:
    with pytest.raises(KeyError, match="T"):
        evaluate(N + T, {"N": 1})


def test_other_operands_are_left_to_them() -> None:
    with pytest.raises(TypeError):
        N + 1.5


def build(draw: st.DrawFn, depth: int) -> tuple[Dim, int]:
    """A random dim, and the number plain Python gives for it with other values of the symbols."""
    if depth == 0:
        name = draw(st.sampled_from(["N", "T", "H", ""]))
        if not name:
            number = draw(st.integers(-4, 9))
            return number, number
        return {"N": N, "T": T, "H": H}[name], {"N": 11, "T": 3, "H": 24}[name]
    (left, a), (right, b) = build(draw, depth - 1), build(draw, depth - 1)
    sign = draw(st.sampled_from("+-*/%m"))
    if sign in "/%":
        divisor = draw(st.integers(1, 6))
        return (left // divisor, a // divisor) if sign == "/" else (left % divisor, a % divisor)
    if sign == "m":
        return dim_min(left, right), min(a, b)
    return {"+": (left + right, a + b), "-": (left - right, a - b), "*": (left * right, a * b)}[sign]


@given(st.data())
def test_evaluation_agrees_with_python(data: st.DataObject) -> None:
    dim, number = data.draw(st.composite(lambda draw: build(draw, 3))())
    assert evaluate(dim, {"N": 11, "T": 3, "H": 24}) == number
    assert evaluate(dim, {"N": 2, "T": 5, "H": 7}) == hint(dim)
    if isinstance(dim, Size):
        assert eval(text(dim), {"N": 11, "T": 3, "H": 24, "min": min, "max": max}) == number
