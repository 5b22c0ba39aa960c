"""Functions of op files that the written text brings along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from codegen.writing.own_code import definitions
from codegen.writing.writer import Writer
from pivot.opset import OpSet

SOURCE = """
import keras
from keras import layers, ops


class Mixing(layers.Layer):
    def call(self, x):
        return ops.fft2((x, ops.zeros_like(x)))[0]


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one, self.two = Mixing(), Mixing()

    def call(self, x):
        return self.two(self.one(x))
"""


def test_a_fourier_transform_brings_its_function_once(
    to_torch: Callable[..., Any], write_source: Callable[..., Path]
) -> None:
    converted, proof = to_torch(write_source(SOURCE), "2x4x6", model="Net()")
    assert proof.why is None
    assert converted.text.count("def fft2_parts(re, im):") == 1
    assert "return fft2_parts(x, torch.zeros_like(x))[0]" in converted.text


@pytest.mark.frameworks
def test_its_numbers_are_those_of_the_transform(
    to_torch: Callable[..., Any], write_source: Callable[..., Path]
) -> None:
    torch = pytest.importorskip("torch")
    converted, _ = to_torch(write_source(SOURCE), "2x4x6", model="Net()")
    names: dict[str, Any] = {}
    exec(compile(converted.text, "target.py", "exec"), names)
    x = torch.randn(2, 4, 6, dtype=torch.float64)
    once = np.fft.fft2(x.numpy()).real
    np.testing.assert_allclose(names["Net"]()(x).numpy(), np.fft.fft2(once).real, rtol=1e-12, atol=1e-12)


def test_where_no_own_code_is_called_no_ways_to_say_nodes_are_looked_for(opset: OpSet) -> None:
    lowering = SimpleNamespace(opset=opset, framework="keras")  # which has lowered nothing that could be asked
    assert definitions(cast(Writer, SimpleNamespace(lowering=lowering)), {"relu"}, []) == []
