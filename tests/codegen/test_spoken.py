"""Layers that a target has only as functions are said where they are called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = "import keras\nfrom keras import layers\n\n\n"
NET = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.fc = layers.Dense(4)
        self.add = layers.Add()
        self.join = layers.Concatenate()
        self.pool = layers.GlobalAveragePooling1D()
        self.row = keras.Sequential([layers.GlobalAveragePooling1D()])

    def call(self, x):
        y = self.add([x, self.fc(x)])
        y = layers.Multiply()([x, y])
        z = layers.concatenate([x, y])
        return self.pool(self.join([y, z])), self.row(z)
"""


@pytest.fixture
def text(to_torch: Callable[..., tuple[object, object]], tmp_path: Path) -> Callable[..., str]:
    """What a Keras source becomes; the static proof must hold."""

    def written(source: str, *inputs: str) -> str:
        path = tmp_path / "model.py"
        path.write_text(HEAD + source, encoding="utf-8")
        converted, proof = to_torch(path, *inputs)
        assert proof.why is None  # type: ignore[attr-defined]
        return str(converted.text)  # type: ignore[attr-defined]

    return written


def test_they_are_functions_where_they_are_called(text: Callable[..., str]) -> None:
    made = text(NET, "2x5x4")
    assert "y = x + self.fc(x)" in made
    assert "y = x * y" in made
    assert "z = torch.cat([x, y], dim=2)" in made or "z = torch.cat([x, y], dim=1)" in made
    assert "self.add" not in made and "self.join" not in made and "self.pool" not in made


def test_in_a_container_they_stay_layers(text: Callable[..., str]) -> None:
    assert "self.row = nn.Sequential(Lambda(lambda x: x.mean(" in text(NET, "2x5x4")


def test_a_layer_that_is_handed_on_stays_one(text: Callable[..., str]) -> None:
    made = text(
        """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.pool = layers.GlobalAveragePooling1D()

    def through(self, layer, x):
        return layer(x)

    def call(self, x):
        return self.through(self.pool, x)
""",
        "2x5x4",
    )
    assert "self.pool = Lambda(" in made
