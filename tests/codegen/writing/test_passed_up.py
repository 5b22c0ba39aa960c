"""Arguments that go up to the constructor of a base."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

DERIVED = """
import keras
from keras import layers, ops


class Base(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.inner = layers.Dense(units)

    def call(self, x):
        return self.inner(x)


class Scaled(Base):
    def __init__(self, scale=1.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, x):
        return super().call(x) * self.scale


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = Scaled(units=4, scale=2.0, name="one", dtype="float32")

    def call(self, x):
        places = [None] * 3
        for axis in (1, 2):
            places[axis] = slice(None)
        y = self.one(x)
        return y + y[0][places]
"""


def test_what_a_base_of_the_program_takes_stays_and_what_the_library_takes_goes(
    to_torch: Callable[..., Any], tmp_path: Path
) -> None:
    """And an index whose parts stand in a list is a tuple: PyTorch takes a list for places."""
    path = tmp_path / "net.py"
    path.write_text(DERIVED)
    converted, proof = to_torch(path, "2x3x5", model="Net()")
    assert proof.equal, proof.why
    assert "Scaled(units=4, scale=2.0)" in converted.text
    assert "y[0][tuple(places)]" in converted.text
    assert "def __init__(self, scale=1.0, **kwargs):" in converted.text
