"""Weights find their layer in the target's file, with axes transposed and flattened rows put into storage order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from codegen.conversion import filled_problems
from codegen.convert import Converted
from codegen.keras.stored import dataset_table
from codegen.orders import Block
from codegen.static_proof import Proof, prove
from codegen.weights.mapping import (
    LayerMap,
    carry_layer,
    carry_weights,
    fillings,
    own_parameters,
    reorder,
    weight_maps,
    with_plain_names,
)
from pivot.opset import OpSet
from pivot.problems import Refusal
from pivot.reading.keras import KerasDialect

Arrays = dict[str, np.ndarray]
Carried = tuple[Converted, Proof, Arrays, Mapping[str, np.ndarray]]

SOURCE = """
import torch
import torch.nn as nn

class Part(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.bn = nn.BatchNorm2d(8)

    def forward(self, x):
        return self.bn(self.conv(x))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(8))
        self.part = Part()
        self.depth = nn.Conv2d(8, 16, 3, groups=8)
        self.up = nn.ConvTranspose2d(16, 4, 2, stride=2)
        self.body = nn.Sequential(nn.Linear(4 * 4 * 6, 7), nn.ReLU(), nn.Linear(7, 5))
        self.lstm = nn.LSTM(8, 6, batch_first=True)

    def forward(self, x):
        y = self.part(x)
        z = torch.relu(self.up(self.depth(y)))
        t, _ = self.lstm(y.flatten(2).transpose(1, 2) * self.scale)
        return self.body(z.flatten(1)), t
