"""The verifier itself is tested by mutation: every planted bug is caught, equal pairs pass."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inside import run_inside
from programs import TARGET, carry, make_plan, node

from codegen import verification
from codegen.verify import verify as module
from codegen.verify.judge import passes_of
from codegen.verify.plan import InputSpec, OutputSpec, SourceFacts, StaticResult
from codegen.verify.verify import verify

pytestmark = pytest.mark.frameworks
pytest.importorskip("torch")
pytest.importorskip("keras")

Carrier = Callable[[Mapping[str, np.ndarray]], dict[str, np.ndarray]]


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "run_worker", run_inside)


TEXT_BUGS: dict[str, tuple[str, str]] = {
    "batch norm epsilon, a little": ("momentum=0.9, epsilon=1e-5", "momentum=0.9, epsilon=1.001e-5"),
    "batch norm epsilon of Keras": ("momentum=0.9, epsilon=1e-5", "momentum=0.9"),
    "batch norm always training": (
        "self.norm(self.conv(x), training=training)",
        "self.norm(self.conv(x), training=True)",
    ),
    "batch norm never training": (
        "self.norm(self.conv(x), training=training)",
        "self.norm(self.conv(x), training=False)",
    ),
    "running statistics of Keras": ("momentum=0.9, ", ""),
    "dropout at another rate": ("layers.Dropout(0.5)", "layers.Dropout(0.4)"),
    "layer norm epsilon 1e-6": ("LayerNormalization(epsilon=1e-5)", "LayerNormalization(epsilon=1e-6)"),
    "layer norm epsilon of Keras": ("LayerNormalization(epsilon=1e-5)", "LayerNormalization()"),
    "relu left out": ("return ops.relu(", "return ("),
    "relu6": ("ops.relu(", "ops.relu6("),
    "leaky relu": ("ops.relu(", "ops.leaky_relu("),
    "silu": ("ops.relu(", "ops.silu("),
    "residual left out": (", training=training) + x)", ", training=training))"),
    "residual behind relu": (", training=training) + x)", ", training=training)) + x"),
    "residual twice": (", training=training) + x)", ", training=training) + 2 * x)"),
    "padding before": ("self.conv(x)", "self.conv(ops.roll(x, 1, axis=1))"),
    "a dropped last row": ("x = self.stem(x)", "x = self.stem(x)[:, :-1]"),
    "mean over other axes": ("ops.mean(x, axis=(1, 2))", "ops.mean(x[:, 1:], axis=(1, 2))"),
    "max for mean": ("ops.mean(x, axis=(1, 2))", "ops.max(x, axis=(1, 2))"),
    "sum for mean": ("ops.mean(x, axis=(1, 2))", "ops.sum(x, axis=(1, 2))"),
    "argmin": ("ops.argmax", "ops.argmin"),
    "argmax over the batch": ("ops.argmax(x, axis=1)", "ops.argmax(x, axis=0)"),
    "index as float": ("ops.argmax(x, axis=1)", 'ops.cast(ops.argmax(x, axis=1), "float64")'),
    "softmax added": ("self.head(self.norm(x))", "ops.softmax(self.head(self.norm(x)))"),
    "norm left out": ("self.head(self.norm(x))", "self.head(x + 0 * self.norm(x))"),
    "rounded to float32": (
        "self.head(self.norm(x))",
        'ops.cast(ops.cast(self.head(self.norm(x)), "float32"), "float64")',
    ),
    "outputs swapped": (
        "return self.head(self.norm(x)), ops.argmax(x, axis=1)",
        "return ops.argmax(x, axis=1), self.head(self.norm(x))",
    ),
    "one output missing": (", ops.argmax(x, axis=1)", ""),
    "one output more": ("ops.argmax(x, axis=1)", "ops.argmax(x, axis=1), x"),
    "blocks in the other order": ("for block in self.blocks:", "for block in self.blocks[::-1]:"),
    "one block twice": ("for block in self.blocks:", "for block in (self.blocks[0], self.blocks[1], self.blocks[1]):"),
    "dropout always": (
        "self.drop(ops.mean(x, axis=(1, 2)), training=training)",
        "ops.mean(x, axis=(1, 2)) * np.array([1, 0, 2, 1])",
    ),
    "batch of two": ("x = self.stem(x)", "x = self.stem(ops.reshape(x, (2, 6, 7, 3)))"),
    "fixed height": ("x = self.stem(x)", "x = self.stem(ops.reshape(x, (-1, 6, 7, 3)))"),
    "gradient stopped": ("x = self.stem(x)", "x = ops.stop_gradient(self.stem(x))"),
    "gradient of the input stopped": ("x = self.stem(x)", "x = self.stem(ops.stop_gradient(x))"),
    "does not run": ("x = self.stem(x)", "x = self.stem(x.nothing)"),
}


def swapped(first: str, second: str) -> Carrier:
    def wrong(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        found = carry(state)
        found[first], found[second] = found[second], found[first]
        return found

    return wrong


def changed(path: str, change: Callable[[np.ndarray], np.ndarray]) -> Carrier:
    def wrong(state: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        found = carry(state)
        return found | {path: change(found[path])}

    return wrong


def one_ulp(array: np.ndarray) -> np.ndarray:
    array = array.copy()
    array.flat[3] = np.nextafter(array.flat[3], np.array(np.inf, array.dtype))
    return array


WEIGHT_BUGS: dict[str, Carrier] = {
    "running mean and variance swapped": swapped("blocks/block/norm/vars/2", "blocks/block/norm/vars/3"),
    "scale and shift swapped": swapped("blocks/block/norm/vars/0", "blocks/block/norm/vars/1"),
    "kernels of two blocks swapped": swapped("blocks/block/conv/vars/0", "blocks/block_1/conv/vars/0"),
    "height and width turned": changed("blocks/block/conv/vars/0", lambda a: a.transpose(1, 0, 2, 3)),
    "kernel flipped": changed("blocks/block/conv/vars/0", lambda a: a[::-1, ::-1]),
    "in and out channels turned": changed("blocks/block/conv/vars/0", lambda a: a.transpose(0, 1, 3, 2)),
    "bias dropped": changed("head/vars/1", np.zeros_like),
    "one weight off by one float32 step": changed("blocks/block_1/conv/vars/0", one_ulp),
    "wrong shape": changed("head/vars/0", lambda a: a.T),
}


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("bug", [*TEXT_BUGS, *WEIGHT_BUGS])
def test_a_planted_bug_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bug: str) -> None:
    monkeypatch.setattr(module, "passes_of", lambda plan: [p for p in passes_of(plan) if p.dtype == "float64"])
    old, new = TEXT_BUGS.get(bug, ("", ""))
    assert old in TARGET
    target = "import numpy as np\n" + (TARGET.replace(old, new) if old else TARGET)
    plan = make_plan(tmp_path, target=target, carrier=WEIGHT_BUGS.get(bug, carry), draws=2)
    report = verify(plan, tmp_path / "out")
    assert not report.equal
    assert report.why
    assert json.loads((tmp_path / "out" / "report.json").read_text())["equal"] is False


@pytest.mark.usefixtures("inside")
def test_an_equal_pair_passes_and_all_is_told(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    report = verify(make_plan(tmp_path), tmp_path, lambda *event: seen.append(event))
    assert report.why is None
    assert report.equal
    record = json.loads((tmp_path / "report.json").read_text())
    assert record["build"] == {"ok": True, "inputs": [[None, None, None, 3]], "why": None}
    numbers = record["numbers"]
    assert [node["id"] for node in numbers["float64"]["nodes"]] == ["n1", "n02", "n03", "n12", "n13", "n4", "n5"]
    assert 0 < numbers["float64"]["worst"] <= 1e-12 < numbers["float32"]["worst"]
    assert [one["batch"] for one in numbers["passes"]] == [2, 3, 2, 2, 2, 4, 2]
    assert numbers["batches"] == {"first": 2, "second": 3, "why": None}
    assert report.lines()[1] == "  batches of 2 and 3"
    assert numbers["gradients"]["parameters"] == 12
    assert (numbers["training"]["equal"], numbers["training"]["statistics"]) == (True, 4)
    assert len(numbers["training"]["differences"]) == 1
    assert record["parameters"] == 449
    assert set(record["versions"]) == {"torch", "keras", "numpy", "tensorflow"}


@pytest.mark.usefixtures("inside")
def test_the_first_differing_node_is_named(tmp_path: Path) -> None:
    plan = make_plan(tmp_path, carrier=WEIGHT_BUGS["scale and shift swapped"], draws=1)
    report = verify(plan, tmp_path)
    first = report.first_difference
    assert first is not None
    assert (getattr(first, "path", None), getattr(first, "op", None)) == ("blocks.0.norm", "batch_norm")
    assert report.why is not None
    assert report.why.startswith("blocks.0.norm differs: relative error")


@pytest.mark.usefixtures("inside")
def test_a_source_that_does_not_run_is_no_fault_of_the_target(tmp_path: Path) -> None:
    plan = make_plan(tmp_path)
    missing = replace(plan, source=replace(plan.source, model="Nothing()"))
    assert (
        verify(missing, tmp_path).why == "the source does not run: Nothing is not defined at the top level of the file"
    )
    broken = replace(plan, source=replace(plan.source, model="Net(hidden='x')"))
    assert str(verify(broken, tmp_path).why).startswith("the source does not run: TypeError")
    wide = replace(plan, inputs=(replace(plan.inputs[0], shape=(2, 4, 6, 7)),))
    assert "expected input" in str(verify(wide, tmp_path).why)


@pytest.mark.usefixtures("inside")
def test_what_is_right_for_the_batch_at_hand_alone_is_named_where_it_begins(tmp_path: Path) -> None:
    target = TARGET.replace("self.conv(x)", "self.conv(x * (2.0 / ops.shape(x)[0]))")
    report = verify(make_plan(tmp_path, target=target, draws=2, modes=("eval",), gradients=False), tmp_path)
    assert report.passes[0].error is not None
    assert report.passes[0].error <= 1e-12
    assert not report.equal
    assert report.why is not None
    assert report.why.startswith("for a batch of 3 blocks.0.conv differs: relative error")
    assert "batches of 2 and 3" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("asked", "second", "line"),
    [
        ("len(x) == 2", None, "second batch: the source takes only 2"),
        ("len(x) % 2 == 0", 4, "batches of 2 and 4"),
    ],
)
def test_a_pass_that_the_source_refuses_does_not_count(
    tmp_path: Path, asked: str, second: int | None, line: str
) -> None:
    source = make_plan(tmp_path).source.texts
    text = next(iter(source.values())).replace("x = self.drop", f"assert {asked}, 'no'\n        x = self.drop")
    text = text.replace('__pivot_record__("stem", self.stem(x))', "self.stem(x)")
    report = verify(make_plan(tmp_path, source=text, modes=("eval",), gradients=False), tmp_path)
    assert report.equal
    why = report.passes[1].why
    assert why is not None
    assert why.startswith("the source refuses these inputs: AssertionError: no (")
    assert report.batches is not None
    assert (report.batches.first, report.batches.second, report.batches.line()) == (2, second, line)
    written = (tmp_path / "test_net_equivalence.py").read_text(encoding="utf-8")
    assert 'parametrize("more", [0])' in written


@pytest.mark.usefixtures("inside")
def test_a_static_difference_is_never_equal(tmp_path: Path) -> None:
    report = verify(make_plan(tmp_path, static=StaticResult(False, 12, "relu is missing"), draws=1), tmp_path)
    assert (report.equal, report.why) == (False, "the written text reads back as another network")


@pytest.mark.usefixtures("inside")
def test_given_weights_are_used(tmp_path: Path) -> None:
    import torch

    state = {}
    for name, shape in {"weight": (2, 3), "bias": (2,)}.items():
        state[name] = torch.full(shape, 0.5).numpy()
    target = "import keras\ndef make():\n    return keras.Sequential([keras.layers.Dense(2)])\n"
    plan = make_plan(
        tmp_path,
        source="import torch\ndef make():\n    return torch.nn.Linear(3, 2)\n",
        target=target,
        inputs=(InputSpec("x", (2, 3), "float32", ("N", None)),),
        outputs=(OutputSpec("y"),),
        carrier=lambda s: {"layers/dense/vars/0": s["weight"].T, "layers/dense/vars/1": s["bias"]},
        nodes=(),
        weights=state,
    )
    plan = replace(plan, target=replace(plan.target, model="make()"))
    plan = replace(plan, source=SourceFacts(plan.source.path, plan.source.root, None, "make()"))
    report = verify(plan, tmp_path)
    assert report.equal
    with np.load(tmp_path / "equivalence" / "state.npz") as file:
        np.testing.assert_array_equal(file["=weight"], state["weight"])
    lacking = verify(replace(plan, weights={"weight": state["weight"]}), tmp_path)
    assert 'Missing key(s) in state_dict: "bias"' in str(lacking.why)


@pytest.mark.slow
def test_in_processes_of_their_own_and_again_as_a_pytest_file(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    report = verify(make_plan(tmp_path, draws=2), tmp_path, lambda *event: seen.append(event))
    assert report.equal
    assert seen[:2] == [("verify source", 0, 0), ("verify source", 1, 6)]
    assert seen[-1] == ("verify target-tensorflow", 6, 6)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "✓ Equal" in page
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_net_equivalence.py"]
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)
    assert again.returncode == 0, again.stdout
    assert "2 passed" in again.stdout
    generated = tmp_path / "net_keras.py"
    generated.write_text(
        generated.read_text(encoding="utf-8").replace("momentum=0.9, epsilon=1e-5", "epsilon=1.001e-5")
    )
    broken = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, check=False)
    assert "2 failed" in broken.stdout


@pytest.mark.slow
def test_a_constant_of_the_framework_is_told_from_a_bug(tmp_path: Path) -> None:
    source = """
        import torch
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.act = torch.nn.LeakyReLU(0.01)
            def forward(self, x):
                return self.act(x)
    """
    target = """
        import keras
        class Net(keras.Model):
            def __init__(self, slope=0.01):
                super().__init__()
                self.act = keras.layers.LeakyReLU(negative_slope=slope)
            def call(self, x):
                return self.act(x)
    """
    plan = make_plan(
        tmp_path,
        source=source,
        target=target,
        inputs=(InputSpec("x", (2, 5), "float32", ("N", None)),),
        outputs=(OutputSpec("y"),),
        carrier=lambda state: {},
        nodes=(node("n1", "leaky_relu", "act", "act", None),),
        modes=("eval",),
        draws=1,
    )
    plan = replace(plan, source=SourceFacts(plan.source.path, plan.source.root, None, "Net()"))
    report = verify(plan, tmp_path)
    assert report.why is None
    assert report.constants == ("leaky_relu (net.py:20): TensorFlow's leaky_relu keeps its slope in float32",)


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(("scale", "error"), [("1e-6", 1e-12), ("2e-6", 1e-7)])
def test_float64_stands_for_float32_that_the_program_names(tmp_path: Path, scale: str, error: float) -> None:
    """Else a square root in float32 would hide an epsilon that is another one."""
    source = """
        import torch
        class Net(torch.nn.Module):
            def forward(self, x):
                return x * torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True, dtype=torch.float32) + 1e-6)
    """
    target = f"""
        import keras
        from keras import ops
        class Net(keras.Model):
            def call(self, x):
                square = ops.cast(x, "float32") ** 2
                return ops.multiply(x, ops.rsqrt(ops.mean(square, axis=-1, keepdims=True) + {scale}))
    """
    plan = make_plan(
        tmp_path,
        source=source,
        target=target,
        inputs=(InputSpec("x", (2, 5), "float32", ("N", None)),),
        outputs=(OutputSpec("y"),),
        carrier=lambda state: {},
        nodes=(),
        modes=("eval",),
        draws=1,
    )
    plan = replace(plan, source=SourceFacts(plan.source.path, plan.source.root, None, "Net()"))
    report = verify(plan, tmp_path)
    assert report.raised
    assert (report.float64.worst <= 1e-12) == (error == 1e-12)
    assert "stands for float32" in report.sentence() or not report.equal


KERAS = """
import keras
import tensorflow as tf
from keras import layers, ops


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(4, 3, padding="same")
        self.bn = layers.BatchNormalization()
        self.drop = layers.Dropout(0.25)
        self.flat = layers.Flatten()
        self.fc = layers.Dense(3)

    @tf.function
    def call(self, x, training=None):
        x = ops.relu(self.bn(self.conv(x), training=training))
        return self.fc(self.flat(self.drop(x, training=training)))
