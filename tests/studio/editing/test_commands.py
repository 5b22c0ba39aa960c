"""Each edit changes the program, in the scope that was chosen, and the network follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from pivot.problems import Refusal
from studio.editing import commands
from studio.editing.context import Context, Scope
from tests.studio.editing.conftest import Opened, at, edited, ops, text_of


def strides(context: Context, scope: Scope, tmp_path: Path, path: str = "body.1.one") -> dict[str, str]:
    """The strides of all convolutions after one of them got another one."""
    outcome = commands.set_parameter(context, [at(context, path)], "stride", "3", scope)
    picture = edited(outcome, tmp_path)
    return {
        node.path: param.value for node in picture.nodes for param in node.params
        if node.op == "conv2d" and param.name == "stride" and param.value == "(3, 3)"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("scope", "changed"),
    [
        ("instance", {"body.1.one"}),
        ("structure", {"body.0.one", "body.1.one", "body.2.one", "tail.one"}),
        ("class", {"body.0.one", "body.1.one", "body.2.one", "tail.one"}),
        ("written", {"body.0.one", "body.1.one", "body.2.one"}),
    ],
)
def test_a_parameter_changes_in_its_scope_and_nowhere_else(
    blocks: Context, scope: Scope, changed: set[str], tmp_path: Path
) -> None:
    assert set(strides(blocks, scope, tmp_path)) == changed
    node = at(blocks, "body.1.one")
    assert commands.scope_counts(blocks, node, "stride")[scope] == len(changed)


def test_one_turn_of_a_loop_is_told_apart_by_its_index(blocks: Context, tmp_path: Path) -> None:
    outcome = commands.set_parameter(blocks, [at(blocks, "body.1.one")], "stride", "3", "instance")
    text = text_of(blocks, outcome)
    assert "Block(width, stride=3 if index == 1 else 1)" in text
    assert "index == 1" in text
    assert "for index in range(3)" in text
    assert "# two convolutions and a way around them" in text
    assert outcome.label == "stride 1 → 3"


def test_what_cannot_be_said_is_unrolled_and_told(blocks: Context, tmp_path: Path) -> None:
    outcome = commands.set_parameter(blocks, [at(blocks, "tail.norm")], "epsilon", "0.01", "instance")
    assert outcome.said == "unrolled: Block2 from Block"
    picture = edited(outcome, tmp_path)
    changed = [n.path for n in picture.nodes for p in n.params if p.name == "epsilon" and p.value == "0.01"]
    assert changed == ["tail.norm"]
    assert picture.module_by_path["tail"].class_name == "Block2"


def test_an_op_on_a_wire(blocks: Context, tmp_path: Path) -> None:
    one, norm = at(blocks, "tail.one"), at(blocks, "tail.norm")
    outcome = commands.insert_op(blocks, "dropout", one.outputs[0], norm.id, "class")
    assert "y = self.one(x)  # first\n        y = self.dropout(y)\n" in text_of(blocks, outcome)
    picture = edited(outcome, tmp_path)
    assert ops(picture).count("dropout") == 4
    assert ops(picture, "tail")[:3] == ["conv2d", "dropout", "batch_norm"]


def test_an_op_in_one_instance_only(blocks: Context, tmp_path: Path) -> None:
    one, norm = at(blocks, "tail.one"), at(blocks, "tail.norm")
    picture = edited(commands.insert_op(blocks, "elu", one.outputs[0], norm.id, "instance"), tmp_path)
    assert [node.path for node in picture.nodes if node.op == "elu"] == ["tail.elu"]


def test_an_op_between_entries_of_a_container_and_sized_by_its_tensor(blocks: Context, tmp_path: Path) -> None:
    first, second = at(blocks, "stem.0"), at(blocks, "stem.1")
    outcome = commands.insert_op(blocks, "batch_norm", first.outputs[0], second.id, "class")
    assert "nn.Conv2d(3, width, 3),\n            nn.BatchNorm2d(8),\n" in text_of(blocks, outcome)
    assert ops(edited(outcome, tmp_path), "stem") == ["conv2d", "batch_norm", "relu"]


def test_an_op_between_blocks(blocks: Context, tmp_path: Path) -> None:
    last, mean = at(blocks, "tail.relu"), at(blocks, "mean")
    outcome = commands.insert_op(blocks, "softmax", last.outputs[0], mean.id, "class")
    assert "softmax" in ops(edited(outcome, tmp_path))


def test_the_input_of_the_network_is_a_wire_too(blocks: Context, tmp_path: Path) -> None:
    value, first = blocks.picture.inputs[0].id, at(blocks, "stem.0")
    picture = edited(commands.insert_op(blocks, "tanh", value, first.id, "class"), tmp_path)
    assert ops(picture)[0] == "tanh"


def test_deleting_passes_the_tensor_on_and_takes_the_layer_away(blocks: Context, tmp_path: Path) -> None:
    outcome = commands.delete(blocks, [at(blocks, "tail.norm")], [], "class")
    assert "BatchNorm2d" not in text_of(blocks, outcome)
    assert "batch_norm" not in ops(edited(outcome, tmp_path))
    alone = commands.delete(blocks, [at(blocks, "tail.norm")], [], "instance")
    assert ops(edited(alone, tmp_path)).count("batch_norm") == 3


def test_deleting_a_block_and_a_nested_expression(blocks: Context, tmp_path: Path) -> None:
    assert ops(edited(commands.delete(blocks, [], ["tail"], "class"), tmp_path), "tail") == []
    outcome = commands.delete(blocks, [at(blocks, "tail.relu")], [], "class")
    assert "return y\n" in text_of(blocks, outcome)


def test_duplicates_have_weights_of_their_own(blocks: Context, tmp_path: Path) -> None:
    picture = edited(commands.double(blocks, [at(blocks, "tail.two")], [], "class"), tmp_path)
    assert [node.path for node in picture.nodes if node.path.startswith("tail.two")] == ["tail.two", "tail.two_2"]
    entry = edited(commands.double(blocks, [at(blocks, "stem.1")], [], "class"), tmp_path)
    assert ops(entry, "stem") == ["conv2d", "relu", "relu"]
    block = edited(commands.double(blocks, [], ["tail"], "class"), tmp_path)
    assert "tail_2" in block.module_by_path


def test_another_op_in_the_place_of_a_layer_a_function_and_an_entry(blocks: Context, tmp_path: Path) -> None:
    layer = edited(commands.replace_op(blocks, "elu", [at(blocks, "tail.act")], "class"), tmp_path)
    assert at(layer, "tail.act").op == "elu"
    function = edited(commands.replace_op(blocks, "tanh", [at(blocks, "tail.relu")], "instance"), tmp_path)
    assert [n.module for n in function.nodes if n.op == "tanh"] == ["tail"]
    entry = edited(commands.replace_op(blocks, "elu", [at(blocks, "stem.1")], "class"), tmp_path)
    assert ops(entry, "stem") == ["conv2d", "elu"]


def test_names(blocks: Context, tmp_path: Path) -> None:
    picture = edited(commands.rename(blocks, "tail.norm", "scale"), tmp_path)
    assert at(picture, "body.0.scale").op == "batch_norm"
    picture = edited(commands.rename_class(blocks, "tail", "Stage"), tmp_path)
    assert picture.module_by_path["tail"].class_name == "Stage"
    for path, name in (("tail.norm", "act"), ("tail.norm", "a b"), ("", "net"), ("stem.0", "first")):
        with pytest.raises(Refusal):
            commands.rename(blocks, path, name)


def test_refused_edits_say_what_to_do(blocks: Context) -> None:
    with pytest.raises(Refusal, match="choose one from the palette"):
        commands.append_op(blocks, "no_such_op", at(blocks, "tail.norm"), "class")
    with pytest.raises(Refusal, match="choose a layer"):
        commands.append_op(blocks, "concat", at(blocks, "stem.0"), "class")
    with pytest.raises(Refusal, match="edit the source text"):
        commands.delete(blocks, [], ["body.1"], "instance")


def test_loops_in_loops_and_conditions_are_counted(opened: Opened, tmp_path: Path) -> None:
    context = opened(
        """
        import torch
        from torch import nn


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                parts = []
                for width, count in ((4, 1), (4, 2)):
                    for place in range(count):
                        if place < 5:
                            parts.append(nn.Conv2d(width, width, 3, padding=1))
                self.parts = nn.Sequential(*parts)

            def forward(self, x):
                return self.parts(x)


        if __name__ == "__main__":
            Net()(torch.randn(1, 4, 8, 8))
        """
    )
    outcome = commands.set_parameter(context, [at(context, "parts.1")], "stride", "2", "instance")
    picture = edited(outcome, tmp_path)
    changed = [n.path for n in picture.nodes for p in n.params if p.name == "stride" and p.value == "(2, 2)"]
    assert changed == ["parts.1"]


def test_a_keras_program_is_edited_in_its_own_words(opened: Opened, tmp_path: Path) -> None:
    context = opened(
        """
        import keras
        from keras import layers


        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.hidden = layers.Dense(8)
                self.out = layers.Dense(2)

            def call(self, x):
                x = self.hidden(x)
                return self.out(x)
        """,
        "1x4",
    )
    outcome = commands.append_op(context, "dropout", at(context, "hidden"), "class")
    assert "self.dropout = layers.Dropout(" in text_of(context, outcome)


def test_what_a_recurrent_layer_of_keras_gives_goes_on_whole(opened: Opened, tmp_path: Path) -> None:
    context = opened(
        """
        import keras
        from keras import layers


        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.memory = layers.LSTM(8)
                self.out = layers.Dense(2)

            def call(self, x):
                state = self.memory(x)
                return self.out(state)
        """,
        "1x5x4",
    )
    outcome = commands.append_op(context, "dropout", at(context, "memory"), "class")
    picture = edited(outcome, tmp_path)
    paths = {node.path: [giver.path for giver in picture.producers_of(node)] for node in picture.nodes}
    assert paths == {"memory": [], "dropout": ["memory"], "out": ["dropout"]}


def test_an_instance_that_differs_is_changed_again_and_alone(blocks: Context, opened: Opened, tmp_path: Path) -> None:
    first = commands.delete(blocks, [at(blocks, "tail.relu")], [], "instance")
    again = opened(text_of(blocks, first))
    second = commands.set_parameter(again, [at(again, "tail.norm")], "epsilon", "0.01", "instance")
    assert second.said == "unrolled: __init__ of Block2"
    picture = edited(second, tmp_path)
    changed = [n.path for n in picture.nodes for p in n.params if p.name == "epsilon" and p.value == "0.01"]
    assert changed == ["tail.norm"]
    assert ops(picture, "tail") == ["conv2d", "batch_norm", "relu", "conv2d"]
    # And what is common to the others is not common to it.
    others = commands.delete(again, [at(again, "body.0.act")], [], "class")
    assert [n.path for n in edited(others, tmp_path).nodes if n.path.endswith(".act")] == ["tail.act"]


def test_layers_are_made_by_every_constructor_that_is_meant(blocks: Context, opened: Opened, tmp_path: Path) -> None:
    first = commands.set_parameter(blocks, [at(blocks, "tail.norm")], "epsilon", "0.01", "instance")
    again = opened(text_of(blocks, first))
    everywhere = edited(commands.append_op(again, "dropout", at(again, "tail.norm"), "written"), tmp_path)
    assert ops(everywhere).count("dropout") == 4
    alone = edited(commands.append_op(again, "dropout", at(again, "tail.norm"), "instance"), tmp_path)
    assert [node.path for node in alone.nodes if node.op == "dropout"] == ["tail.dropout"]
    gone = edited(commands.delete(again, [at(again, "tail.norm")], [], "written"), tmp_path)
    assert "batch_norm" not in ops(gone)
    twins = edited(commands.double(again, [at(again, "tail.norm")], [], "written"), tmp_path)
    assert ops(twins).count("batch_norm") == 8
    others = edited(commands.replace_op(again, "tanh", [at(again, "tail.act")], "written"), tmp_path)
    assert ops(others).count("tanh") == 4


def test_what_would_need_other_sizes_elsewhere_is_refused_or_finds_them_itself(opened: Opened, tmp_path: Path) -> None:
    context = opened(
        """
        import torch
        from torch import nn


        class Block(nn.Module):
            def __init__(self, inside, outside):
                super().__init__()
                self.conv = nn.Conv2d(inside, outside, 3, padding=1)

            def forward(self, x):
                x = self.conv(x)
                return torch.relu(x)


        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.one = Block(3, 4)
                self.two = Block(4, 8)

            def forward(self, x):
                return self.two(self.one(x))


        if __name__ == "__main__":
            Net()(torch.randn(1, 3, 8, 8))
        """
    )
    node = at(context, "one.conv")
    with pytest.raises(Refusal, match=r"nn.BatchNorm2d\(4\), nn.BatchNorm2d\(8\): choose a narrower scope"):
        commands.append_op(context, "batch_norm", node, "class")
    alone = edited(commands.append_op(context, "batch_norm", node, "instance"), tmp_path)
    assert ops(alone).count("batch_norm") == 1
    both = commands.append_op(context, "dropout", node, "class")
    assert ops(edited(both, tmp_path)).count("dropout") == 2
