"""Where Keras saves the weights of a program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.keras.stored import dataset_table
from pivot.reading.elaborate import Elaborated

CELLS = """
import keras
from keras import layers

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.cell = layers.GRUCell(4)
        self.one = layers.RNN(self.cell, return_sequences=True)
        self.two = layers.RNN(layers.LSTMCell(4, use_bias=False))

    def call(self, x):
        return self.two(self.one(x))

model = Net()
model(keras.ops.zeros((2, 5, 3)))
"""


def test_a_cell_is_saved_where_keras_comes_to_it_first(
    read_keras: Callable[[Path], Elaborated], tmp_path: Path
) -> None:
    path = tmp_path / "net.py"
    path.write_text(CELLS)
    found = dataset_table(read_keras(path).network.root).values()
    assert [table["cell/kernel"] for table in found] == ["cell/vars/0", "layers/rnn_1/cell/vars/0"]