"""


@pytest.fixture(scope="module")
def carried(convert: Callable[..., Converted], opset: OpSet, tmp_path_factory: pytest.TempPathFactory) -> Carried:
    """The conversion, its proof, random weights, and what becomes of them."""
    path = tmp_path_factory.mktemp("mapping") / "model.py"
    path.write_text(SOURCE, encoding="utf-8")
    converted = convert(path, "2x3x8x10", model="Net()")
    proof = prove(converted, KerasDialect(), opset, path.with_name("model_keras.py"))
    assert proof.why is None
    state = checkpoint()
    return converted, proof, state, carry_weights(converted, state, proof)


def checkpoint() -> Arrays:
    """The state_dict of Net as PyTorch names and shapes it."""
    draw = np.random.default_rng(3)
    shapes: dict[str, tuple[int, ...]] = {
        "scale": (8,),
        "part.conv.weight": (8, 3, 3, 3),
        "part.conv.bias": (8,),
        **{f"part.bn.{name}": (8,) for name in ("weight", "bias", "running_mean", "running_var")},
        "depth.weight": (16, 1, 3, 3),
        "depth.bias": (16,),
        "up.weight": (16, 4, 2, 2),
        "up.bias": (4,),
        "body.0.weight": (7, 96),
        "body.0.bias": (7,),
        "body.2.weight": (5, 7),
        "body.2.bias": (5,),
        "lstm.weight_ih_l0": (24, 8),
        "lstm.weight_hh_l0": (24, 6),
        "lstm.bias_ih_l0": (24,),
        "lstm.bias_hh_l0": (24,),
    }
    return {name: draw.standard_normal(shape) for name, shape in shapes.items()}


def the(written: Mapping[str, np.ndarray], part: str, *shape: int) -> np.ndarray:
    """The one array of a shape under a path that holds `part`."""
    (found,) = [a for name, a in written.items() if f"{part}/" in name and a.shape == shape]
    return found


def test_every_number_arrives_once(carried: Carried) -> None:
    _, _, state, written = carried
    assert len(set(written)) == len(written)
    assert all("vars/" in name for name in written)
    lost = state["lstm.bias_ih_l0"].size  # two biases become their sum
    assert sum(a.size for a in written.values()) == sum(a.size for a in state.values()) - lost


def test_axes_are_transposed_by_their_letters(
    carried: Carried,
) -> None:
    _, _, state, written = carried
    kernel = the(written, "part", 3, 3, 3, 8)
    np.testing.assert_array_equal(kernel, state["part.conv.weight"].transpose(2, 3, 1, 0))
    transposed = the(written, "conv2d_transpose", 2, 2, 4, 16)
    np.testing.assert_array_equal(transposed, state["up.weight"].transpose(2, 3, 1, 0))
    last = the(written, "body", 7, 5)
    np.testing.assert_array_equal(last, state["body.2.weight"].T)


def test_a_kernel_of_groups_keeps_their_order(
    carried: Carried,
) -> None:
    _, _, state, written = carried
    kernel = the(written, "depth", 3, 3, 1, 16)
    np.testing.assert_array_equal(kernel, state["depth.weight"].transpose(2, 3, 1, 0))


def test_rows_behind_a_flatten_follow_storage(
    carried: Carried,
) -> None:
    _, _, state, written = carried
    kernel = the(written, "body", 96, 7)
    source = state["body.0.weight"]  # columns count channels, rows, columns of the image
    wanted = source.reshape(7, 4, 4, 6).transpose(2, 3, 1, 0).reshape(96, 7)
    np.testing.assert_array_equal(kernel, wanted)


def test_gates_are_put_in_the_targets_order_and_biases_added(
    carried: Carried,
) -> None:
    _, _, state, written = carried
    np.testing.assert_array_equal(the(written, "lstm", 8, 24), state["lstm.weight_ih_l0"].T)  # i f g o on both sides
    np.testing.assert_array_equal(the(written, "lstm", 24), state["lstm.bias_ih_l0"] + state["lstm.bias_hh_l0"])


def test_a_parameter_of_the_modules_own_is_taken_as_it_is(
    carried: Carried,
) -> None:
    converted, proof, state, written = carried
    ((names, dataset),) = own_parameters(converted, proof)
    assert names == ("scale",)
    np.testing.assert_array_equal(written[dataset], state["scale"])


def test_maps_name_both_forms_and_what_is_absorbed(
    carried: Carried,
) -> None:
    converted, proof, _, _ = carried
    maps = {layer.path: layer for layer in weight_maps(converted, proof)}
    assert set(maps) == {"part.conv", "part.bn", "depth", "up", "body.0", "body.2", "lstm"}
    assert maps["body.0"].absorbed == {"kernel": (("I", Block(1, (4, 4, 6), (1, 2, 0))),)}
    assert maps["body.2"].absorbed == {}
    assert (maps["part.conv"].source.name, maps["part.conv"].target.name) == ("torch.nn.Conv2d", "keras.layers.Conv2D")


@pytest.mark.parametrize("name", ["part.conv.weight", "body.0.bias", "scale"])
def test_a_weight_that_is_missing_is_named(carried: Carried, name: str) -> None:
    converted, proof, state, _ = carried
    with pytest.raises(Refusal, match=name.replace(".", r"\.")):
        carry_weights(converted, {key: a for key, a in state.items() if key != name}, proof)


def test_a_flattened_axis_of_another_size_is_refused(
    carried: Carried,
) -> None:
    converted, proof, state, _ = carried
    with pytest.raises(Refusal, match="do not fit"):
        carry_weights(converted, {**state, "body.0.weight": np.zeros((7, 95))}, proof)


def test_rows_are_reordered_by_the_factors_of_their_axis() -> None:
    weight = np.arange(12).reshape(12, 1)
    made = reorder(weight, "I O", "I", Block(1, (3, 2, 2), (1, 2, 0)))
    assert made[:, 0].tolist() == weight.reshape(3, 2, 2).transpose(1, 2, 0).ravel().tolist()
    same = reorder(weight, "I O", "I", Block(1, (3, 4), (0, 1)))
    assert same.tolist() == weight.tolist()


def test_the_proof_is_needed(carried: Carried, tmp_path: Path) -> None:
    converted, _, state, _ = carried
    with pytest.raises(ValueError, match="proof"):
        carry_weights(converted, state)


DERIVED = """
import torch
import torch.nn as nn

class Scaled(nn.Linear):
    def __init__(self, n):
        super().__init__(n, n)
        self.factor = nn.Parameter(torch.ones(n))

    def forward(self, x):
        return super().forward(x) * self.factor

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleList([Scaled(4), Scaled(4)])

    def forward(self, x):
        for part in self.parts:
            x = part(x)
        return x
"""


def test_a_derived_layer_with_a_weight_of_its_own_saves_both(
    convert: Callable[..., Converted], opset: OpSet, tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text(DERIVED, encoding="utf-8")
    converted = convert(path, "2x4", model="Net()")
    proof = prove(converted, KerasDialect(), opset, path.with_name("model_keras.py"))
    assert proof.target is not None
    tables = [sorted(table.items()) for table in dataset_table(proof.target.network.root).values()]
    assert sorted(tables) == sorted(
        entry
        for at in ("layers/scaled", "layers/scaled_1")
        for entry in (
            [("bias", f"{at}/layers/dense/vars/1"), ("kernel", f"{at}/layers/dense/vars/0")],
            [("factor", f"{at}/vars/0")],
        )
    )


REPLACED = """
import torch.nn as nn

