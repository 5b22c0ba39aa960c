"""Edits of a program in several files: what is unrolled in one is imported where it is called."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from pivot.problems import Refusal
from pivot.project import Project
from studio.editing.commands import insert_op, set_parameter
from studio.editing.context import Context
from tests.studio.editing.conftest import at, picture_of, prepared

PARTS = """
    from torch import nn


    def conv(width, stride=1):
        return nn.Conv2d(width, width, 3, padding=1)


    class Block(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.one = conv(width)

        def forward(self, x):
            return self.one(x)
"""
NET = """
    import torch
    from torch import nn
    from parts import Block


    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = Block(3)
            self.second = Block(3)

        def forward(self, x):
            return self.second(self.first(x))


    if __name__ == "__main__":
        Net()(torch.randn(1, 3, 16, 16))
"""


@pytest.fixture
def context(tmp_path: Path, qapp: object) -> Context:
    (tmp_path / "parts.py").write_text(textwrap.dedent(PARTS).lstrip())
    return Context(prepared(NET, tmp_path))


def texts(project: Project) -> dict[str, str]:
    return {Path(path).name: text for path, text in project.texts.items()}


def test_a_class_of_another_file_is_unrolled_there_and_imported_here(context: Context, tmp_path: Path) -> None:
    node = at(context, "second.one")
    outcome = insert_op(context, "relu", node.outputs[0], None, "instance")
    found = texts(outcome.project)
    assert "from parts import Block, Block2" in found["net.py"]
    assert "self.first = Block(3)" in found["net.py"] and "self.second = Block2(3)" in found["net.py"]
    assert "class Block2(Block):" in found["parts.py"]
    picture = picture_of(outcome.project, tmp_path)
    assert [node.op for node in picture.nodes] == ["conv2d", "conv2d", "relu"]


def test_a_number_of_another_file_is_changed_where_it_is_written(context: Context, tmp_path: Path) -> None:
    node = at(context, "second.one")
    outcome = set_parameter(context, [node], "kernel", "5", "written")
    assert "nn.Conv2d(width, width, 5, padding=1)" in texts(outcome.project)["parts.py"]
    assert "net.py" not in texts(outcome.project)


def test_a_class_of_a_module_stays_one_of_the_module(tmp_path: Path, qapp: object) -> None:
    (tmp_path / "parts.py").write_text(textwrap.dedent(PARTS).lstrip())
    text = NET.replace("from parts import Block", "import parts").replace("= Block(", "= parts.Block(")
    context = Context(prepared(text, tmp_path))
    outcome = insert_op(context, "relu", at(context, "second.one").outputs[0], None, "instance")
    assert "self.second = parts.Block2(3)" in texts(outcome.project)["net.py"]


def test_what_is_not_imported_by_name_is_refused_with_its_place(tmp_path: Path, qapp: object) -> None:
    (tmp_path / "parts.py").write_text(textwrap.dedent(PARTS).lstrip())
    text = NET.replace("import Block", "import *")
    context = Context(prepared(text, tmp_path))
    node = at(context, "second.one")
    with pytest.raises(Refusal, match="not imported by name") as caught:
        insert_op(context, "relu", node.outputs[0], None, "instance")
    assert caught.value.problem.line == 10
