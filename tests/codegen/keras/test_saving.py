"""The paths that codegen.keras.saving computes are the ones that Keras itself writes and loads."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from codegen.keras.saving import SKIPPED, Saveable, dataset_paths, group_paths, library_layer, snake_case
from codegen.weights.keras_file import read_weights_h5, write_weights_h5

pytestmark = pytest.mark.frameworks


@pytest.fixture(scope="module")
def keras() -> object:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    return pytest.importorskip("keras")


def dense(name: str | None = None, key: object = None) -> Saveable:
    return Saveable("Dense", name, variables=("kernel", "bias"), key=key)


def plain(cls: str) -> Saveable:
    return Saveable(cls)


NORM = ("gamma", "beta", "moving_mean", "moving_variance")
CELL = ("kernel", "recurrent_kernel", "bias")


def block_class(keras: object) -> type:
    layers = keras.layers  # type: ignore[attr-defined]

    class MyBlock(layers.Layer):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.drop, self.out = layers.Dense(3), layers.Dropout(0.5), layers.Dense(3)
            self.scale = self.add_weight(shape=(3,), name="scale")
            self.count = self.add_weight(shape=(3,), name="count", trainable=False)
            self.shift = self.add_weight(shape=(3,), name="shift")

        def call(self, x: object) -> object:
            return self.out(self.drop(self.conv(x))) * self.scale + self.shift + self.count

    return MyBlock


def block() -> Saveable:
    attributes = (("conv", dense()), ("drop", plain("Dropout")), ("out", dense()))
    return Saveable("MyBlock", attributes=attributes, variables=("scale", "shift", "count"))


def lists_and_dicts(keras: object) -> tuple[object, Saveable]:
    """Attributes behind and before "layers", lists, dicts, nested containers, private and capital names, sharing."""
    layers, block_type = keras.layers, block_class(keras)  # type: ignore[attr-defined]

    class Net(keras.Model):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.zlast = layers.Dense(3)
            self.late: list[object] = []
            self.blocks = [block_type(), block_type()]
            self.Capital = layers.Dense(3)
            self.conv1 = layers.Dense(3)
            self.shared = self.conv1
            self.alias = self.conv1
            self.d = {"b": layers.Dense(3), "a": [layers.Dense(3), layers.Dense(3)], "n": [1, 2]}
            self._private = layers.Dense(3)
            self.nested = [[layers.Dense(3)], (layers.Dense(3),), 7, layers.Dense(3)]
            self.norm = layers.BatchNormalization()
            self.late.append(layers.Dense(3))
            self.late.append(layers.Dense(3))

        def call(self, x: object) -> object:
            for part in (*self.blocks, self.Capital, self.conv1, self.d["b"], *self.d["a"], self._private):
                x = part(x)
            for part in (self.nested[0][0], self.nested[1][0], self.nested[3], self.norm, *self.late, self.zlast):
                x = part(x)
            return x

    first, late = dense(key="conv1"), (dense(), dense())
    attributes = (
        ("zlast", dense()),
        ("late", late),
        ("blocks", (block(), block())),
        ("Capital", dense()),
        ("conv1", first),
        ("shared", first),
        ("alias", dense(key="conv1")),
        ("d", {"b": dense(), "a": (dense(), dense()), "n": (None, None)}),
        ("_private", dense()),
        ("nested", ((dense(),), (dense(),), None, dense())),
        ("norm", Saveable("BatchNormalization", variables=NORM)),
    )
    rest = [value for name, value in attributes if name not in ("late", "d", "nested", "blocks", "shared", "alias")]
    found = dict(attributes)
    order = (
        rest[0],
        *found["blocks"],
        *rest[1:3],
        found["d"]["b"],
        *found["d"]["a"],
        rest[3],
        found["nested"][0][0],
        found["nested"][1][0],
        found["nested"][3],
        rest[4],
        *late,
    )
    return Net(), Saveable("Net", kind="model", attributes=attributes, tracked=order)


def sequentials(keras: object) -> tuple[object, Saveable]:
    """Nested Sequentials, a subclass of Sequential with attributes of its own, a Sequential as an attribute."""
    layers = keras.layers  # type: ignore[attr-defined]

    class Stack(keras.Sequential):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            self_conv = layers.Dense(3)
            super().__init__([self_conv, layers.ReLU(), layers.Dropout(0.1), layers.Dense(3)])
            self.aconv = self_conv

    inner = keras.Sequential([layers.Dense(3), keras.Sequential([layers.Dense(3)]), Stack(), layers.Dense(3)])  # type: ignore[attr-defined]

    class Net(keras.Model):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.features, self.tail = inner, keras.Sequential([layers.Dense(3)])  # type: ignore[attr-defined]

        def call(self, x: object) -> object:
            return self.tail(self.features(x))

    first = dense()
    stack_layers = (first, plain("ReLU"), plain("Dropout"), dense())
    stack = Saveable("Stack", kind="sequential", attributes=(("layers", stack_layers), ("aconv", first)))
    nested = Saveable("Sequential", kind="sequential", attributes=(("layers", (dense(),)),))
    features = Saveable("Sequential", kind="sequential", attributes=(("layers", (dense(), nested, stack, dense())),))
    tail = Saveable("Sequential", kind="sequential", attributes=(("layers", (dense(),)),))
    return Net(), Saveable("Net", kind="model", attributes=(("features", features), ("tail", tail)))


def library(keras: object) -> tuple[object, Saveable]:
    """Layers whose variables lie in sublayers."""
    layers = keras.layers  # type: ignore[attr-defined]

    class Net(keras.Model):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.a_bi = layers.Bidirectional(layers.LSTM(2, return_sequences=True))
            self.b_gru = layers.GRU(2, return_sequences=True)
            self.c_stack = layers.RNN([layers.LSTMCell(2), layers.GRUCell(2)], return_sequences=True)
            self.d_mha = layers.MultiHeadAttention(2, 3, dropout=0.1)
            self.e_time = layers.TimeDistributed(layers.Dense(3))
            self.f_embed = layers.Embedding(4, 3)
            self.g_sep = layers.SeparableConv1D(3, 1)
            self.h_norm = layers.LayerNormalization()

        def call(self, x: object) -> object:
            x = self.b_gru(self.a_bi(x))
            x = self.c_stack(x)
            x = self.h_norm(self.g_sep(self.e_time(self.d_mha(x, x))))
            return x + self.f_embed(np.zeros((2, 4), "int32"))

    both = tuple(f"{side}_layer/cell/{role}" for side in ("forward", "backward") for role in CELL)
    heads = tuple(f"{part}_dense/{role}" for part in ("query", "key", "value", "output") for role in ("kernel", "bias"))
    cells = (Saveable("LSTMCell", variables=CELL), Saveable("GRUCell", variables=CELL))
    stacked = Saveable("StackedRNNCells", attributes=(("cells", cells),))
    attributes = (
        ("a_bi", library_layer("Bidirectional", both)),
        ("b_gru", library_layer("GRU", tuple(f"cell/{role}" for role in CELL))),
        ("c_stack", Saveable("RNN", attributes=(("cell", stacked),))),
        ("d_mha", library_layer("MultiHeadAttention", heads)),
        ("e_time", library_layer("TimeDistributed", ("layer/kernel", "layer/bias"))),
        ("f_embed", library_layer("Embedding", ("embeddings",))),
        ("g_sep", library_layer("SeparableConv1D", ("depthwise_kernel", "pointwise_kernel", "bias"))),
        ("h_norm", library_layer("LayerNormalization", ("gamma", "beta"))),
    )
    return Net(), Saveable("Net", kind="model", attributes=attributes)


def bare_layer(keras: object) -> tuple[object, Saveable]:
    """A Model whose own variables lie at the root; a Layer has no `layers` of its own."""
    block_type = block_class(keras)

    class Net(keras.Model):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.tail = block_type()
            self.gain = self.add_weight(shape=(3,), name="gain")

        def call(self, x: object) -> object:
            return self.tail(x) * self.gain

    return Net(), Saveable("Net", kind="model", attributes=(("tail", block()),), variables=("gain",))


def graph_with_attributes(keras: object) -> tuple[object, Saveable]:
    """A class that connects inputs with outputs: its layers come first, by their classes, not by its attributes."""
    layers = keras.layers  # type: ignore[attr-defined]

    class Net(keras.Model):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            self.first, self.also = layers.Dense(4), layers.Dense(3)
            self.norm = layers.LayerNormalization()
            start = keras.Input((3,))  # type: ignore[attr-defined]
            super().__init__(inputs=start, outputs=self.norm(self.also(self.first(start))))

    parts = (("first", dense(key=1)), ("also", dense(key=2)), ("norm", Saveable("LayerNormalization", key=3)))
    norm = Saveable("LayerNormalization", variables=("gamma", "beta"), key=3)
    graph = (plain("InputLayer"), dense(key=1), dense(key=2), norm)
    return Net(), Saveable("Net", kind="functional", attributes=parts, tracked=graph)


CASES: dict[str, tuple[Callable[[object], tuple[object, Saveable]], tuple[int, ...]]] = {
    "lists_and_dicts": (lists_and_dicts, (2, 3)),
    "sequentials": (sequentials, (2, 3)),
    "library": (library, (2, 4, 3)),
    "bare_layer": (bare_layer, (2, 3)),
    "graph_with_attributes": (graph_with_attributes, (2, 3)),
}


@pytest.mark.parametrize("case", CASES)
def test_paths_are_those_of_keras(keras: object, tmp_path: Path, case: str) -> None:
    make, shape = CASES[case]
    model, tree = make(keras)
    x = np.linspace(-1, 1, int(np.prod(shape)), dtype="float32").reshape(shape)
    model(x)  # type: ignore[operator]
    kept = tmp_path / "kept.weights.h5"
    model.save_weights(kept)  # type: ignore[attr-defined]
    theirs = read_weights_h5(kept)
    assert sorted(theirs) == sorted(dataset_paths(tree))

    ours = {path: np.full_like(array, 0.25) + number for number, (path, array) in enumerate(theirs.items())}
    written = tmp_path / "ours.weights.h5"
    write_weights_h5(written, ours)
    model.load_weights(written)  # type: ignore[attr-defined]
    again = tmp_path / "again.weights.h5"
    model.save_weights(again)  # type: ignore[attr-defined]
    loaded = read_weights_h5(again)
    assert {path: float(array.flat[0]) for path, array in loaded.items()} == {
        p: float(a.flat[0]) for p, a in ours.items()
    }


def test_a_role_lands_in_the_variable_of_that_name(keras: object) -> None:
    model, tree = library(keras)
    model(np.zeros((2, 4, 3), "float32"))  # type: ignore[operator]
    roles = [role for _, roles in group_paths(tree) for role in roles]
    assert sorted(roles) == sorted(v.name for v in model.weights if "seed" not in v.name)  # type: ignore[attr-defined]
    norm, _ = SimpleNamespace(layer=keras.layers.BatchNormalization()), None  # type: ignore[attr-defined]
    norm.layer.build((2, 3))
    own = [*norm.layer._trainable_variables, *norm.layer._non_trainable_variables]
    assert tuple(v.name for v in own) == NORM


def test_skipped_attributes_are_those_of_this_keras(keras: object) -> None:
    from keras.src.saving.saving_lib import get_attr_skipset

    assert {name for name in get_attr_skipset("Layer") if not name.startswith("__")} == SKIPPED


def test_names_of_classes(keras: object) -> None:
    from keras.src.utils.naming import to_snake_case

    names = ["Conv2D", "ReLU", "GELU", "MyBlock", "BasicBlock_2", "_Private", "MLPBlock", "HTTPServer", "X", "LSTMCell"]
    assert [snake_case(name) for name in names] == [to_snake_case(name) for name in names]
