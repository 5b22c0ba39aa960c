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


def after(
    opset: OpSet, folder: Path, old: str, new: str, text: str = NET, inputs: tuple[str, ...] = ("2x3x32x32",)
) -> tuple[Elaborated, Elaborated]:
    """A program with an edit: made of the one before, and read as a whole. Raises Declined."""
    path = folder.resolve() / "net.py"
    path.write_text(text, encoding="utf-8")
    assert text.count(old) == 1
    edited = text.replace(old, new)
    specs = tuple(map(parse_spec, inputs))
    before = elaborate(Request(path, None, specs), TorchDialect(), opset)
    request = Request(path, None, specs, texts={str(path): edited})
    return retuned(before, request), elaborate(request, TorchDialect(), opset)


def facts(done: Elaborated) -> list[object]:
    """What a network says of each node."""
    nodes = [(n.id, n.params, [str(r.type) for r in n.results], n.frame.key) for n in done.network.nodes]
    places = [(getattr(n.site, "lineno", 0), getattr(n.site, "col_offset", 0)) for n in done.network.nodes]
    return [
        done.specs,
        nodes,
        places,
        [str(p.type) for p in done.network.parameters],
        done.network.guards,
        done.network.problems,
    ]


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
        ("dim=3", "dim=2"),
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


CALLS = """
import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, rate=0.25, slope=0.5, *, step=1, width: int = 8):
        super().__init__()
        self.conv = nn.Conv2d(8, width, 3, stride=step, padding=1)
        self.drop = nn.Dropout(rate)
        self.act = nn.LeakyReLU(slope)
        self.wide = width * 1

    def forward(self, x, size=3, more=1.5):
        x = F.max_pool2d(self.act(self.drop(self.conv(x))), size, stride=1)
        return torch.clamp(x, min=0.75) * more


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 1)
        self.one = Block()
        self.two = Block(0.125, slope=0.0625, step=2)

    def forward(self, x):
        x = self.two(self.one(self.stem(x)), 5)
        table = torch.arange(4, 10)
        part = x.narrow(1, 2, 3).abs()
        both = F.dropout(x, p=0.3).mean(dim=1), F.pad(part, (1, 1, 0, 0), value=7.5)
        return both, torch.add(x, 9.5), F.relu(x, inplace=False), table
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("rate=0.25", "rate=0.75"),
        ("slope=0.5", "slope=0.25"),  # the default of one of two
        ("step=1, width", "step=2, width"),
        ("size=3", "size=5"),
        ("min=0.75", "min=0.5"),
        ("p=0.3", "p=0.9"),
        ("dim=1", "dim=3"),
        ("value=7.5", "value=8.5"),
        ("(1, 1, 0, 0)", "(1, 2, 0, 0)"),
    ],
)
def test_functions_and_defaults_are_followed(opset: OpSet, tmp_path: Path, old: str, new: str) -> None:
    made, whole = after(opset, tmp_path, old, new, CALLS)
    assert facts(made) == facts(whole)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("width: int = 8", "width: int = 4", "read in a BinOp|weights"),
        ("more=1.5", "more=2.5", "read in a BinOp"),
        ("x)), 5)", "x)), 7)", "Block is given it"),
        ("arange(4, 10)", "arange(3, 10)", "given it"),  # a table of numbers
        ("narrow(1, 2, 3)", "narrow(1, 1, 3)", "given it"),  # a view
        ("x, 9.5", "x, 8.5", "another way"),  # an operand
        ("inplace=False", "inplace=True", "another way"),
        ("dim=1", "dim=7", "axis"),
    ],
)
def test_functions_that_are_known_otherwise_are_declined(
    opset: OpSet, tmp_path: Path, old: str, new: str, why: str
) -> None:
    with pytest.raises(Declined, match=why):
        after(opset, tmp_path, old, new, CALLS)


STEM = """
class Stem(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 3, 1, stride=4)

    def forward(self, x):
        return self.first(x)


"""
MAIN = """

def main():
    model = Net()
    x = Stem()(torch.randn(2, 3, 64, 64, requires_grad=False))
    model(x)
"""
SHOWN = CALLS.replace("Block()", "Block(0.5)").replace("class Block", STEM + "class Block") + MAIN


@pytest.mark.parametrize(
    ("old", "new"), [("Block(0.5)", "Block(0.8)"), ("step=2)", "step=3)"), ("size=3", "size=5"), ("dim=1", "dim=3")]
)
def test_inputs_that_are_found_in_the_source_stay(opset: OpSet, tmp_path: Path, old: str, new: str) -> None:
    made, whole = after(opset, tmp_path, old, new, SHOWN, ())
    assert [str(spec) for spec in made.specs] == ["2x3x16x16"]
    assert facts(made) == facts(whole)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("stride=4", "stride=8", "the inputs are found by it"),
        ("3, 64, 64", "3, 32, 64", "the inputs are found by it"),
        ("3, 3, 1, stride=4", "3, 3, 1, stride=6", "the inputs are found by it"),
    ],
)
def test_what_the_inputs_are_found_by_is_read_anew(opset: OpSet, tmp_path: Path, old: str, new: str, why: str) -> None:
    with pytest.raises(Declined, match=why):
        after(opset, tmp_path, old, new, SHOWN, ())


def test_a_model_that_makes_the_inputs_is_not_followed(opset: OpSet, tmp_path: Path) -> None:
    text = SHOWN.replace("__init__(self):", "__init__(self, first=4):", 1).replace("stride=4", "stride=first")
    text = text.replace("self.stem = nn", "self.front = Stem()\n        self.stem = nn").replace("64, 64", "256, 256")
    text = text.replace("self.stem(x)", "self.stem(self.front(x))")
    with pytest.raises(Declined, match="found by it"):
        after(opset, tmp_path, "first=4", "first=2", text, ())


def test_inputs_that_are_guessed_may_be_others(opset: OpSet, tmp_path: Path) -> None:
    with pytest.raises(Declined, match="sizes decide"):
        after(opset, tmp_path, "conv(8, 8, 2)", "conv(8, 8, 3)", NET, ())
