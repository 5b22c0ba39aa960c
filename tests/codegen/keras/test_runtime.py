"""Inside the Keras worker: how objects are found, counted and built."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from codegen.verify import worker
from codegen.verify.workers import RUNTIMES

pytestmark = pytest.mark.frameworks
keras = pytest.importorskip("keras")


@pytest.fixture(scope="module")
def runtime() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pivot_runtime_keras_alone", RUNTIMES["keras"])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Inner(keras.layers.Layer):  # type: ignore[misc, name-defined]
    def __init__(self, shared: Any) -> None:
        super().__init__()
        self.conv, self.shared = keras.layers.Dense(2), shared
        self.branches = {"left": keras.layers.Dense(2), "right": [keras.layers.Dense(2)]}


class Net(keras.Model):  # type: ignore[misc, name-defined]
    def __init__(self) -> None:
        super().__init__()
        self._private = keras.layers.Dense(2)
        self.blocks = [Inner(self._private), Inner(self._private)]
        self.body = keras.Sequential([keras.layers.Dense(2), keras.Sequential([keras.layers.ReLU()])])
        self.rnn = keras.layers.Bidirectional(keras.layers.LSTM(1))

    def call(self, x: Any) -> Any:
        return self.body(self._private(self._private(x)))


def test_every_path_of_every_layer(runtime: ModuleType) -> None:
    model = Net()
    found = runtime.object_paths(model)
    names = ["conv", "shared", "branches['left']", "branches['right'][0]"]
    wanted = {"", "_private", "blocks[0]", "blocks[1]", "body", "body.layers[0]", "body.layers[1]"}
    wanted |= {f"blocks[{n}].{name}" for n in (0, 1) for name in names} | {"body.layers[1].layers[0]", "rnn"}
    wanted |= {f"rnn.{side}_layer{end}" for side in ("forward", "backward") for end in ("", ".cell")}
    assert set(found) == wanted
    assert found["blocks[1].shared"] is found["_private"]


def test_h5_paths_of_variables_are_those_of_the_file(runtime: ModuleType, tmp_path: Path) -> None:
    from codegen.weights.keras_file import read_weights_h5

    model = Net()
    model(np.ones((1, 2), "f4"))
    model.save_weights(tmp_path / "w.weights.h5")
    variables = runtime.variable_paths(model)
    arrays = read_weights_h5(tmp_path / "w.weights.h5")
    assert set(variables) == set(arrays)
    for path, array in arrays.items():
        np.testing.assert_array_equal(np.asarray(variables[path].numpy()), array)


def test_calls_are_counted_and_building_is_not(runtime: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.layers.Layer, "__call__", keras.layers.Layer.__call__)
    shell = worker.Shell({"record_limit": 10**6, "runs": []}, io.StringIO())
    runtime.record_layers(shell)
    model = Net()
    monkeypatch.setattr(runtime, "_watched", {id(model._private): ["_private", "blocks[0].shared"]})
    shell.recorder.start(True)
    model(keras.Input((2,)))
    assert shell.recorder.kept == {}
    model(np.ones((1, 2), "f4"))
    assert set(shell.recorder.kept) == {f"{name}#{n}.0" for name in ("_private", "blocks[0].shared") for n in (0, 1)}


def test_the_symbolic_build_tells_why_it_fails(runtime: ModuleType) -> None:
    shell = worker.Shell({"record_limit": 0, "runs": []}, io.StringIO())
    names = {"make": lambda: keras.layers.Dense(3), "bad": lambda: keras.layers.Reshape((7,))}
    job = {
        "model": "make()",
        "build": [[None, None, 2]],
        "inputs": [{"name": "x", "dtype": "float32"}],
        "args": [0],
        "kwargs": {},
    }
    assert runtime.build(job, names, shell) == {
        "ok": True,
        "inputs": [[None, None, 2]],
        "outputs": [[None, None, 3]],
        "why": None,
    }
    failed = runtime.build(job | {"model": "bad()", "build": [[None, 2]]}, names, shell)
    assert failed["ok"] is False
    assert "\n" not in failed["why"]


class Losing(keras.Model):
    """What it gives may be nothing: a loss without targets."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = keras.layers.Dense(3)

    def call(self, x, targets=None):
        assert keras.ops.shape(x)[1] <= 4
        return self.dense(x), None


def test_a_model_that_gives_none_beside_a_tensor_builds(runtime: ModuleType) -> None:
    shell = worker.Shell({"record_limit": 0, "runs": []}, io.StringIO())
    job = {"model": "make()", "inputs": [{"name": "x", "dtype": "float32"}], "args": [0], "kwargs": {}}
    job |= {"build": [[None, None, 2]], "sized": [[None, 4, 2]]}
    found = runtime.build(job, {"make": Losing}, shell)
    assert found == {"ok": True, "inputs": [[None, 4, 2]], "outputs": [], "why": None}


class Fixing(keras.Model):
    """Its weight is as long as what it is called with: no size of that is free."""

    def call(self, x):
        return keras.ops.reshape(x, (-1, 8)) * x.shape[1] ** -0.5


