"""After an edit of a number, nodes are said as before where nothing is another that their forms ask for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from codegen.convert import convert, write_target
from codegen.lower import Lowering, Step
from codegen.relowering import note_sizes, sizes_asked
from codegen.restating import elaborate_for, lowering_of
from codegen.writing.sites import words
from pivot.network import Node
from pivot.opset import OpSet
from pivot.problems import Refusal
from pivot.reading.elaborate import Request, elaborate
from pivot.reading.inputs import InputSpec, parse_spec
from pivot.reading.retuned import retuned
from pivot.reading.torch import TorchDialect
from tests.ops.harness import Case, cases, named

NET = """
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, stride=1, padding=1)
        self.norm = nn.BatchNorm2d(8, momentum=0.5)
        self.second = nn.Conv2d(8, 8, 3, stride=2, padding=1)
        self.act = nn.ReLU()
        self.mean = nn.AdaptiveAvgPool2d((4, 4))
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)

    def forward(self, x):
        x = self.act(self.norm(self.first(x)))
        x = F.leaky_relu(self.second(x), 0.2) - 1
        return self.mean(self.pool(x))  # a form of the pool asks for sizes
"""

LEAST = 2_000
"""Pairs of nodes that are alike but for sizes which nothing asks for."""


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("3, 8, 3, stride=1", "3, 8, 3, stride=2", {"norm", "act", "mean"}),
        ("8, 8, 3, stride=2", "8, 8, 3, stride=1", {"first", "norm", "act", "mean"}),
        ("(3, stride=1", "(3, stride=2", {"first", "norm", "act", "mean"}),
        ("stride=2, padding=1", "stride=2, padding=0", {"first", "norm", "act", "mean"}),
        ("x), 0.2)", "x), 0.3)", {"first", "norm", "act", "mean", "pool"}),
        ("((4, 4))", "((4, 2))", {"first", "norm", "act", "pool"}),
    ],
)
def test_the_text_is_that_of_the_whole_way(opset: OpSet, tmp_path: Path, old: str, new: str, kept: set[str]) -> None:
    path = tmp_path.resolve() / "net.py"
    path.write_text(NET, encoding="utf-8")
    assert NET.count(old) == 1
    specs = (parse_spec("2x3x32x32"),)
    done = elaborate_for(Request(path, None, specs), TorchDialect(), "keras", opset)
    before = write_target(done, "keras", opset)
    note_sizes(before.lowering)
    done.learned["lowering"] = before.lowering
    best = [low.best for low in before.lowering.lowered.values()]
    request = Request(path, None, specs, texts={str(path): NET.replace(old, new)})
    retuned(done, request)
    lowering = done.learned["lowering"] = lowering_of(done, "keras", opset)
    assert lowering is before.lowering
    stay = [low for low in lowering.lowered.values() if any(low.best is plan for plan in best)]
    assert {low.node.module.path for low in stay if low.node.module is not None} == kept
    assert any(low.node.module is None for low in stay)
    whole = convert(request, TorchDialect(), "keras", opset)
    assert write_target(done, "keras", opset).text == whole.text != before.text


def lowered(case: Case, specs: tuple[InputSpec, ...], opset: OpSet, folder: Path) -> Lowering | None:
    """An example on some sizes; None where it does not take them."""
    path = folder.resolve() / "model.py"
    path.write_text(case.text, encoding="utf-8")
    try:
        done = elaborate(Request(path, "Model", specs), TorchDialect(), opset)
    except Refusal:
        return None
    return Lowering(done, "keras", opset)


def pairs(case: Case, opset: OpSet, folder: Path) -> Iterator[tuple[Lowering, Node, Lowering, Node]]:
    """The nodes of an example with those on inputs of which one size is greater."""
    specs = tuple(parse_spec(spec) for spec in named(case))
    one = lowered(case, specs, opset, folder)
    for size in sorted({size for spec in specs for size in spec.shape}) if one is not None else ():
        greater = tuple(replace(s, shape=tuple(n + 1 if n == size else n for n in s.shape)) for s in specs)
        other = lowered(case, greater, opset, folder)
        if one is None or other is None or len(one.nodes) != len(other.nodes):
            continue
        for node, twin in zip(one.nodes, other.nodes, strict=True):
            if node.op is not None and node.form is twin.form and node.params == twin.params:
                yield one, node, other, twin


def step_of(lowering: Lowering, node: Node) -> Step | None:
    """What a node is said in, where that is one form of its own op and kind."""
    low = lowering.lowered[id(node)]
    steps = low.best.steps if low.best is not None and not low.spoken else ()
    if len(steps) != 1 or steps[0].op is not node.op or steps[0].form.kind != lowering.kind_of(node):
        return None
    return steps[0]


def test_sizes_decide_only_where_a_form_refers_to_them(opset: OpSet, tmp_path: Path) -> None:
    alike, differ, by_what_is_asked = 0, list[str](), set[str]()
    for case in cases(opset):
        for one, node, other, twin in pairs(case, opset, tmp_path):
            step, now = step_of(one, node), step_of(other, twin)
            if step is None or (node.bound is not None and node.bound.unbatched):
                continue
            same = now is not None and now.form is step.form and words(now) == words(step)
            if sizes_asked(one, node) == sizes_asked(other, twin):
                alike += 1
                differ += [] if same else [f"{case.name}: {step.form}"]
            elif not same:
                by_what_is_asked.add(case.op)
    assert differ == []
    assert alike >= LEAST
    assert by_what_is_asked, "sizes that are referred to do decide somewhere"