class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 2)

    def forward(self, x):
        return self.b(self.a(x))

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.part = Inner()
        self.out = nn.Linear(4, 3)
        self.part = nn.Sequential(*list(self.part.children())[:-1])

    def forward(self, x):
        return self.out(self.part(x))
"""


def test_weights_of_a_layer_that_was_replaced_lie_where_a_model_still_lists_it(
    convert: Callable[..., Converted], opset: OpSet, tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text(REPLACED, encoding="utf-8")
    converted = convert(path, "2x4", model="Net()")
    proof = prove(converted, KerasDialect(), opset, path.with_name("model_keras.py"))
    assert proof.target is not None
    tables = [table["kernel"] for table in dataset_table(proof.target.network.root).values()]
    assert sorted(tables) == ["layers/dense/vars/0", "layers/inner/a/vars/0"]


LINEAR = {"weight": (4, 4), "bias": (4,)}
FILLED = """
import torch
from torch import nn

class Scale(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))
        self.register_buffer("started", torch.tensor(0, dtype=torch.uint8))

    def forward(self, x):
        return x * self.gain

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList()
        for _ in range(2):
            self.blocks.append(nn.Sequential(Scale(4), nn.Linear(4, 4)))

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x
"""


def test_weights_of_layers_in_a_list_that_is_filled_later_are_carried(
    convert: Callable[..., Converted], opset: OpSet, tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text(FILLED, encoding="utf-8")
    converted = convert(path, "2x4", model="Net()")
    proof = prove(converted, KerasDialect(), opset, path.with_name("model_keras.py"))
    assert [names for names, _ in own_parameters(converted, proof)] == [("blocks.0.0.gain",), ("blocks.1.0.gain",)]
    arrays: Arrays = {f"blocks.{i}.1.{name}": np.ones(shape) for i in (0, 1) for name, shape in LINEAR.items()}
    arrays |= {f"blocks.{i}.0.gain": np.ones(4) for i in (0, 1)}
    arrays |= {f"blocks.{i}.0.started": np.uint8(7 + i) for i in (0, 1)}  # which nobody reads
    assert sorted(int(a) for a in carry_weights(converted, arrays, proof).values() if a.shape == ()) == [7, 8]


UNREAD = """
import torch
import torch.nn as nn

