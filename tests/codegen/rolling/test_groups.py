"""Parts of a network that are classes: restated layers with a loop, models of nodes in a class of the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.restating import elaborate_for
from pivot.opset import OpSet
from pivot.reading.elaborate import Request
from pivot.reading.keras import KerasDialect

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


FILMS = """
def build():
    films = layers.Input((None, 8, 8, 1))
    x = layers.ConvLSTM2D(4, (3, 3), padding="same", return_sequences=True, activation="relu")(films)
    x = layers.BatchNormalization()(x)
    x = layers.ConvLSTM2D(2, 3, padding="same")(x)
    return keras.Model(films, x)
"""


def test_a_restated_layer_that_goes_through_a_sequence_stays_a_class(rolled: Callable[..., str]) -> None:
    text = rolled(FILMS)
    assert "for step in steps:" in text
    assert "torch.stack(outputs, dim=1)" in text
    assert "self.batch_norm(x.permute(0, 2, 1, 3, 4)).permute(0, 2, 1, 3, 4)" in text
    assert text.count("permute(") == 4  # two of them turn the kernels


AROUND = """
import keras
from keras import layers

images = keras.Input((8, 8, 1))
x = layers.Conv2D(4, 3, activation="relu")(images)
code = layers.Dense(2)(layers.Flatten()(x))
encoder = keras.Model(images, code)
codes = keras.Input((2,))
decoder = keras.Model(codes, layers.Dense(64, activation="sigmoid")(codes))


class Coder(keras.Model):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def train_step(self, data):
        return {}

    def call(self, data):
        return self.decoder(self.encoder(data))


coder = Coder(encoder, decoder)
"""


def test_a_class_around_models_of_nodes_is_written_with_a_class_for_each(
    to_torch: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text(AROUND, encoding="utf-8")
    converted, proof = to_torch(path, "2x8x8x1", model="coder")
    assert proof.why is None
    assert converted.entry == "Coder()"
    text = converted.text
    assert "self.encoder = Encoder()\n        self.decoder = Decoder()\n" in text
    assert "return self.decoder(self.encoder(x))" in text


def test_the_input_of_the_model_that_takes_it_is_known(tmp_path: Path, opset: OpSet) -> None:
    path = tmp_path / "model.py"
    path.write_text(AROUND, encoding="utf-8")
    done = elaborate_for(Request(path, "coder"), KerasDialect(), "torch", opset)
    (found,) = done.network.inputs
    assert found.value.type.shape[1:] == (8, 8, 1)


def test_both_copies_of_a_layer_are_told_the_size_of_their_input(rolled: Callable[..., str]) -> None:
    made = rolled(
        """
        def build():
            ids = keras.Input((6,), dtype="int32")
            x = layers.Embedding(50, 12, mask_zero=True)(ids)
            x = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)
            return keras.Model(ids, layers.LSTM(3)(x))
        """
    )
    assert made.count("LSTM(input_size=12, units=4, return_sequences=True)") == 2
    assert "LSTM(input_size=8, units=3)" in made
