"""The picture says of a network what its source says, with places that hold what they are said to hold."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.picture import picture_of
from pivot.reading.elaborate import Elaborated
from studio.picture import Picture, parse_picture

Read = Callable[..., Elaborated]
Record = dict[str, Any]

RESIDUAL = """
    import torch
    from torch import nn
    import torch.nn.functional as F


    class Block(nn.Module):
        def __init__(self, width, stride=1):
            super().__init__()
            self.conv = nn.Conv2d(width, width, 3, stride=stride, padding=1)
            self.double = nn.Linear(width * 2, width)

        def forward(self, x):
            y = F.relu(self.conv(x))
            return x + y


    class Net(nn.Module):
        def __init__(self, hidden=8):
            super().__init__()
            self.stem = nn.Sequential(nn.Conv2d(3, hidden, 1), nn.ReLU())
            self.blocks = nn.ModuleList([Block(hidden), Block(hidden), Block(hidden)])
            self.gain = nn.Parameter(torch.ones(hidden, 1, 1))
            self.drop = nn.Dropout(0.25)

        def forward(self, x):
            x = self.stem(x)
            for block in self.blocks:
                x = block(x)
            return self.drop(x * self.gain)
"""


@pytest.fixture(scope="module")
def net(read: Read, tmp_path_factory: pytest.TempPathFactory) -> Record:
    import textwrap

    path = tmp_path_factory.mktemp("net") / "net.py"
    path.write_text(textwrap.dedent(RESIDUAL))
    return picture_of(read(path, "2x3x8x8", model="Net(hidden=4)"))


def nodes(picture: Record, op: str) -> list[Record]:
    return [node for node in picture["nodes"] if node["op"] == op]


def param(node: Record, name: str) -> Record:
    return next(found for found in node["params"] if found["name"] == name)


def text_at(picture: Record, span: Record) -> str:
    lines = picture["source"]["files"][span["file"]].split("\n")
    assert span["line"] == span["end_line"]
    return lines[span["line"] - 1][span["column"] - 1 : span["end_column"] - 1]


def module(picture: Record, path: str) -> Record:
    return next(found for found in picture["modules"] if found["path"] == path)


@pytest.mark.parametrize("name", ["alexnet", "gru_tagger", "resnet18", "spectral_mixer", "unet"])
def test_the_window_can_read_the_pictures_of_the_examples(
    name: str, read: Read, example_models: dict[str, Path]
) -> None:
    record = picture_of(read(example_models[name]))
    picture: Picture = parse_picture(json.loads(json.dumps(record)))
    known = set(picture.values)
    assert {v for node in picture.nodes for v in (*node.inputs, *node.outputs)} <= known
    assert {terminal.id for terminal in (*picture.inputs, *picture.outputs)} <= known
    assert {node.module for node in picture.nodes} <= set(picture.module_by_path)


def test_every_span_holds_what_it_is_said_to_hold(net: Record) -> None:
    for node in net["nodes"]:
        assert text_at(net, node["site"]) == node["text"]
        for found in node["params"]:
            if found["span"] is not None:
                assert text_at(net, found["span"]) == found["text"]


def test_a_number_is_placed_where_it_was_written_first(net: Record) -> None:
    conv = next(node for node in nodes(net, "conv2d") if node["instance"] == "blocks.0.conv")
    kernel, stride = param(conv, "kernel"), param(conv, "stride")
    assert (kernel["value"], kernel["text"]) == ("(3, 3)", "3")
    line = net["source"]["files"][stride["span"]["file"]].split("\n")[stride["span"]["line"] - 1]
    assert "def __init__(self, width, stride=1)" in line


def test_what_was_computed_or_said_outside_the_file_has_no_place(net: Record, read: Read, write_source: Any) -> None:
    stem = next(node for node in nodes(net, "conv2d") if node["instance"] == "stem.0")
    assert param(stem, "filters")["value"] == "4"  # --model "Net(hidden=4)"
    assert param(stem, "filters")["span"] is None
    assert module(net, "")["made_at"] is None
    source = write_source("""
        from torch import nn

        class Net(nn.Module):
            def __init__(self, width=8):
                super().__init__()
                self.fc = nn.Linear(width, 10 - 2)

            def forward(self, x):
                return self.fc(x)
    """)
    linear = nodes(picture_of(read(source, "2x8")), "linear")[0]
    assert param(linear, "units")["value"] == "8"
    assert param(linear, "units")["span"] is None


def test_columns_count_characters_not_bytes(read: Read, write_source: Any) -> None:
    source = write_source("""
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.ä = nn.Sequential(nn.Linear(4, 2)); self.öö = nn.Linear(2, 3)

            def forward(self, x):
                return self.öö(self.ä(x))
    """)
    picture = picture_of(read(source, "2x4"))
    last = next(node for node in nodes(picture, "linear") if node["instance"] == "öö")
    assert text_at(picture, param(last, "units")["span"]) == "3"
    assert text_at(picture, last["site"]) == "self.öö(self.ä(x))"


def test_nodes_stand_in_the_module_whose_code_calls_them_or_in_their_sequential(net: Record) -> None:
    homes = {node["instance"] or node["op"]: node["module"] for node in net["nodes"]}
    assert homes["stem.0"] == "stem"
    assert homes["blocks.1.conv"] == "blocks.1"
    assert homes["mul"] == ""


def test_sizes_are_numbers_or_text(net: Record) -> None:
    assert net["inputs"][0]["shape"] == ["N", 3, "H", "W"]
    assert net["values"][nodes(net, "conv2d")[0]["outputs"][0]]["shape"] == ["N", 4, "H", "W"]


def test_modules_count_trainable_numbers_below_them(net: Record) -> None:
    conv, linear = 4 * 4 * 9 + 4, 8 * 4 + 4
    assert module(net, "blocks.0")["parameters"] == conv + linear
    assert module(net, "blocks")["parameters"] == 3 * (conv + linear)
    assert module(net, "")["parameters"] == 3 * (conv + linear) + (3 * 4 + 4) + 4


def test_batch_norm_counts_without_its_statistics(read: Read, write_source: Any) -> None:
    source = write_source("""
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.bn = nn.BatchNorm2d(5)

            def forward(self, x):
                return self.bn(x)
    """)
    assert module(picture_of(read(source, "2x5x4x4")), "bn")["parameters"] == 10


def test_equal_structures_have_equal_keys_whatever_the_numbers(read: Read, example_models: dict[str, Path]) -> None:
    picture = picture_of(read(example_models["resnet18"]))
    assert module(picture, "layer1.0")["structure"] == module(picture, "layer1.1")["structure"]
    assert module(picture, "layer1.0")["structure"] == module(picture, "layer4.1")["structure"]  # other widths
    assert module(picture, "layer2.0")["structure"] != module(picture, "layer2.1")["structure"]  # downsample
    assert module(picture, "layer1.0.relu")["structure"] != module(picture, "layer1.0.conv1")["structure"]


def test_kinds_and_parents(net: Record) -> None:
    assert module(net, "")["kind"] == "user"
    assert module(net, "")["parent"] is None
    assert (module(net, "stem")["kind"], module(net, "stem")["parent"]) == ("container", "")
    assert (module(net, "blocks.2.conv")["kind"], module(net, "blocks.2.conv")["parent"]) == ("layer", "blocks.2")
    definition = module(net, "blocks.2")["definition"]
    assert text_at(net, definition) == "class Block(nn.Module):"


def test_parameters_of_the_program_are_weights_of_the_node_that_reads_them(net: Record) -> None:
    gain = nodes(net, "mul")[0]
    assert [weight["path"] for weight in gain["weights"]] == ["gain"]
    assert len(gain["inputs"]) == 1


def test_both_modes_are_told(net: Record, read: Read, write_source: Any) -> None:
    assert {tuple(node["modes"]) for node in net["nodes"]} == {("eval", "train")}
    source = write_source("""
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 4)

            def forward(self, x):
                x = self.fc(x)
                if self.training:
                    x = x + 1
                return x
    """)
    picture = picture_of(read(source, "2x4"))
    assert nodes(picture, "add")[0]["modes"] == ["train"]


def test_unmapped_nodes_say_what_why_and_what_it_may_be(read: Read, write_source: Any) -> None:
    source = write_source("""
        import torch
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(4, 4)

            def forward(self, x):
                return torch.special.my_softplus(self.fc(x))
    """)
    picture = picture_of(read(source, "2x4"))
    lost = [node for node in picture["nodes"] if node["unmapped"]]
    assert [node["label"] for node in lost] == ["my_softplus"]
    assert lost[0]["unmapped"]["text"] == "torch.special.my_softplus(self.fc(x))"
    assert "not known" in lost[0]["unmapped"]["why"]
    assert lost[0]["unmapped"]["suggestions"] == ["softplus"]
    assert [problem["line"] for problem in picture["problems"]] == [10]


def test_what_the_target_cannot_say_is_unmapped_too(read: Read, example_models: dict[str, Path]) -> None:
    done = read(example_models["cifar_cnn"])
    first = done.network.nodes[0]
    picture = picture_of(done, {first.id: "keras has no form"})
    assert [node["id"] for node in picture["nodes"] if node["unmapped"]] == [first.id]
    assert first.op is not None
    assert first.op.name not in picture["nodes"][0]["unmapped"]["suggestions"]


def test_time_is_linear_in_the_nodes(read: Read, write_source: Any) -> None:
    source = write_source("""
        from torch import nn

        class Net(nn.Module):
            def __init__(self, depth=10):
                super().__init__()
                self.net = nn.Sequential(*[nn.Linear(4, 4) for _ in range(depth)])

            def forward(self, x):
                return self.net(x)
    """)

    def seconds(depth: int) -> float:
        done = read(source, "2x4", model=f"Net({depth})")
        times = []
        for _ in range(3):
            start = time.perf_counter()
            picture_of(done)
            times.append(time.perf_counter() - start)
        return min(times)

    small, large = seconds(100), seconds(800)
    assert large < 30 * small + 0.02  # linear is 8 times, quadratic 64
