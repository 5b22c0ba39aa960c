"""Layers that are restated step by step keep their loop; masks go to them where the layers are called."""

from __future__ import annotations

from collections.abc import Callable

import pytest

GRAPH = """
def build():
    ids = keras.Input((6,), dtype="int32")
    x = layers.Embedding(50, 12, mask_zero=True)(ids)
    x = layers.LSTM(8, return_sequences=True)(x)
    return keras.Model(ids, layers.Dense(1)(layers.LSTM(4)(x)))
"""
ROW = """
def build():
    return keras.Sequential([
        keras.Input((6,), dtype="int32"),
        layers.Embedding(50, 12, mask_zero=True),
        layers.LSTM(8, return_sequences=True),
        layers.LSTM(4),
        layers.Dense(1),
    ])
"""


@pytest.mark.parametrize("source", [GRAPH, ROW])
def test_a_masked_recurrent_layer_is_a_class_with_a_loop(rolled: Callable[..., str], source: str) -> None:
    made = rolled(source)
    assert made.count("class LSTM(nn.Module):") == 1 and made.count("for step in steps:") == 1
    assert "units=8, return_sequences=True)" in made and "units=4)" in made
    assert "self.lstm1(x, mask=x2)" in made and ", mask=x2)" in made.partition("self.lstm2(")[2]
