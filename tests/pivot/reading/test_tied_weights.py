"""Which weights that two layers share can be said as one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated, Request, elaborate
from pivot.reading.inputs import parse_spec
from pivot.reading.tied_weights import hand_names_on, is_same, ties_in
from pivot.reading.torch import TorchDialect

Read = Callable[..., Elaborated]

LM = """
class LM(nn.Module):
    def __init__(self, tie=True):
        super().__init__()
        self.parts = nn.ModuleDict(dict(embed=nn.Embedding(9, 4)))
        self.head = nn.Linear(4, 9, {bias})
        {tie}

    def forward(self, ids):
        x = self.parts.embed(ids)
        {result}
"""
TIE = "self.head.weight = self.parts.embed.weight"


def program(bias: str = "bias=False", tie: str = TIE, result: str = "return self.head(x)") -> str:
    """A small language model."""
    return LM.format(bias=bias, tie=tie, result=result)


@pytest.mark.parametrize("tie", [TIE, "self.parts.embed.weight = self.head.weight"])
def test_a_layer_that_is_only_called_is_a_function_of_the_table(read: Read, tie: str) -> None:
    done = read(program(tie=tie), "2x3:int64<9", model="LM()")
    ((found,),) = ties_in(done.evaluator).values()
    assert (found.layer, found.table, found.biased) == ("head", "self.parts.embed.weight", False)


def test_a_layer_with_a_bias_stays_one(read: Read, opset: OpSet) -> None:
    done = read(program(bias="bias=True"), "2x3:int64<9", model="LM()")
    ties = ties_in(done.evaluator)
    assert [tie.biased for found in ties.values() for tie in found] == [True]
    path = next(file for file in done.evaluator.scopes)
    request = Request(path, "LM()", (parse_spec("2x3:int64<9"),), ties=ties)
    again = elaborate(request, TorchDialect(), opset)
    assert is_same(done.network, again.network)
    assert [p.names[0] for p in again.network.parameters] == ["parts.embed.weight", "head.bias"]


@pytest.mark.parametrize(
    "changed",
    [
        {"bias": "bias=True", "result": "return self.head(x) + self.head.bias"},
        {"tie": f"if tie:\n            {TIE}"},
        {"result": "return self.head(x), self.head.weight"},
        {"result": "return self.head(input=x)"},
        {"tie": "self.other = nn.Embedding(9, 4)\n        self.other.weight = self.parts.embed.weight"},
        {"tie": "self.parts.embed.weight = nn.Parameter(torch.zeros(9, 4))"},
    ],
)
def test_everything_else_is_left(read: Read, changed: dict[str, str]) -> None:
    done = read(program(**changed), "2x3:int64<9", model="LM()")
    assert not ties_in(done.evaluator)


@pytest.mark.parametrize(("tie", "same"), [(TIE, True), ("self.parts.embed.weight = self.head.weight", False)])
def test_starts_are_compared(read: Read, opset: OpSet, tie: str, same: bool) -> None:
    done = read(program(tie=tie), "2x3:int64<9", model="LM()")
    path = next(file for file in done.evaluator.scopes)
    request = Request(path, "LM()", (parse_spec("2x3:int64<9"),))
    again = elaborate(replace(request, ties=ties_in(done.evaluator)), TorchDialect(), opset)
    assert is_same(done.network, again.network) is same
    assert [p.names for p in again.network.parameters] == [["parts.embed.weight"]]
    assert not [p for p in again.network.problems if p.code == "tied-weights"]


def test_a_table_that_is_made_anew_behind_the_tie_is_another(read: Read, opset: OpSet) -> None:
    again = TIE + "\n        self.parts.embed = nn.Embedding(9, 4)"
    done = read(program(tie=again), "2x3:int64<9", model="LM()")
    path = next(file for file in done.evaluator.scopes)
    request = Request(path, "LM()", (parse_spec("2x3:int64<9"),), ties=ties_in(done.evaluator))
    assert request.ties and len(done.network.parameters) == 2
    assert not is_same(done.network, elaborate(request, TorchDialect(), opset).network)


def test_names_in_a_checkpoint_are_handed_on(read: Read, opset: OpSet) -> None:
    done = read(program(), "2x3:int64<9", model="LM()")
    path = next(file for file in done.evaluator.scopes)
    request = Request(path, "LM()", (parse_spec("2x3:int64<9"),), ties=ties_in(done.evaluator))
    told = elaborate(request, TorchDialect(), opset).network
    hand_names_on(done.network, told)
    assert [sorted(p.names) for p in told.parameters] == [["head.weight", "parts.embed.weight"]]