"""


@pytest.mark.parametrize(
    ("bug", "caught"),
    [(("", ""), ""), (("momentum=0.01", "momentum=0.1"), "running statistics"), (("eps=0.001", "eps=0.00101"), "bn")],
)
def test_the_way_back_is_verified_too(
    tmp_path: Path, to_torch: Callable[..., Any], inside: None, bug: tuple[str, str], caught: str
) -> None:
    path, target = tmp_path / "model.py", tmp_path / "model_torch.py"
    path.write_text(KERAS, encoding="utf-8")
    converted, proof = to_torch(path, "2x6x7x3")
    assert proof.equal
    assert bug[0] in converted.text
    target.write_text(converted.text.replace(*bug), encoding="utf-8")
    plan = verification.make_plan(converted, proof, target, {}, None)
    plan = replace(plan, draws=1, target=replace(plan.target, texts={}))
    report = verify(plan, tmp_path)
    assert report.equal is not bool(caught), report.why
    if caught:
        assert caught in (report.why or "")
    else:
        assert report.training is not None
        assert report.training.statistics == 2
        written = (tmp_path / "test_model_equivalence.py").read_text(encoding="utf-8")
        assert "source.weights.h5" in written and "target.npz" in written
        assert {p.name for p in (tmp_path / "equivalence").iterdir()} == {"source.weights.h5", "target.npz"}


DRAWN = """
import keras
import tensorflow as tf
from keras import layers


