"""Comments of statements that only initialise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import write_target
from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated

SOURCE = """
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.table = nn.Parameter(torch.zeros(n))  # one number each
        self.norm = nn.LayerNorm(n)
        # near nothing
        nn.init.normal_(self.table, std=0.02)  # as elsewhere
        nn.init.zeros_(self.fc.bias)  # type: ignore

    def forward(self, x):
        return x + self.norm(self.fc(x) * self.table)


class Net(nn.Module):
    def __init__(self, n=4):
        super().__init__()
        self.a = Block(n)
        self.b = nn.Linear(n, n)
        self.c = nn.Linear(n, n)
        # all of them
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.normal_(m.weight, std=0.01)

        # each block starts as nothing
        bound = n**-0.5
        for m in self.modules():
            if isinstance(m, Block):
                nn.init.zeros_(m.norm.weight)

        # report
        print(bound)

    def forward(self, x):
        return self.c(self.b(self.a(x)))
"""


@pytest.fixture(scope="module")
def lines(opset: OpSet, read: Callable[..., Elaborated], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    path: Path = tmp_path_factory.mktemp("told") / "net.py"
    path.write_text(SOURCE)
    made = write_target(read(path, "2x4", model="Net()"), "keras", opset, init="source")
    return [line.strip() for line in made.text.splitlines()]


@pytest.mark.parametrize(
    ("comments", "maker"),
    [(["# near nothing", "# as elsewhere"], "self.table ="), (["# each block starts as nothing"], "self.norm =")],
)
def test_they_stand_above_the_one_statement_that_makes_the_weight(
    lines: list[str], comments: list[str], maker: str
) -> None:
    at = lines.index(comments[0])
    assert lines[at : at + len(comments)] == comments
    assert lines[at + len(comments)].startswith(maker)


@pytest.mark.parametrize("comment", ["# all of them", "# report", "# type: ignore"])
def test_what_speaks_of_many_layers_or_of_none_goes(lines: list[str], comment: str) -> None:
    assert comment not in "\n".join(lines)
