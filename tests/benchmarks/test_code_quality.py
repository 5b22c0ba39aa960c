"""What is measured about generated code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import write_target
from pivot.opset import load_opset
from pivot.reading.elaborate import Request, elaborate
from pivot.reading.inputs import parse_spec
from pivot.reading.torch import TorchDialect

SOURCE = """
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width, unused=3):
        super().__init__()
        # one layer
        self.fc = nn.Linear(width, width)

    def forward(self, x):
        # gated
        return x * torch.sigmoid(self.fc(x))


class Net(nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.block = Block(width)

    def forward(self, x):
        return self.block(x)


def train():
    # not a part of the model
    return 1
"""


def test_counts_of_one_conversion(
    root: Path, write_source: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    monkeypatch.delitem(sys.modules, "code_quality", raising=False)
    from code_quality import measured

    path, opset = write_source(SOURCE), load_opset()
    made = write_target(elaborate(Request(path, "Net()", (parse_spec("2x4"),)), TorchDialect(), opset), "keras", opset)
    found = measured(made, package=True)
    assert found["classes"] == [2, 2]
    assert found["comments"] == [2, 2]
    assert found["parameters"][1] == 3
    assert found["transposes"] == 0
    assert found["lines"][0] == found["definitions"] == 16
    assert measured(made, package=False)["lines"][0] == len(path.read_text().splitlines())
