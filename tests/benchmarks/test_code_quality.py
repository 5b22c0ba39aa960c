"""What is measured about generated code."""

from __future__ import annotations

import ast
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
        print(unused)  # a report

    def forward(self, x):
        # gated
        return x * torch.sigmoid(self.fc(x)) # in [0, 1]


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
    assert found["comments"] == [3, 4]
    assert found["written_comments"] == [3, 3]
    assert found["lost_comments"] == ["a report"]
    assert found["parameters"][1] == 3
    assert found["transposes"] == 0
    assert found["lines"][0] == found["definitions"] == 17
    assert measured(made, package=False)["lines"][0] == len(path.read_text().splitlines())


def test_turns_are_counted_in_code_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    from code_quality import turns

    code = 'def f(x):\n    """x.T"""\n    return ops.swapaxes(x, 0, 1) @ x.T  # x.permute(0, 1)\n'
    assert turns(ast.parse(code)) == 2


COMMENTED = """
def f(x):
    # of y
    y = g(x)  # behind
    if x:  # of the condition
        y = h(
            x,  # inside
        )
        # at the end of the arm
    # of what is returned
    return y
"""


def test_a_comment_speaks_of_the_statement_it_stands_at(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    from code_quality import tokens, words
    from comment_statements import statement_of

    method = ast.parse(COMMENTED).body[0]
    assert isinstance(method, ast.FunctionDef)
    said = {words(token): type(statement_of(token, method)).__name__ for token in tokens(COMMENTED)}
    lines = {words(token): statement_of(token, method).lineno for token in tokens(COMMENTED)}
    assert list(said.values()) == ["Assign", "Assign", "If", "Assign", "Assign", "Return"]
    assert list(lines.values()) == [4, 4, 5, 6, 6, 11]


OFFERED = """

class Other(Net):
    def __init__(self, width, depth, rate):
        super().__init__(width)


class Chosen(nn.Module):
    def __init__(self, block=Other):
        super().__init__()
        self.block = block(4)

    def forward(self, x):
        return self.block(x)
"""


def test_parameters_of_a_class_that_is_only_named_do_not_count(
    root: Path, write_source: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(root / "benchmarks"))
    from code_quality import measured

    path, opset = write_source(SOURCE + OFFERED), load_opset()
    request = Request(path, "Chosen(Block)", (parse_spec("2x4"),))
    made = write_target(elaborate(request, TorchDialect(), opset), "keras", opset)
    assert "class Other" in made.text
    assert measured(made, package=True)["parameters"] == [3, 3]
