"""What is read again after an edit of one literal is what a reading of the whole program gives, to the last byte."""

from __future__ import annotations

import ast
import contextlib
import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pivot.project import Project, save_project
from studio.cli import main
from studio.commands.kept import KEPT

STAGES = """
import torch
from torch import nn


def conv(inside, outside, stride=1, groups=1):
    return nn.Conv2d(inside, outside, kernel_size=3, stride=stride, padding=1, groups=groups, bias=False)


class Block(nn.Module):
    def __init__(self, inside, outside, stride=1, drop=0.0):
        super().__init__()
        self.first = conv(inside, outside, stride)
        self.norm = nn.BatchNorm2d(outside, eps=1e-3, momentum=0.05)
        self.drop = nn.Dropout2d(drop)
        self.short = None
        if stride != 1 or inside != outside:
            self.short = nn.Conv2d(inside, outside, 1, stride=stride)
        self.stride = stride

    def forward(self, x):
        y = self.drop(torch.relu(self.norm(self.first(x))))
        return y + (x if self.short is None else self.short(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, kernel_size=(5, 5), stride=(2, 2), padding=2)
        self.act = nn.LeakyReLU(0.2)
        self.one = Block(8, 8, drop=0.1)
        self.two = Block(8, 16, stride=2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        x = self.two(self.one(self.act(self.stem(x))))
        return self.head(self.pool(x).flatten(1))
"""
ROW = """
from torch import nn


class Row(nn.Module):
    def __init__(self, width=12):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv1d(4, width, 3, padding=1),
            nn.BatchNorm1d(width, eps=1e-4),
            nn.ELU(alpha=0.5),  # not so steep
            nn.MaxPool1d(kernel_size=2, stride=2),
        )
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, 3)

    def forward(self, x):
        x = self.body(x)
        return self.head(self.norm(x.mean(dim=2)))
"""
WORDS = """
import torch
from torch import nn


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(50, 16)
        layer = nn.TransformerEncoderLayer(16, 4, dim_feedforward=32, dropout=0.1, batch_first=True)
        self.body = nn.TransformerEncoder(layer, num_layers=1)
        self.norm = nn.LayerNorm(16, eps=1e-5)
        self.drop = nn.Dropout(p=0.3)

    def forward(self, x):
        return torch.softmax(self.drop(self.norm(self.body(self.table(x)))), dim=-1)
"""
CALLS = """
import torch
import torch.nn.functional as F
from torch import nn


def squeeze(x, rate=0.3, power=2.0):
    return torch.pow(F.dropout(x, p=rate), power)


class Net(nn.Module):
    def __init__(self, pool=2, momentum: float = 0.2, alpha=1.5):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.pool = nn.MaxPool2d(pool)
        self.norm = nn.BatchNorm2d(8, momentum=momentum)
        self.elu = nn.ELU(alpha)

    def forward(self, x):
        x = F.leaky_relu(self.norm(self.conv(x)), 0.2)
        x = F.avg_pool2d(self.pool(x), kernel_size=3, stride=1, padding=1)
        x = F.pad(x, (1, 1, 1, 1), value=0.5)
        x = F.elu(x, alpha=1.5) + F.hardtanh(x, -2.0, 2.0)
        x = F.adaptive_avg_pool2d(torch.clamp(self.elu(x), min=0.5), 1).flatten(1)
        return F.log_softmax(squeeze(F.layer_norm(x, (8,), eps=1e-3), power=3.0), dim=1)
"""
TIED = """
from torch import nn


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(50, 16)
        self.drop = nn.Dropout(p=0.3)
        self.norm = nn.LayerNorm(16, eps=1e-5)
        self.head = nn.Linear(16, 50, bias=False)
        self.head.weight = self.table.weight

    def forward(self, x):
        return self.head(self.norm(self.drop(self.table(x))))
"""
PROGRAMS = {
    "calls": (CALLS, "2x3x32x32"),
    "stages": (STAGES, "2x3x32x32"),
    "row": (ROW, "2x4x16"),
    "words": (WORDS, "2x7:int64<50"),
    "tied": (TIED, "2x7:int64<50"),
}
MUST = {"calls": 3, "stages": 3, "row": 3, "words": 2, "tied": 0}
"""How many of the edits below are known to reach no further than can be followed; what is tied is read as a whole."""
EDITS = 8


