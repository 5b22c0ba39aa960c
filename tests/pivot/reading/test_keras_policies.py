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
