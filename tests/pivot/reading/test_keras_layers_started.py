"""A layer whose class sets initializers in `build` is the library's layer; anything more is a class of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from pivot.opset import load_opset
from pivot.problems import Refusal
from pivot.reading.elaborate import Request, elaborate
from pivot.reading.inputs import parse_spec
from pivot.reading.keras import KerasDialect
from pivot.reading.keras_layers_started import UNREAD
from pivot.reading.trace import Visit

SOURCE = """
import keras
from keras import layers


def uniform(fan_in):
    return keras.initializers.RandomUniform(-(fan_in**-0.5), fan_in**-0.5)


class Dense(layers.Dense):
    def build(self, input_shape):
        self.kernel_initializer = uniform(input_shape[-1])
        super().build(input_shape)


class Net(keras.Model):
    def __init__(self, width=8):
        super().__init__()
        self.first = Dense(width)
        self.row = keras.Sequential([Dense(4), layers.ReLU()])

    def call(self, x):
        return self.row(self.first(x))
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "model.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_layer_of_the_library_is_read(tmp_path: Path) -> None:
    assert layers_read(write(tmp_path, SOURCE)) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        super().build(input_shape)\n", "        self.units = 3\n        super().build(input_shape)\n"),
        ("        super().build(input_shape)\n", "        super().build(input_shape)\n        self.more = 1\n"),
        ("class Dense(layers.Dense)", "class Dense(layers.EinsumDense)"),
        ("        return self.row", "        assert isinstance(self.first, Dense)\n        return self.row"),
    ],
)
def test_what_does_more_is_not_taken_for_it(tmp_path: Path, old: str, new: str) -> None:
    assert layers_read(write(tmp_path, SOURCE.replace(old, new))) == 0


def test_build_has_the_last_word_on_what_the_constructor_was_given(tmp_path: Path) -> None:
    path = write(tmp_path, SOURCE.replace("Dense(width)", 'Dense(width, kernel_initializer="zeros")'))
    first = min(made(path), key=lambda visit: visit.serial)
    assert first.kwargs["kernel_initializer"] is UNREAD


def test_a_cell_is_read_as_the_library_s_too(tmp_path: Path) -> None:
    text = SOURCE.replace("Dense", "GRUCell").replace("self.first(x)", "self.first(x, [x])[0]")
    path = write(tmp_path, text.replace("keras.Sequential([GRUCell(4), layers.ReLU()])", "layers.ReLU()"))
    done = elaborate(Request(path, "Net()", (parse_spec("2x8"),)), KerasDialect(), load_opset())
    assert [node.op.name for node in done.network.nodes if node.op is not None] == ["gru_cell", "relu"]


def layers_read(path: Path) -> int:
    """Places where a dense layer of the library is made; 0 where the program is refused."""
    try:
        return len({id(visit.node) for visit in made(path)})
    except Refusal:
        return 0


def made(path: Path) -> list[Visit]:
    """The makings of dense layers of the library."""
    done = elaborate(Request(path, "Net()", (parse_spec("2x5"),)), KerasDialect(), load_opset())
    every = [visit for visits in done.network.trace.visits.values() for visit in visits]
    return [v for v in every if v.kind == "layer" and v.name == "keras.layers.Dense"]
