"""Every site of the source is linked with what was written for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.convert import Converted
from codegen.links import link_records
from codegen.picture import places_of

Convert = Callable[..., Converted]


def linked(converted: Converted) -> list[tuple[str, str, tuple[str, ...]]]:
    """(text of the source, text of the target, ops) of each link; first lines only."""
    files = {**converted.done.evaluator.files, "out.py": converted.text}
    ops = {node.id: node.op.name if node.op else "?" for node in converted.done.network.nodes}
    found = []
    for link in link_records(converted, "out.py", places_of(converted.done)):
        texts = []
        for side in ("source", "target"):
            span: Any = link[side]
            line = files[span["file"]].split("\n")[span["line"] - 1]
            end = span["end_column"] - 1 if span["end_line"] == span["line"] else None
            texts.append(line[span["column"] - 1 : end])
        ids: Any = link["nodes"]
        found.append((texts[0], texts[1], tuple(sorted({ops[i] for i in ids}))))
    return found


def test_layers_and_their_calls(convert: Convert, example_models: dict[str, Path]) -> None:
    found = linked(convert(example_models["resnet18"], "1x3x64x64", model="resnet18()"))
    assert ("nn.Linear(512 * block.expansion, num_classes)", "keras.layers.Dense(num_classes)", ("linear",)) in found
    assert ("self.bn1(out)", "self.bn1(out)", ("batch_norm",)) in found


def test_what_the_writer_notes_nothing_for_belongs_to_its_statement(
    convert: Convert, example_models: dict[str, Path]
) -> None:
    found = linked(convert(example_models["resnet18"], "1x3x64x64", model="resnet18()"))
    assert ("out += identity", "out += identity", ("add",)) in found
    makers = [target for source, target, _ in found if source == "block(self.inplanes, planes)"]
    assert makers == ["layers.append(block(self.inplanes, planes))"]


@pytest.mark.parametrize("name", ["alexnet", "mobilenet_v2", "resnet18", "unet"])
def test_every_node_is_linked(name: str, convert: Convert, example_models: dict[str, Path]) -> None:
    converted = convert(example_models[name])
    ids: set[str] = set()
    for link in link_records(converted, "out.py", places_of(converted.done)):
        nodes: Any = link["nodes"]
        ids.update(nodes)
    assert {node.id for node in converted.done.network.nodes} <= ids


def test_no_link_names_a_node_twice_or_one_that_is_not_in_the_network(
    convert: Convert, example_models: dict[str, Path]
) -> None:
    converted = convert(example_models["resnet18"], "1x3x64x64", model="resnet18()")
    known = {node.id for node in converted.done.network.nodes}
    pairs = []
    for link in link_records(converted, "out.py", places_of(converted.done)):
        nodes: Any = link["nodes"]
        assert set(nodes) <= known
        pairs.append((str(link["source"]), str(link["target"])))
    assert len(pairs) == len(set(pairs))


GRAPH = """
import keras
from keras import layers

def block(x, width, name):
    y = layers.Conv2D(width, 3, padding="same", name=name + "_conv")(x)
    y = layers.BatchNormalization(name=name + "_bn")(y)
    return layers.Activation("relu")(y)

def build():
    start = keras.Input((32, 32, 3))
    x = block(start, 8, "one")
    x = block(x, 16, "two")
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(start, layers.Dense(4)(x))
"""


def test_a_class_that_stands_for_calls_of_a_helper_is_linked_with_the_nodes_of_all(
    to_torch: Callable[..., Any], tmp_path: Path
) -> None:
    source = tmp_path / "net.py"
    source.write_text(GRAPH)
    converted, _ = to_torch(source)
    found = linked(converted)
    made = [(target, ops) for source, target, ops in found if source.startswith("layers.Conv2D")]
    assert ("nn.Conv2d(in_channels, width, 3, padding=1)", ("conv2d",)) in made
    assert ("self.conv(x)", ("conv2d",)) in made
    records: list[Any] = link_records(converted, "out.py", places_of(converted.done))
    assert {i for link in records for i in link["nodes"]} == {node.id for node in converted.done.network.nodes}
    convolutions = {
        node.id for node in converted.done.network.nodes if node.op is not None and node.op.name == "conv2d"
    }
    assert len(convolutions) == 2
    assert any(set(link["nodes"]) == convolutions for link in records), "one line stands for both blocks"
