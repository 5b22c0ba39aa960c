"""After an edit of a number, nodes are said as before where nothing is another that their forms ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.convert import convert, write_target
from codegen.relowering import note_sizes
from codegen.restating import elaborate_for, lowering_of
from pivot.opset import OpSet
from pivot.reading.elaborate import Request
from pivot.reading.inputs import parse_spec
from pivot.reading.retuned import retuned
from pivot.reading.torch import TorchDialect

NET = """
import torch
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
        x = self.act(self.second(x)) - 1
        return self.mean(self.pool(x))  # a form of the pool asks for sizes
"""


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("3, 8, 3, stride=1", "3, 8, 3, stride=2", {"norm", "act", "mean"}),
        ("8, 8, 3, stride=2", "8, 8, 3, stride=1", {"first", "norm", "act", "mean"}),
        ("(3, stride=1", "(3, stride=2", {"first", "norm", "act", "mean"}),
        ("stride=2, padding=1", "stride=2, padding=0", {"first", "norm", "act", "mean"}),
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