@pytest.fixture
def keeping() -> Iterator[None]:
    """A process that remembers."""
    KEPT.remember()
    KEPT.counts.clear()
    yield
    KEPT.remembering = False
    KEPT.forget()


def edited(text: str, chance: random.Random) -> str:
    """Another literal in the place of one, mostly in a call."""
    nodes = [
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant) and type(n.value) in (int, float, bool)
    ]
    calls = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)]
    places = {k.value.lineno * 1000 + k.value.col_offset for call in calls for k in call.keywords}
    named = [n for n in nodes if n.lineno * 1000 + n.col_offset in places]
    spot = chance.choice(named if chance.random() < 0.7 else nodes)
    others = [0.25, 0.4, 3e-5] if isinstance(spot.value, float) else [1, 2, 3, 4, 12]
    other = (not spot.value) if isinstance(spot.value, bool) else chance.choice(others)
    lines = text.split("\n")
    line = lines[spot.lineno - 1]
    lines[spot.lineno - 1] = line[: spot.col_offset] + repr(other) + line[spot.end_col_offset :]
    return "\n".join(lines)


def said(project: Path, out: Path) -> list[object]:
    """All that a conversion prints and writes."""
    shown, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(told):
        status = main(["convert", str(project), "--to", "keras", "-o", str(out), "--json", "--draft"])
    files = {found.name: found.read_text(encoding="utf-8") for found in sorted(out.glob("*"))} if status != 2 else {}
    return [status, re.sub(r', "processor_s": [0-9.e-]+', "", shown.getvalue()), told.getvalue(), files]


@pytest.mark.parametrize("name", PROGRAMS)
def test_edits_are_read_again_as_the_whole_program_is(name: str, tmp_path: Path, keeping: None) -> None:
    text, size = PROGRAMS[name]
    source, project, out = tmp_path / "src" / "net.py", tmp_path / "net.pivot", tmp_path / "out"
    source.parent.mkdir()
    source.write_text(text, encoding="utf-8")
    chance = random.Random(f"{name} 3")

    def converted(text: str) -> list[object]:
        save_project(Project(str(source), inputs=(size,), texts={str(source): text}), project)
        found = said(project, out)
        KEPT.prepare()  # as a process does that nobody waits for
        return found

    assert converted(text)[0] == 0
    for _ in range(EDITS):
        new = edited(text, chance)
        again = converted(new)
        with KEPT.aside():
            whole = converted(new)
        assert again == whole, [
            pair for pair in zip(text.split("\n"), new.split("\n"), strict=True) if len({*pair}) == 2
        ]
        if again[0] == 0:
            text = new
        else:
            converted(text)
    assert KEPT.counts[""] >= MUST[name], KEPT.counts
    assert not [why for why in KEPT.counts if why.startswith("fault")]


def test_a_fault_on_the_short_way_leads_back_to_the_long_one(
    tmp_path: Path, keeping: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, project, out = tmp_path / "src" / "net.py", tmp_path / "net.pivot", tmp_path / "out"
    source.parent.mkdir()
    source.write_text(ROW, encoding="utf-8")

    def faulty(*_: object) -> None:
        raise KeyError("nobody thought of that")

    for text in (ROW, ROW.replace("alpha=0.5", "alpha=0.7")):
        save_project(Project(str(source), inputs=("2x4x16",), texts={str(source): text}), project)
        assert said(project, out)[0] == 0
        monkeypatch.setattr("pivot.reading.retuned.retuned", faulty)
        monkeypatch.delenv("PIVOT_DEBUG", raising=False)
    assert "0.7" in (out / "net_keras.py").read_text(encoding="utf-8")
    assert [why for why in KEPT.counts if why.startswith("fault")] == ["fault: KeyError('nobody thought of that')"]
