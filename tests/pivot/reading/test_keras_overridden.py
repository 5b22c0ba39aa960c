"""Classes that change what the call of their layer computes with are refused, not read as the layer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated

NET = """import keras
from keras import layers, ops

class Mine(layers.{base}):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        {after}

    {method}

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = Mine({given})

    def call(self, x):
        return self.one(x)
"""
SWAP = """def call(self, x):
        self.kernel = ops.round(self.kernel)
        return super().call(x)
"""
BUILD = """def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units))
        self.bias = self.add_weight(shape=(self.units,))
"""
HOOK = """def _hook(self, x):
        return x * 2
"""
ASKED = """def call(self, x):
        return self._twice(super().call(x))

    def _twice(self, x):
        return x * 2
"""
MOMENTS = """def _moments(self, inputs, mask):
        return super()._moments(inputs, mask)
"""


@pytest.mark.parametrize(
    ("base", "given", "after", "method", "why"),
    [
        ("BatchNormalization", "", "self.epsilon = 0.5", "", "epsilon of Mine is changed"),
        ("BatchNormalization", "", "pass", MOMENTS, "a method _moments of its own"),
        ("Dense", "4", "pass", HOOK, "a method _hook of its own"),
        ("Dense", "4", "pass", SWAP, "another kernel"),
        ("Dense", "4", "pass", BUILD, "another kernel"),
    ],
)
def test_what_the_layer_computes_with_is_its_own(
    read_keras: Callable[..., Elaborated],
    refused: Callable[..., Problem],
    base: str,
    given: str,
    after: str,
    method: str,
    why: str,
) -> None:
    text = NET.format(base=base, given=given, after=after, method=method)
    assert why in refused(read_keras, text, "2x3", model="Net()").why


def test_what_a_constructor_sets_itself_is_no_change(read_keras: Callable[..., Elaborated]) -> None:
    text = NET.format(base="Dense", given="4", after="self.units, self.width = 4, 5", method="")
    assert [n.op.name for n in read_keras(text, "2x3", model="Net()").network.nodes if n.op is not None] == ["linear"]


def test_a_method_that_the_class_asks_for_is_its_own(read_keras: Callable[..., Elaborated]) -> None:
    done = read_keras(NET.format(base="Dense", given="4", after="pass", method=ASKED), "2x3", model="Net()")
    assert [n.op.name for n in done.network.nodes if n.op is not None] == ["linear", "mul"]
