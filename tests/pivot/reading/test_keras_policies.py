"""What layers compute in, and how their weights are kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated


@pytest.mark.parametrize("layer", ["Dense(4, dtype='int8_from_float32')", "EinsumDense('ab,bc->ac', 4, dtype='int4')"])
def test_quantized_weights_are_refused(
    read_keras: Callable[..., Elaborated], refused: Callable[..., Problem], layer: str
) -> None:
    problem = refused(read_keras, f"model = keras.Sequential([layers.{layer}])\n", "2x3", model="model")
    assert "stores its weights rounded" in problem.why


def test_half_precision_and_low_rank_kernels_are_said(read_keras: Callable[..., Elaborated]) -> None:
    text = "model = keras.Sequential([layers.Dense(4, dtype='mixed_float16', lora_rank=2)])\n"
    done = read_keras(text, "2x3", model="model")
    assert {p.code for p in done.network.problems} >= {"precision", "low-rank"}


def test_a_cast_to_what_the_layer_computes_in_is_nothing(read_keras: Callable[..., Elaborated]) -> None:
    text = """
    class Net(layers.Layer):
        def build(self, shape):
            self.fc = layers.Dense(4, dtype=self.dtype_policy)
            self.fc.build(shape)
        def call(self, x):
            return ops.cast(self.fc(x), self.compute_dtype)
    """
    done = read_keras(text, "2x3", model="Net()")
    assert [node.op.name for node in done.network.runs["eval"].nodes if node.op] == ["linear"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("keras.backend.set_floatx('float64')", "set_floatx('float64'): all layers compute in float64"),
        ("keras.mixed_precision.set_global_policy('mixed_float16')", "all layers compute in mixed_float16"),
        ("keras.config.set_dtype_policy(keras.mixed_precision.Policy('bfloat16'))", "all layers compute in bfloat16"),
        ("keras.config.set_floatx('float32')", ""),
        ("keras.config.set_epsilon(1e-7)", ""),
    ],
)
def test_what_a_file_sets_for_all_layers_is_said(
    read_keras: Callable[..., Elaborated], setting: str, said: str
) -> None:
    done = read_keras(f"{setting}\ndef net():\n    return keras.Sequential([layers.Dense(4)])\n", "2x3", model="net()")
    found = [problem for problem in done.network.problems if problem.code == "precision"]
    assert [(p.severity, p.line) for p in found] == ([("warning", 3)] if said else [])
    assert all(said in p.why for p in found)


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("keras.backend.set_epsilon(1e-5)", "set_epsilon(1e-05) is not read"),
        ("keras.config.set_dtype_policy('int8_from_float32')", "store their weights rounded"),
    ],
)
def test_what_changes_the_numbers_of_all_layers_is_refused(
    read_keras: Callable[..., Elaborated], refused: Callable[..., Problem], setting: str, why: str
) -> None:
    text = f"{setting}\nmodel = keras.Sequential([layers.Dense(4)])\n"
    problem = refused(read_keras, text, "2x3", model="model")
    assert problem.line == 3 and why in problem.why


def test_a_number_that_was_cast_has_an_element_type(read_keras: Callable[..., Elaborated]) -> None:
    text = """
    class Net(layers.Layer):
        def call(self, x):
            middle = ops.cast(7 // 2, "int32")
            return ops.cast(ops.floor(x), middle.dtype) + middle
    """
    done = read_keras(text, "2x3", model="Net()")
    assert [node.op.name for node in done.network.runs["eval"].nodes if node.op] == ["floor", "cast", "add"]
