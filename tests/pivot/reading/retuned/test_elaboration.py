"""A program after an edit of one literal: what is followed, and what is declined."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pivot.opset import OpSet
from pivot.reading.elaborate import Elaborated, Request, elaborate
from pivot.reading.inputs import parse_spec
from pivot.reading.retuned import Declined, retuned
from pivot.reading.torch import TorchDialect

NET = """
import torch
from torch import nn


def conv(inside, outside, step):
    if step != 1:
        inside = int(inside)
    return nn.Conv2d(inside, outside, 3, stride=step, padding=1)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, (3, 3), stride=(2, 2), bias=False)
        self.second = conv(8, 8, 2)
        self.norm = nn.BatchNorm2d(8, eps=0.5, momentum=0.25)
        self.drop = nn.Dropout(p=0.25)

    def forward(self, x):
        x = self.norm(self.second(self.first(x)))
        return self.drop(x).mean(dim=3)  # the last axis
"""


def after(opset: OpSet, folder: Path, old: str, new: str, text: str = NET) -> tuple[Elaborated, Elaborated]:
    """A program with an edit: made of the one before, and read as a whole. Raises Declined."""
    path = folder.resolve() / "net.py"
    path.write_text(text, encoding="utf-8")
    assert text.count(old) == 1
    edited = text.replace(old, new)
    specs = (parse_spec("2x3x32x32"),)
    before = elaborate(Request(path, None, specs), TorchDialect(), opset)
    request = Request(path, None, specs, texts={str(path): edited})
    return retuned(before, request), elaborate(request, TorchDialect(), opset)


def facts(done: Elaborated) -> list[object]:
    """What a network says of each node."""
    nodes = [(n.id, n.params, [str(r.type) for r in n.results], n.frame.key) for n in done.network.nodes]
    places = [(getattr(n.site, "lineno", 0), getattr(n.site, "col_offset", 0)) for n in done.network.nodes]
    return [nodes, places, [str(p.type) for p in done.network.parameters], done.network.guards, done.network.problems]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("eps=0.5", "eps=1e-05"),
        ("p=0.25)", "p=0.5)"),
        ("momentum=0.25", "momentum=0.125"),
        ("conv(8, 8, 2)", "conv(8, 8, 3)"),
        ("stride=(2, 2)", "stride=(2, 1)"),
        ("padding=1", "padding=2"),
        ("stride=(2, 2)", "stride=(200, 2)"),  # what moves on its line is no call
    ],
)
def test_a_literal_is_followed_to_the_layers_it_reaches(opset: OpSet, tmp_path: Path, old: str, new: str) -> None:
    made, whole = after(opset, tmp_path, old, new)
    assert facts(made) == facts(whole)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("conv(8, 8, 2)", "conv(8, 8, 1)", "comparison"),  # the other arm is taken
        ("outside, 3, stride", "outside, 5, stride", "weights"),  # another kernel has another shape
        ("eps=0.5, momentum=0.25", "eps=0.25, momentum=0.5", "literals differ"),
        ("bias=False", "bias=True", "another way|weights"),
        ("dim=3", "dim=2", "given it"),  # no layer
        ("p=0.25)", "p=0)", "another kind"),
        ("    return self.drop(x)", "    return self.norm(x)", "more than a literal"),
    ],
)
def test_what_reaches_further_is_declined(opset: OpSet, tmp_path: Path, old: str, new: str, why: str) -> None:
    with pytest.raises(Declined, match=why):
        after(opset, tmp_path, old, new)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("        x = x * self.second.stride[0]\n", "reads stride"),
        ("        x = x * x.size(2)\n", "is asked of a tensor of another shape"),
    ],
)
def test_a_program_that_asks_what_changes_is_read_as_a_whole(opset: OpSet, tmp_path: Path, line: str, why: str) -> None:
    text = NET.replace("        return self.drop(x)", line + "        return self.drop(x)")
    with pytest.raises(Declined, match=why):
        after(opset, tmp_path, "conv(8, 8, 2)", "conv(8, 8, 3)", text)


def test_what_stands_behind_the_literal_on_its_line_does_not_move(opset: OpSet, tmp_path: Path) -> None:
    text = NET.replace("self.norm(self.second(self.first(x)))", "self.second(self.first(x))").replace(
        "nn.BatchNorm2d(8, eps=0.5, momentum=0.25)", "nn.Sequential(nn.ELU(0.5), nn.ReLU())"
    )
    text = text.replace("return self.drop(x)", "return self.drop(self.norm(x))")
    made, whole = after(opset, tmp_path, "nn.ELU(0.5)", "nn.ELU(0.7)", text)
    assert facts(made) == facts(whole)
    with pytest.raises(Declined, match="moves"):
        after(opset, tmp_path, "nn.ELU(0.5)", "nn.ELU(0.75)", text)


def test_the_spelling_of_the_literal_is_that_of_the_new_text(opset: OpSet, tmp_path: Path) -> None:
    text = NET.replace("eps=0.5", "eps=5e-1")
    made, whole = after(opset, tmp_path, "eps=5e-1", "eps=0.75", text)
    assert facts(made) == facts(whole)
    spelled = [
        [n.__dict__.get("source_text") for tree in done.evaluator.trace.keep if isinstance(tree, ast.Module)
         for n in ast.walk(tree) if isinstance(n, ast.Constant)]
        for done in (made, whole)
    ]  # fmt: skip
    assert spelled[0] == spelled[1]
