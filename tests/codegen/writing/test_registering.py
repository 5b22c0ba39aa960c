"""Lists of layers are modules, what is changed in place is not, and dropout made at a call knows the mode."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pivot.problems import Refusal

SOURCE = """
import keras
from keras import layers


class Net(keras.Model):
    def __init__(self, depth=3, rate=0.1):
        super().__init__()
        self.rate = rate
        self.first = layers.Dense(8)
        self.hidden = [layers.Dense(8, activation="relu") for _ in range(depth)]
        self.heads = {"a": layers.Dense(2), "b": layers.Dense(3)}

    def call(self, x):
        x = self.first(x)
        kept = x
        for layer in self.hidden:
            x += layers.Dropout(self.rate)(layer(x))
        return self.heads["a"](x), self.heads["b"](kept)
"""


def test_layers_in_lists_and_dicts_are_registered(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(SOURCE, encoding="utf-8")
    converted, proof = to_torch(path, "2x4")
    assert proof.why is None
    text = " ".join(converted.text.split())
    assert "self.hidden = nn.ModuleList([nn.Linear(8, 8) for _ in range(depth)])" in text
    assert 'self.heads = nn.ModuleDict({"a": nn.Linear(8, 2), "b": nn.Linear(8, 3)})' in text
    assert "x = x + F.dropout(F.relu(layer(x)), self.rate, self.training)" in text


def test_layers_in_lists_of_lists_are_refused(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(
        SOURCE.replace('[layers.Dense(8, activation="relu") for _ in range(depth)]', "[[layers.Dense(8)]]").replace(
            "layers.Dropout(self.rate)(layer(x))", "layer[0](x)"
        ),
        encoding="utf-8",
    )
    with pytest.raises(Refusal, match="would not find them"):
        to_torch(path, "2x4")


ONE_NAME = """
import keras
from keras import layers


class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.parts = keras.Sequential([layers.Dense(8), layers.ReLU()])

    def call(self, x):
        return self.parts(x)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.parts = []
        for _ in range(2):
            self.parts.append(Block())

    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x
"""


def test_an_attribute_holds_layers_in_one_class_and_is_a_row_of_them_in_another(
    to_torch: Callable[..., Any], tmp_path: Path
) -> None:
    path = tmp_path / "model.py"
    path.write_text(ONE_NAME, encoding="utf-8")
    converted, proof = to_torch(path, "2x8")
    assert proof.why is None
    assert "self.parts = nn.Sequential(nn.Linear(8, 8), nn.ReLU())" in converted.text
    assert "self.parts = nn.ModuleList()" in converted.text
