"""What is copied in one program and pasted into another, or into the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from pivot.problems import Refusal
from studio.editing.clipboard import copied, pasted
from studio.editing.context import Context
from tests.studio.editing.conftest import Opened, at, picture_of, prepared

SMALL = """
    import torch
    from torch import nn


    class Small(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 8, 3)

        def forward(self, x):
            return self.stem(x)


    if __name__ == "__main__":
        Small()(torch.randn(1, 3, 16, 16))
"""


def test_a_block_is_pasted_behind_itself_with_what_it_was_made_with(blocks: Context, tmp_path: Path) -> None:
    data = copied(blocks, (), ("tail",))
    last = blocks.picture.nodes_below("tail")[-1]
    outcome = pasted(blocks, data, last, "instance", "tail")
    assert outcome.label == "paste tail"
    (text,) = outcome.project.texts.values()
    assert text.count("class Block(") == 1 and "Block(8, 2)" in text
    picture = picture_of(outcome.project, tmp_path)
    assert len([m for m in picture.modules if m.class_name == "Block" and m.path.startswith("tail")]) == 2


def test_a_block_brings_its_class_and_what_that_needs_into_another_program(blocks: Context, tmp_path: Path) -> None:
    data = copied(blocks, (), ("tail",))
    context = Context(prepared(SMALL, tmp_path))
    outcome = pasted(context, data, at(context, "stem"), "written")
    (text,) = outcome.project.texts.values()
    assert "class Block(nn.Module):" in text and "def conv(inside, outside, stride=1):" in text
    assert "# two convolutions and a way around them" in text
    assert [node.op for node in picture_of(outcome.project, tmp_path).nodes].count("conv2d") == 3


def test_a_container_is_copied_as_what_is_in_it(blocks: Context, tmp_path: Path) -> None:
    data = copied(blocks, (), ("stem",))
    context = Context(prepared(SMALL.replace("Conv2d(3, 8, 3)", "Conv2d(3, 3, 3)"), tmp_path))
    outcome = pasted(context, data, at(context, "stem"), "written")
    assert [node.op for node in picture_of(outcome.project, tmp_path).nodes] == ["conv2d", "conv2d", "relu"]


def test_what_cannot_be_copied_or_pasted_is_refused_with_the_reason(blocks: Context, opened: Opened) -> None:
    data = copied(blocks, (), ("tail",)).replace(b'"framework": "torch"', b'"framework": "keras"')
    with pytest.raises(Refusal, match="written for keras"):
        pasted(blocks, data, at(blocks, "head"), "written")
    two = SMALL.replace("return self.stem(x)", "return self.both(self.stem(x), x[:, :1, 1:-1, 1:-1])")
    two = two.replace("self.stem = ", "self.both = Both()\n            self.stem = ")
    context = opened(two.replace("class Small", "class Both(nn.Module):\n        def forward(self, a, b):\n"
                                 "            return a + b\n\n\n    class Small"))  # fmt: skip
    with pytest.raises(Refusal, match="several tensors"):
        copied(context, (), ("both",))
