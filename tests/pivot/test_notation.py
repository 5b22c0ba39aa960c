from __future__ import annotations

import pytest

from pivot.notation import (
    Letter,
    OperandSpec,
    Term,
    WeightMap,
    arrange,
    axis_of,
    parse_axes,
    parse_operands,
    parse_weight_map,
    split_letters,
)
from pivot.slots import NotationError


def test_operands() -> None:
    assert parse_operands("x: N C H W, mask: N 1 T S ?, xs: * +, b: * number, y: N T (D H)") == (
        OperandSpec("x", ("N", "C", "H", "W")),
        OperandSpec("mask", ("N", "1", "T", "S"), optional=True),
        OperandSpec("xs", ("*",), many=True),
        OperandSpec("b", ("*",), number=True),
        OperandSpec("y", ("N", "T", "(D H)")),
    )


@pytest.mark.parametrize(("text", "column"), [("x N C", 0), ("x: N, x: M", 5), ("x: N, y: N -", 8)])
def test_bad_operands(text: str, column: int) -> None:
    with pytest.raises(NotationError) as error:
        parse_operands(text)
    assert error.value.column == column


def test_axes_of_weights() -> None:
    assert parse_axes("(g=ifgo H) I") == ((Letter("g", "ifgo"), Letter("H")), (Letter("I"),))
    assert parse_axes("(C M) 1 H'") == ((Letter("C"), Letter("M")), (), (Letter("H'"),))
    assert split_letters("N (D H) *") == ("N", "(D H)", "*")
    with pytest.raises(NotationError, match="twice"):
        parse_axes("(g=ii H)")


def test_weight_maps() -> None:
    assert parse_weight_map("cell/kernel: I (g=ifgo H)") == WeightMap((Term("cell/kernel"),), "I (g=ifgo H)")
    assert parse_weight_map("b_ih + b_hh: (g H)") == WeightMap((Term("b_ih"), Term("b_hh")), "(g H)")
    assert parse_weight_map("in_proj_weight[1/3]: E F").terms == (Term("in_proj_weight", (1, 3)),)
    with pytest.raises(NotationError, match="0 to 2"):
        parse_weight_map("w[3/3]: E")
    with pytest.raises(NotationError, match="names no weight"):
        parse_weight_map("a + : E")


def test_axis_of_a_letter() -> None:
    assert axis_of(("N", "C", "*"), "C", 5) == 1
    assert axis_of(("*", "F"), "F", 3) == 2
    assert axis_of(("N", "C"), "H", 2) is None
    assert axis_of(("N", "C", "H"), "H", 2) is None


def test_arranging_axes() -> None:
    assert arrange(("N", "H", "W", "C"), ("N", "C", "H", "W"), 4) == (0, 3, 1, 2)
    assert arrange(("N", "*", "C"), ("N", "C", "*"), 5) == (0, 4, 1, 2, 3)
    assert arrange(("N", "H"), ("D", "N", "H"), 2) == (None, 0, 1)
    assert arrange(("N", "C"), ("C", "N"), 3) is None