class Sampling(layers.Layer):
    def call(self, inputs):
        mean, spread = inputs
        return mean + tf.exp(0.5 * spread) * tf.random.normal(shape=tf.shape(mean))


x = keras.Input((5,))
model = keras.Model(x, Sampling()([layers.Dense(3)(x), layers.Dense(3)(x)]))
"""


@pytest.mark.parametrize("named", ["{}", "tf.cast({}, tf.float32)"])
def test_numbers_that_a_program_draws_while_it_is_built_have_the_type_of_the_run(
    tmp_path: Path, to_torch: Callable[..., Any], inside: None, named: str
) -> None:
    path, target = tmp_path / "model.py", tmp_path / "model_torch.py"
    drawn = "tf.random.normal(shape=tf.shape(mean))"
    path.write_text(DRAWN.replace(drawn, named.format(drawn)), encoding="utf-8")
    converted, proof = to_torch(path, "2x5")
    target.write_text(converted.text, encoding="utf-8")
    plan = verification.make_plan(converted, proof, target, {}, None)
    report = verify(replace(plan, draws=1, modes=("eval",)), tmp_path)
    assert report.equal, report.why
    assert report.raised == ("float32" in named)


SLOPED = """
import keras
from keras import layers


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv = layers.Conv2D(4, 3, padding="same")
        self.act = layers.LeakyReLU(negative_slope=0.3)
        self.fc = layers.Dense(3)

    def call(self, x):
        return self.fc(self.act(self.conv(x)))
"""


@pytest.mark.slow
@pytest.mark.parametrize(("slope", "equal"), [("0.3", True), ("0.30000001", False)])
def test_a_constant_of_the_source_s_framework_is_told_from_a_bug(
    tmp_path: Path, to_torch: Callable[..., Any], slope: str, equal: bool
) -> None:
    """TensorFlow rounds the slope to float32; a slope that is off by as little is a bug on Keras' other backend too."""
    path, target = tmp_path / "model.py", tmp_path / "model_torch.py"
    path.write_text(SLOPED, encoding="utf-8")
    converted, proof = to_torch(path, "2x6x7x3")
    assert "LeakyReLU(0.3)" in converted.text
    target.write_text(converted.text.replace("LeakyReLU(0.3)", f"LeakyReLU({slope})"), encoding="utf-8")
    plan = verification.make_plan(converted, proof, target, {}, None)
    plan = replace(plan, draws=1, target=replace(plan.target, texts={}))
    report = verify(plan, tmp_path)
    assert report.equal is equal, report.why
    assert [one.partition(" ")[0] for one in report.constants] == (["leaky_relu"] if equal else [])
