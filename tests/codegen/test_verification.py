"""What the workers are told about a conversion: inputs, outputs, matched nodes and how weights travel."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from codegen.convert import Converted
from codegen.static_proof import Proof, prove
from codegen.verification import carrier, count, make_plan, matched_nodes, mixed_sites, prove_conversion
from codegen.verify.plan import VerificationPlan
from pivot.dims import symbol
from pivot.opset import OpSet
from pivot.reading.keras import KerasDialect

SOURCE = """
import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(11, 8)
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.fc = nn.Linear(8, 5)

    def forward(self, x, ids):
        y = torch.relu(self.conv(x))
        z = self.fc(self.table(ids) + y.mean((2, 3)))
        return y, z.softmax(1)
"""


@pytest.fixture(scope="module")
def plan(convert: Callable[..., Converted], opset: OpSet, tmp_path_factory: pytest.TempPathFactory) -> VerificationPlan:
    folder = tmp_path_factory.mktemp("verification")
    (folder / "model.py").write_text(SOURCE, encoding="utf-8")
    converted = convert(folder / "model.py", "2x3x8x8", "ids=2:int64", model="Net()")
    proof = prove(converted, KerasDialect(), opset, folder / "model_keras.py")
    assert proof.why is None
    return make_plan(converted, proof, folder / "model_keras.py", {"a": "1"}, None)


def test_both_sides_are_named_with_what_builds_them(plan: VerificationPlan) -> None:
    assert (Path(plan.source.path).name, plan.source.model, dict(plan.source.bind)) == ("model.py", "Net()", {"a": "1"})
    assert (Path(plan.target.path).name, plan.target.model) == ("model_keras.py", "Net()")
    assert plan.static.equal
    assert plan.static.nodes > 0 and plan.static.why is None


def test_inputs_say_how_they_are_drawn_and_where_axes_stand(plan: VerificationPlan) -> None:
    image, ids = plan.inputs
    assert (image.name, image.shape, image.dtype) == ("x", (2, 3, 8, 8), "float32")
    assert (image.source_axes, image.target_axes) == ("N C H W", "N H W C")
    assert (ids.name, ids.shape, ids.dtype, ids.high) == ("ids", (2,), "int64", 11)
    assert (ids.source_axes, ids.target_axes) == (None, None)
    assert image.symbols[0] == "N" and image.symbols[1] is None


def test_outputs_say_where_axes_stand(plan: VerificationPlan) -> None:
    first, second = plan.outputs
    assert (first.source_axes, first.target_axes) == ("N C H W", "N H W C")
    assert (second.source_axes, second.target_axes) == (None, None)


def test_every_node_with_one_value_on_both_sides_is_compared_once(plan: VerificationPlan) -> None:
    ops = [node.op for node in plan.nodes]
    assert sorted(ops) == sorted(["conv2d", "relu", "mean", "embedding", "add", "linear", "softmax"])
    assert len({node.id for node in plan.nodes}) == len(plan.nodes)
    conv = next(node for node in plan.nodes if node.op == "conv2d")
    assert (conv.path, conv.order) == ("conv", (0, 3, 1, 2))
    assert (conv.source_key.name, conv.target_key.name) == ("conv", "conv")
    lines = SOURCE.split("\n")
    for node in plan.nodes:
        assert node.source is not None and node.target is not None
        assert lines[node.source.line - 1].strip()


def test_texts_carry_a_probe_for_every_site_and_keep_their_lines(plan: VerificationPlan) -> None:
    (source,) = plan.source.texts.values()
    (target,) = plan.target.texts.values()
    assert source.count("\n") == SOURCE.count("\n")
    assert "__pivot_record__" in source and "__pivot_record__" in target
    assert source.count("__pivot_record__") == sum(node.source_key.site for node in plan.nodes)


def test_parameters_are_counted(plan: VerificationPlan) -> None:
    assert plan.parameters == 11 * 8 + 8 * 3 * 9 + 8 + 8 * 5 + 5


def test_the_conversion_itself_is_what_is_proved(
    convert: Callable[..., Converted], opset: OpSet, example_models: dict[str, Path]
) -> None:
    converted = convert(example_models["cifar_cnn"], "1x3x32x32")
    assert prove_conversion(converted, opset, Path("cifar_cnn_keras.py")).equal


def test_sizes() -> None:
    assert count((2, symbol("H", 3), 4)) == 24
    assert count(()) == 1


def test_a_layer_with_an_activation_is_compared_behind_it(
    to_torch: Callable[..., tuple[Converted, Proof]], write_source: Callable[..., Path], tmp_path: Path
) -> None:
    """What Keras' Dense(activation=...) gives is the activation's result: no probe of the layer stands for its sum."""
    text = """
        import keras
        from keras import layers


        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.first = layers.Dense(4, activation="relu")
                self.second = layers.Dense(3)

            def call(self, x):
                return self.second(self.first(x))
    """
    converted, proof = to_torch(write_source(text), "2x5")
    nodes, _, _ = matched_nodes(converted, proof, tmp_path / "model_torch.py")
    probes = {node.op: node.source_key for node in nodes}
    assert probes["linear"].name == "second"
    assert probes["relu"].site
    assert [node.op for node in nodes] == ["relu", "linear"]


def test_the_parameter_that_a_model_has_its_mode_from_is_named(
    to_torch: Callable[..., tuple[Converted, Proof]], write_source: Callable[..., Path], tmp_path: Path
) -> None:
    text = """
        import keras
        from keras import layers


        class Net(keras.Model):
            def __init__(self):
                super().__init__()
                self.drop = layers.Dropout(0.5)

            def call(self, x, is_training=False):
                return self.drop(x, training=is_training)
    """
    converted, proof = to_torch(write_source(text), "2x5")
    made = make_plan(converted, proof, tmp_path / "model_torch.py", {}, None)
    assert made.source.mode == "is_training"


def test_parameters_that_nothing_reads_are_carried_too(
    convert: Callable[..., Converted], opset: OpSet, write_source: Callable[..., Path], tmp_path: Path
) -> None:
    text = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = nn.Parameter(torch.zeros(3))
        self.q = nn.Parameter(torch.ones(3))

    def forward(self, x):
        return x * self.q
"""
    made = convert(write_source(text), "2x3", model="Net()")
    path = tmp_path / "net_keras.py"
    path.write_text(made.text, encoding="utf-8")
    carry = carrier(made, prove(made, KerasDialect(), opset, path))
    state = {"p": np.full(3, 5.0), "q": np.full(3, 7.0)}
    assert {name: array[0] for name, array in carry(state).items()} == {"vars/0": 5.0, "vars/1": 7.0}


