"""Items of the two sides of a proof, compared."""

from __future__ import annotations

from dataclasses import replace

from codegen.proof_sides import Item
from codegen.static_proof import difference
from pivot.dims import symbol


def test_sizes_among_the_operands_are_compared_by_their_numbers() -> None:
    height, width = symbol("H", 6), symbol("W", 6)
    one = Item("mul", {}, ("a", height - 1), ("b",), ((6,),), None)
    assert difference(one, replace(one, operands=("x", width - 1)), {"a": "x"}) is None
    assert difference(one, replace(one, operands=("x", width)), {"a": "x"}) == "mul takes other values"
    assert difference(one, replace(one, operands=("y", height - 1)), {"a": "x"}) == "mul takes other values"
