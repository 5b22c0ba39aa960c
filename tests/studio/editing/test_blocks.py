"""Wires led elsewhere, nodes made one block, blocks taken apart: the program says so, and the network follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from pivot.problems import Refusal
from studio.editing import blocks as edits
from studio.editing.context import Context
from tests.studio.editing.conftest import Opened, at, edited, ops, text_of


def test_a_wire_is_led_to_what_came_earlier(blocks: Context, tmp_path: Path) -> None:
    two, one = at(blocks, "tail.two"), at(blocks, "tail.one")
    outcome = edits.connect(blocks, two.inputs[0], two.id, one.outputs[0], "class")
    assert "one_out = y\n" in text_of(blocks, outcome)
    picture = edited(outcome, tmp_path)
    assert at(picture, "tail.two").inputs == at(picture, "tail.one").outputs
    alone = edited(edits.connect(blocks, two.inputs[0], two.id, one.outputs[0], "instance"), tmp_path)
    assert at(alone, "tail.two").inputs == at(alone, "tail.one").outputs
    assert at(alone, "body.0.two").inputs != at(alone, "body.0.one").outputs


def test_a_wire_between_blocks_and_from_the_input(opened: Opened, tmp_path: Path) -> None:
    context = opened(
        """
        import torch
        from torch import nn


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.one = nn.Linear(4, 4)
                self.two = nn.Linear(4, 4)
                self.three = nn.Linear(4, 4)

            def forward(self, x):
                x = self.one(x)
                x = self.two(x)
                return self.three(x) + x


        if __name__ == "__main__":
            Net()(torch.randn(1, 4))
        """
    )
    three, entry = at(context, "three"), context.picture.inputs[0].id
    outcome = edits.connect(context, three.inputs[0], three.id, entry, "class")
    picture = edited(outcome, tmp_path)
    assert at(picture, "three").inputs == (picture.inputs[0].id,)
    add = at(context, "add")
    picture = edited(edits.connect(context, add.inputs[1], add.id, at(context, "one").outputs[0], "class"), tmp_path)
    assert at(picture, "add").inputs[1] == at(picture, "one").outputs[0]
    with pytest.raises(Refusal, match="not computed before"):
        edits.connect(context, at(context, "one").inputs[0], at(context, "one").id, three.outputs[0], "class")


def test_statements_become_a_block_and_go_back(blocks: Context, opened: Opened, tmp_path: Path) -> None:
    chosen = [at(blocks, f"tail.{name}") for name in ("one", "norm", "act")]
    outcome = edits.make_block(blocks, chosen, [], "ConvNorm", "class")
    text = text_of(blocks, outcome)
    assert "self.conv_norm = ConvNorm(width=width, stride=stride)" in text
    assert "y = self.conv_norm(x)\n        y = self.two(y)" in text
    picture = edited(outcome, tmp_path)
    assert ops(picture) == ops(blocks.picture)
    assert picture.module_by_path["body.2.conv_norm"].class_name == "ConvNorm"
    again = opened(text)
    back = edited(edits.take_apart(again, "tail.conv_norm", "class"), tmp_path)
    assert ops(back) == ops(blocks.picture)
    assert at(back, "tail.conv_norm_one").op == "conv2d"


def test_entries_of_a_container_become_a_container_and_go_back(opened: Opened, tmp_path: Path) -> None:
    context = opened(
        """
        import torch
        from torch import nn


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.parts = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))

            def forward(self, x):
                return self.parts(x)


        if __name__ == "__main__":
            Net()(torch.randn(1, 4))
        """
    )
    outcome = edits.make_block(context, [at(context, "parts.0"), at(context, "parts.1")], [], "Pair", "class")
    assert "nn.Sequential(nn.Sequential(nn.Linear(4, 4), nn.ReLU()), nn.Linear(4, 2))" in text_of(context, outcome)
    again = opened(text_of(context, outcome))
    assert ops(again.picture, "parts.0") == ["linear", "relu"]
    back = edits.take_apart(again, "parts.0", "class")
    assert "nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))" in text_of(again, back)
    with pytest.raises(Refusal, match="select those too"):
        edits.make_block(context, [at(context, "parts.0"), at(context, "parts.2")], [], "Pair", "class")


def test_blocks_that_cannot_be_are_refused(blocks: Context) -> None:
    with pytest.raises(Refusal, match="leaves the function"):
        edits.make_block(blocks, [at(blocks, "tail.two"), at(blocks, "tail.relu")], [], "End", "class")
    with pytest.raises(Refusal, match="other statements"):
        edits.make_block(blocks, [at(blocks, "tail.one"), at(blocks, "tail.act")], [], "Gap", "class")
    with pytest.raises(Refusal, match="taken"):
        edits.make_block(blocks, [at(blocks, "tail.one")], [], "Block", "class")
    with pytest.raises(Refusal, match="no block"):
        edits.take_apart(blocks, "", "class")