def test_a_model_whose_sizes_are_fixed_by_its_weights_builds_with_numbers(runtime: ModuleType) -> None:
    shell = worker.Shell({"record_limit": 0, "runs": []}, io.StringIO())
    job = {"model": "make()", "inputs": [{"name": "x", "dtype": "float32"}], "args": [0], "kwargs": {}}
    job |= {"build": [[None, None, 2]], "sized": [[None, 4, 2]]}
    found = runtime.build(job, {"make": Fixing}, shell)
    assert found == {"ok": True, "inputs": [[None, 4, 2]], "outputs": [[None, 8]], "why": None}
    refused = runtime.build(job | {"sized": []}, {"make": Fixing}, shell)
    assert not refused["ok"] and "NoneType" in refused["why"] and len(refused["why"]) <= 400


def test_several_inputs_of_a_functional_model(runtime: ModuleType) -> None:
    a, b = keras.Input((2,)), keras.Input((2,))
    model = keras.Model([a, b], keras.layers.Add()([a, b]))
    found = runtime.apply(model, [np.ones((1, 2), "f4")] * 2, {"args": [0, 1], "kwargs": {}}, False)
    assert np.asarray(found).tolist() == [[2.0, 2.0]]


def test_inputs_at_one_place_are_a_tuple(runtime: ModuleType) -> None:
    class Net(keras.Model):  # type: ignore[misc, name-defined]
        def call(self, x: object, state: object) -> object:
            assert isinstance(state, tuple)
            return x + state[0] * state[1]  # type: ignore[operator]

    inputs = [keras.ops.convert_to_tensor([[float(n)]]) for n in (1, 2, 3)]
    for job in ({"args": [0, [1, 2]], "kwargs": {}}, {"args": [0], "kwargs": {"state": [1, 2]}}):
        assert np.asarray(runtime.apply(Net(), inputs, job, False)).tolist() == [[7.0]]


def test_only_the_steps_of_keras_own_recurrent_layers_run_as_one_graph(
    runtime: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []

    class OwnCell(keras.layers.LSTMCell):  # type: ignore[misc, name-defined]
        def call(self, inputs: object, states: object, training: bool = False) -> object:
            counted.append("own")
            return super().call(inputs, states, training=training)

    for kind in (keras.layers.RNN, keras.layers.LSTM, keras.layers.GRU):
        monkeypatch.setattr(kind, "inner_loop", vars(kind)["inner_loop"])  # put back at the end
    x = keras.ops.convert_to_tensor(np.random.default_rng(0).normal(size=(2, 40, 3)).astype("float32"))
    layers = [keras.layers.LSTM(4), keras.layers.GRU(4, return_sequences=True), keras.layers.SimpleRNN(4)]
    own = keras.layers.RNN(OwnCell(4))
    eager = [np.asarray(layer(x)) for layer in [*layers, own]]
    runtime.compile_loops()
    steps = keras.layers.SimpleRNNCell.call

    def step(*args: object, **kwargs: object) -> object:
        counted.append("library")
        return steps(*args, **kwargs)

    monkeypatch.setattr(keras.layers.SimpleRNNCell, "call", step)
    counted.clear()
    again = [np.asarray(layer(x)) for layer in [*layers, own]]
    assert all(np.allclose(a, b, atol=1e-6) for a, b in zip(eager, again, strict=True))
    assert counted.count("own") >= 40  # and one before the loop, for the shape of its result
    assert 0 < counted.count("library") < 10


def test_images_that_keras_would_download_are_zeros_of_their_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mnist", "fashion_mnist", "cifar10", "cifar100"):
        for place in ("keras.src.datasets", "keras.datasets"):
            module = importlib.import_module(f"{place}.{name}")
            monkeypatch.setattr(module, "load_data", module.load_data)
    worker.stand_in_data()
    datasets = importlib.import_module("keras.datasets")
    (images, labels), (more, _) = datasets.cifar10.load_data()
    assert (images.shape, labels.shape, more.shape) == ((50_000, 32, 32, 3), (50_000, 1), (10_000, 32, 32, 3))
    (digits, _), _ = datasets.mnist.load_data(path="mnist.npz")
    assert digits.shape == (60_000, 28, 28)


def test_numbers_that_tensorflow_draws_have_a_stand_in_of_the_type_of_the_run(runtime: ModuleType) -> None:
    tf = pytest.importorskip("tensorflow")
    drawing, before = tf.random.normal, keras.config.floatx()
    keras.config.set_floatx("float64")
    try:
        with runtime.stand_ins({"dropout": 1.0}):
            drawn = [tf.random.normal((2,), 1.0, 4.0, seed=1), tf.random.uniform([2], maxval=4.0, dtype=tf.float32)]
    finally:
        keras.config.set_floatx(before)
    assert [np.array(numbers).tolist() for numbers in drawn] == [[3.0, 3.0], [1.0, 1.0]]
    assert {numbers.dtype.name for numbers in drawn} == {"float64"} and tf.random.normal is drawing
