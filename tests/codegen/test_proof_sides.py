"""Items of the two sides of a proof, compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from codegen.convert import Converted
from codegen.proof_sides import Item
from codegen.static_proof import difference, prove
from pivot.dims import symbol
from pivot.opset import OpSet
from pivot.reading.keras import KerasDialect


def test_sizes_among_the_operands_are_compared_by_their_numbers() -> None:
    height, width = symbol("H", 6), symbol("W", 6)
    one = Item("mul", {}, ("a", height - 1), ("b",), ((6,),), None)
    assert difference(one, replace(one, operands=("x", width - 1)), {"a": "x"}) is None
    assert difference(one, replace(one, operands=("x", width)), {"a": "x"}) == "mul takes other values"
    assert difference(one, replace(one, operands=("y", height - 1)), {"a": "x"}) == "mul takes other values"


TABLES = """
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(torch.zeros(9, 4))
        self.spread = nn.Parameter(torch.zeros(4, 9))
        self.register_buffer("places", torch.zeros(6, dtype=torch.long))
        self.register_buffer("square", torch.zeros(3, 3, dtype=torch.long), persistent=False)

    def forward(self, x):
        return x + self.table[self.places].sum() + self.spread[:, self.square].sum()
"""


def test_places_in_a_buffer_are_parameters_of_the_look_up(
    convert: Callable[..., Converted], write_source: Callable[..., Path], opset: OpSet
) -> None:
    converted = convert(write_source(TABLES), "2x4", model="Net()")
    assert "ops.take(self.spread, self.square, axis=1)" in converted.text
    assert prove(converted, KerasDialect(), opset, Path("net_keras.py").resolve()).why is None


CAST_TO_ITS_OWN = """
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rates = nn.Parameter(torch.ones(4, 3))

    def forward(self, x):
        return x @ -torch.exp(self.rates.float())
"""


def test_a_parameter_that_is_cast_to_its_own_type_is_that_parameter(
    convert: Callable[..., Converted], write_source: Callable[..., Path], opset: OpSet
) -> None:
    converted = convert(write_source(CAST_TO_ITS_OWN), "2x4", model="Net()")
    assert "float32" in converted.text
    assert prove(converted, KerasDialect(), opset, Path("net_keras.py").resolve()).why is None
