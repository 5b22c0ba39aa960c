"""What of a file counts for its model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.rolling.forgetting import forget_building
from pivot.reading.elaborate import Elaborated

SEVERAL = """
import keras
from keras import layers

def small():
    start = keras.Input((32, 32, 3))
    return start, layers.Conv2D(8, 3)(start)

def large():
    start = keras.Input((32, 32, 3))
    return start, layers.Conv2D(16, 3)(start)

def net(count, encoder):
    start, x = encoder()
    return keras.Model(start, layers.Conv2D(count, 3)(x))

model = net(4, small)
model = net(5, large)
"""


def test_layers_of_other_models_of_the_file_count_for_nothing(
    read_keras: Callable[[Path], Elaborated], tmp_path: Path
) -> None:
    path = tmp_path / "net.py"
    path.write_text(SEVERAL)
    network = read_keras(path).network

    def made() -> set[int]:
        every = [v for visits in network.trace.visits.values() for v in visits if v.kind == "layer"]
        return {v.module.params["filters"] for v in every if v.module is not None and "filters" in v.module.params}

    assert made() == {8, 4, 16, 5}
    forget_building(network)
    assert made() >= {16, 5} and 4 not in made()