class Up(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.spare = nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return x + 1

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(Up(3), nn.Linear(4, 4), Up(3))

    def forward(self, x):
        return self.body(x)
"""


def test_weights_that_nobody_reads_are_found_in_a_row_too(
    convert: Callable[..., Converted], opset: OpSet, tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text(UNREAD, encoding="utf-8")
    converted = convert(path, "2x4", model="Net()")
    proof = prove(converted, KerasDialect(), opset, path.with_name("model_keras.py"))
    arrays: Arrays = {f"body.1.{name}": np.ones(shape) for name, shape in LINEAR.items()}
    arrays |= {f"body.{i}.spare": np.full(3, i) for i in (0, 2)}
    carried = carry_weights(converted, arrays, proof)
    assert [carried[f"body/layers/{name}/vars/0"][0] for name in ("up", "up_1")] == [0, 2]


UNSCALED = """
import keras
from keras import layers

inputs = keras.Input((8, 8, 3))
x = layers.Conv2D(4, 3, use_bias=False)(inputs)
x = layers.{norm}(scale=False)(x)
model = keras.Model(inputs, layers.ReLU()(x))
"""


@pytest.mark.parametrize("norm", ["BatchNormalization", "LayerNormalization"])
def test_a_scale_that_the_source_lacks_is_filled_with_ones_and_told(
    to_torch: Callable[..., tuple[Converted, Proof]], tmp_path: Path, norm: str
) -> None:
    path = tmp_path / "model.py"
    path.write_text(UNSCALED.format(norm=norm), encoding="utf-8")
    converted, proof = to_torch(path, model="model")
    assert proof.why is None
    made = fillings(proof)
    assert [(name.rpartition(".")[2], array.tolist()) for name, array in made.items()] == [("weight", [1.0] * 4)]
    (told,) = filled_problems(converted)
    assert (told.severity, told.line) == ("warning", 7)
    assert "requires_grad_(False)" in told.remedy


def test_parts_are_found_by_the_names_of_either_era() -> None:
    old, own = np.zeros(2), np.ones(2)
    found = with_plain_names({"att/_query_dense/vars/0": old, "net/_own/vars/0": own, "net/own/vars/0": old})
    assert found["att/query_dense/vars/0"] is old
    assert found["net/_own/vars/0"] is own
    assert found["net/own/vars/0"] is old


def test_weights_that_the_source_never_saves_are_refused(opset: OpSet) -> None:
    source = opset.find("keras", "call", "keras.layers.Embedding")[0]
    target = opset.find("torch", "call", "torch.nn.Embedding")[0]
    layer = LayerMap("places", source, target, {}, {}, ("table",), {}, {})
    with pytest.raises(Refusal) as caught:
        carry_layer(layer, {})
    assert "saves no weights of places" in caught.value.problem.why


LISTED = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.scales = nn.ParameterList([])
        for factor in (2, 3):
            self.scales.append(nn.ParameterList([nn.Parameter(torch.ones(4) * factor / 5)]))
        self.last = nn.Parameter(torch.ones(4))

    def forward(self, x):
        x = self.first(x)
        for (scale,) in self.scales:
            x = x * scale
        return x * self.last
"""


def test_variables_that_only_a_list_holds_are_saved_with_those_of_their_layer(
    convert: Callable[..., Converted], tmp_path: Path, opset: OpSet
) -> None:
    path = tmp_path / "listed.py"
    path.write_text(LISTED, encoding="utf-8")
    converted = convert(path, "2x4", model="Net()")
    proof = prove(converted, KerasDialect(), opset, path.with_name("model_keras.py"))
    assert "keras.Variable(" in converted.text
    assert own_parameters(converted, proof) == [
        (("scales.0.0",), "vars/0"),
        (("scales.1.0",), "vars/1"),
        (("last",), "vars/2"),
    ]


OUTSIDE = """
import keras
from keras import layers, ops

inputs = keras.Input((6,), dtype="int32")
words = layers.Embedding(9, 4)(inputs)
places = layers.Embedding(6, 4)(ops.arange(6))
model = keras.Model(inputs, layers.Dense(3)(words + places))
"""


def test_a_layer_whose_weights_are_not_saved_is_named_with_its_place(
    to_torch: Callable[..., tuple[Converted, Proof]], tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text(OUTSIDE, encoding="utf-8")
    converted, proof = to_torch(path, "2x6:int32<9", model="model")
    assert proof.why is None
    names = {"layers/embedding/vars/0": np.ones((9, 4)), "layers/dense/vars/0": np.ones((4, 3))}
    with pytest.raises(Refusal, match=r"model.py:7:10: the source saves no weights of .*mbedding"):
        carry_weights(converted, {**names, "layers/dense/vars/1": np.ones(3)}, proof)


VARIABLES = """
import keras
import tensorflow as tf
from keras import layers


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.token = tf.Variable({start})
        rates = [rate for rate in tf.linspace(0.0, 0.2, 3)]
        self.drops = [layers.Dropout(rate) if rate else layers.Identity() for rate in rates]
        self.head = layers.Dense(2)

    def call(self, x):
        x = x + self.token
        for drop in self.drops:
            x = drop(x)
        return self.head(x)
"""


@pytest.mark.parametrize(("start", "number"), [("tf.ones((1, 3))", 1.0), ("tf.random.normal((1, 3))", None)])
def test_a_variable_that_is_not_saved_is_what_it_starts_from(
    tmp_path: Path, to_torch: Callable[..., Any], start: str, number: float | None
) -> None:
    path = tmp_path / "model.py"
    path.write_text(VARIABLES.replace("{start}", start), encoding="utf-8")
    converted, proof = to_torch(path, "2x3", model="Net()")
    assert proof.equal, proof.why
    given = {"head/vars/0": np.zeros((3, 2), "float32"), "head/vars/1": np.zeros(2, "float32")}
    if number is None:
        with pytest.raises(Refusal, match="has no weight"):
            carry_weights(converted, given, proof)
        return
    assert np.array_equal(carry_weights(converted, given, proof)["token"], np.full((1, 3), number))
    assert any("it has the values that it starts from" in p.why for p in converted.written.problems)
    with pytest.raises(Refusal, match="has no weight"):  # it may be the variable
        carry_weights(converted, {**given, "other": np.zeros((1, 3), "float32")}, proof)
