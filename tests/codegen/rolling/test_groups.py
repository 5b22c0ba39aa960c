"""Layers that are restated step by step keep their loop; masks go to them where the layers are called."""

from __future__ import annotations

from collections.abc import Callable

import pytest

GRAPH = """
def build():
    ids = keras.Input((6,), dtype="int32")
    x = layers.Embedding(50, 12, mask_zero=True)(ids)
    x = layers.{layer}(8, return_sequences=True)(x)
    return keras.Model(ids, layers.Dense(1)(layers.{layer}(4)(x)))
"""
ROW = """
def build():
    return keras.Sequential([
        keras.Input((6,), dtype="int32"),
        layers.Embedding(50, 12, mask_zero=True),
        layers.{layer}(8, return_sequences=True),
        layers.{layer}(4),
        layers.Dense(1),
    ])
"""


@pytest.mark.parametrize(("source", "layer"), [(GRAPH, "LSTM"), (GRAPH, "GRU"), (GRAPH, "SimpleRNN"), (ROW, "LSTM")])
def test_a_masked_recurrent_layer_is_a_class_with_a_loop(rolled: Callable[..., str], source: str, layer: str) -> None:
    made = rolled(source.format(layer=layer))
    assert made.count(f"class {layer}(nn.Module):") == 1 and made.count("for step in steps:") == 1
    assert "units=8, return_sequences=True)" in made and "units=4)" in made
    assert made.count(", mask=x2)") == 2


def test_a_cell_that_a_layer_is_made_with_stands_in_the_model(rolled: Callable[..., str]) -> None:
    made = rolled(
        """
        def build():
            x = start = keras.Input((2, 8))
            x = layers.RNN(layers.GRUCell(4))(x, mask=keras.ops.any(x != 0, axis=-1))
            return keras.Model(start, x)
        """
    )
    assert "class RNN(nn.Module):" in made and "for step" not in made
