"""A network drawn from nothing: every step is a program, and both frameworks are written from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pivot.problems import Refusal
from studio.document import Document
from studio.editing import blocks, commands
from studio.editing.context import Context, Outcome
from studio.editing.drawing import add_input, add_output, new_project
from studio.links import Links
from studio.results import Results
from tests.studio.editing.conftest import at, ops, picture_of, text_of


class Drawing:
    """A document that is converted after every edit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.document = Document()
        self.document.start(new_project(str(folder / "network.py"), "1x3x16x16"))
        self.follow()

    def follow(self) -> None:
        assert self.document.project is not None
        picture = picture_of(self.document.project, self.folder)
        self.document.set_results(Results(self.document.revision, picture=picture, links=Links(picture)))

    @property
    def context(self) -> Context:
        return Context(self.document)

    def do(self, outcome: Outcome) -> None:
        self.document.edit(outcome.label, outcome.project)
        self.follow()

    def grow(self, *names: str) -> None:
        for op in names:
            context = self.context
            self.do(commands.insert_op(context, op, context.picture.outputs[-1].id, None, "written"))


@pytest.fixture
def drawing(tmp_path: Path, qapp: object) -> Drawing:
    return Drawing(tmp_path)


def test_a_network_grows_from_nothing(drawing: Drawing) -> None:
    assert ops(drawing.context.picture) == []
    drawing.grow("conv2d", "relu", "flatten", "linear")
    assert ops(drawing.context.picture) == ["conv2d", "relu", "flatten", "linear"]
    conv = at(drawing.context, "conv2d")
    drawing.do(commands.set_parameter(drawing.context, [conv], "filters", "5", "written"))
    assert at(drawing.context, "linear").weights[0].shape == (32, 5 * 16 * 16), "sizes follow what comes before"
    relu = at(drawing.context, "relu")
    drawing.do(
        commands.insert_op(drawing.context, "add", relu.outputs[0], at(drawing.context, "flatten").id, "written")
    )
    add, first = at(drawing.context, "add"), at(drawing.context, "conv2d").outputs[0]
    drawing.do(blocks.connect(drawing.context, add.inputs[1], add.id, first, "written"))
    assert set(at(drawing.context, "add").inputs) == {
        at(drawing.context, "conv2d").outputs[0],
        at(drawing.context, "relu").outputs[0],
    }
    text = drawing.document.text(str(drawing.folder / "network.py")) or ""
    assert "self.conv2d = nn.LazyConv2d(5, 3, padding=1)" in text
    assert "        x = self.conv2d(x)\n" in text
    while drawing.document.undo_label is not None:
        drawing.document.undo()
    drawing.follow()
    assert ops(drawing.context.picture) == []


def test_inputs_and_outputs(drawing: Drawing) -> None:
    drawing.grow("conv2d", "relu")
    outcome = add_output(drawing.context, at(drawing.context, "conv2d"))
    assert "return x, conv2d_out\n" in text_of(drawing.context, outcome)
    drawing.do(outcome)
    assert len(drawing.context.picture.outputs) == 2
    outcome = add_input(drawing.context, "mask", "1x3x16x16")
    assert "def forward(self, x, mask):" in text_of(drawing.context, outcome)
    assert outcome.project.inputs == ("x=1x3x16x16", "mask=1x3x16x16")
    drawing.do(outcome)
    relu, mask = at(drawing.context, "relu"), drawing.context.picture.inputs[-1].id
    assert drawing.context.picture.inputs[-1].name == "mask"
    drawing.do(blocks.connect(drawing.context, relu.inputs[0], relu.id, mask, "written"))
    assert at(drawing.context, "relu").inputs == (drawing.context.picture.inputs[-1].id,)
    with pytest.raises(Refusal, match="another"):
        add_input(drawing.context, "x", "1x3")
