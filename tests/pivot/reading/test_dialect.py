"""What holds for every framework that is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

STORED = """
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([layers.Dense(4), layers.Dense(4)])
        self.body[1] = layers.Dense(8)

    def call(self, x):
        return self.body(x)
"""


def test_a_store_into_a_model_is_refused_with_its_place(read_keras: Callable[..., Elaborated]) -> None:
    with pytest.raises(Refusal) as refusal:
        read_keras(STORED, "2x4", model="Net()")
    assert refusal.value.problem.why == "storing into Sequential is not read"
    assert refusal.value.problem.line > 0
