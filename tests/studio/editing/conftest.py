"""Documents of small own models, converted in this process, and what an edit of one makes of its network."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.picture import picture_of as drawn
from pivot.edits import set_inputs
from pivot.project import Project
from pivot.reading.elaborate import elaborate
from studio.commands.opening import open_program
from studio.commands.output import Output
from studio.commands.running import run_conversion
from studio.document import Document
from studio.editing.context import Context, Outcome
from studio.links import Links
from studio.picture import Node, Picture, parse_picture
from studio.results import Results

BLOCKS = """
    import torch
    from torch import nn


    def conv(inside, outside, stride=1):
        return nn.Conv2d(inside, outside, 3, stride=stride, padding=1)


    class Block(nn.Module):
        # two convolutions and a way around them
        def __init__(self, width, stride=1):
            super().__init__()
            self.one = conv(width, width, stride)
            self.norm = nn.BatchNorm2d(width)
            self.act = nn.ReLU()
            self.two = conv(width, width)

        def forward(self, x):
            y = self.one(x)  # first
            y = self.norm(y)
            y = self.act(y)
            y = self.two(y)
            return torch.relu(y)


    class Net(nn.Module):
        def __init__(self, width=8):
            super().__init__()
            self.stem = nn.Sequential(
                nn.Conv2d(3, width, 3),
                nn.ReLU(),
            )
            self.body = nn.ModuleList([Block(width) for _ in range(3)])
            self.tail = Block(width, 2)
            self.head = nn.Linear(width, 10)

        def forward(self, x):
            x = self.stem(x)
            for block in self.body:
                x = block(x)
            x = self.tail(x)
            x = x.mean((2, 3))
            return self.head(x)


    if __name__ == "__main__":
        Net()(torch.randn(1, 3, 16, 16))
"""

Opened = Callable[..., Context]


class Quiet(Output):
    """Says nothing."""

    def __init__(self) -> None:
        super().__init__(False)

    def progress(self, step: str, done: int, total: int) -> None:
        """Nobody waits."""


def picture_of(project: Project, folder: Path) -> Picture:
    """The picture of a program whose conversion has to be sound: written, and read back as the same network."""
    program = open_program(project, ())
    if program.framework == "keras":
        return parse_picture(drawn(elaborate(program.request, program.dialect, program.opset)))
    run = run_conversion(program, folder, Quiet())
    assert run.status == 0, [str(problem) for problem in run.problems]
    assert not [problem for problem in run.problems if problem.severity != "info"], run.problems
    return parse_picture(run.picture())


def prepared(text: str, folder: Path, *inputs: str) -> Document:
    """A document of a text with its results."""
    path = folder / "net.py"
    path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    document = Document()
    document.open(path)
    assert document.project is not None
    document.start(set_inputs(document.project, inputs))
    picture = picture_of(document.project, folder)
    document.set_results(Results(document.revision, picture=picture, links=Links(picture)))
    return document


@pytest.fixture
def opened(tmp_path: Path, qapp: object) -> Opened:
    """Open a text as a converted document."""

    def open_text(text: str, *inputs: str) -> Context:
        return Context(prepared(text, tmp_path, *inputs))

    return open_text


@pytest.fixture
def blocks(opened: Opened) -> Context:
    """The network of BLOCKS."""
    return opened(BLOCKS)


def at(context: Context | Picture, path: str, turn: int = 0) -> Node:
    """A node by the path that people see."""
    picture = context.picture if isinstance(context, Context) else context
    return [node for node in picture.nodes if node.path == path][turn]


def edited(outcome: Outcome, tmp_path: Path) -> Picture:
    """The network after an edit."""
    return picture_of(outcome.project, tmp_path)


def text_of(context: Context, outcome: Outcome) -> str:
    """The source text after an edit."""
    path = context.project.source
    return outcome.project.texts.get(path) or context.document.on_disk(path) or ""


def ops(picture: Picture, below: str = "") -> list[str]:
    """The ops in order, of one block where it is named."""
    return [node.op for node in picture.nodes if node.path.startswith(below)]