def test_a_site_whose_layers_have_paths_in_part_is_told_apart() -> None:
    frame = SimpleNamespace(receiver=None, chain=list)
    here, there = (ast.parse(text, mode="eval").body for text in ("self.pad(x)", "x + 1"))

    def match(site: ast.expr, *paths: str) -> SimpleNamespace:
        module = SimpleNamespace(paths=list(paths), form=None, attrs={}, children={})
        node = SimpleNamespace(site=site, frame=frame, module=module if paths or site is here else None)
        return SimpleNamespace(mode="eval", lowered=SimpleNamespace(node=node), read=SimpleNamespace(node=None))

    assert mixed_sites([match(here, "stem.pad"), match(here), match(there), match(there)]) == {id(here)}
    assert mixed_sites([match(here, "stem.pad"), match(here, "body.pad")]) == set()
    inside = ast.parse("pad(x)", mode="eval").body
    inside.__dict__.update(container_site=there, container_index=1)  # a row of layers that is called there
    assert mixed_sites([match(there), match(inside)]) == {id(there)}
    entered = match(ast.parse("y * 2", mode="eval").body)  # a layer of the program that is called there
    entered.lowered.node.frame = SimpleNamespace(
        receiver=None, chain=lambda: [SimpleNamespace(site=there, function=1, file="")]
    )
    assert mixed_sites([match(there), entered]) == {id(there)}
