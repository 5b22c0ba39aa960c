"""What --input says, and the symbolic types that come of it."""

from __future__ import annotations

import pytest

from pivot.problems import Refusal
from pivot.reading.inputs import InputSpec, parse_spec, symbolic


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("1x3x32x32", InputSpec((1, 3, 32, 32))),
        ("ids=2x16:int64", InputSpec((2, 16), "int64", "ids")),
        ("2x16<100", InputSpec((2, 16), "int64", None, 100)),
        ("lengths=4:int64>=1<9", InputSpec((4,), "int64", "lengths", 9, low=1)),
        ("x=4:float64", InputSpec((4,), "float64", "x")),
        ("scalar", InputSpec(())),
    ],
)
def test_specs_are_parsed_and_written_back(text: str, spec: InputSpec) -> None:
    assert parse_spec(text) == spec
    assert parse_spec(str(spec)) == spec


@pytest.mark.parametrize(
    "text", ["", "3x", "x3", "3x-1", "0x3", "1x3:float3", "1e3", "a b=3", "9999999x9999999", "3<x"]
)
def test_what_is_no_spec_is_refused_with_advice(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_spec(text)
    assert caught.value.problem.file == "--input"
    assert caught.value.problem.remedy


@pytest.mark.parametrize(
    ("spec", "index", "names"),
    [
        ("1x3x32x48", 0, ["N", "C", "H", "W"]),
        ("2x16:int64", 0, ["N", "T"]),
        ("2x16", 0, ["N", "F"]),
        ("2x16x8", 1, ["N", "T2", "F2"]),
        ("2x3x4x5x6x7", 0, ["A0", "A1", "A2", "A3", "A4", "A5"]),
    ],
)
def test_free_sizes_are_named_by_rank(spec: str, index: int, names: list[str]) -> None:
    assert [str(d) for d in symbolic(parse_spec(spec), index, {}).shape] == names


def test_fixed_sizes_are_numbers_and_a_shift_moves_the_hints() -> None:
    shape = symbolic(parse_spec("2x3x8x8"), 0, {"C": 3}, shift=2).shape
    assert shape[1] == 3
    assert [getattr(d, "hint", d) for d in shape] == [2, 3, 10, 10]
