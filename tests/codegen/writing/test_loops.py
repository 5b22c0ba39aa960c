"""Sizes that a loop hands from layer to layer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pivot.problems import Refusal

HEAD = "import keras\nfrom keras import layers, ops\n\n\n"
NET = """
class Net(keras.Model):
    def __init__(self, sizes=(6, 5, 4)):
        super().__init__()
        self.hidden = []
        for units in sizes:
            self.hidden.append(layers.Dense(units))
            self.hidden.append(layers.BatchNormalization())

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return x
"""
STAGES = """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.one = self.stage((4, 6))
        self.two = self.stage((8, 2))

    def stage(self, widths):
        row = keras.Sequential()
        for width in widths:
            row.add(layers.Conv2D(width, 3, padding="same"))
        return row

    def call(self, x):
        return self.two(self.one(x))
"""


def written(to_torch: Callable[..., Any], folder: Path, source: str, spec: str) -> list[str]:
    """The stripped lines of the target; the static proof must hold."""
    path = folder / "model.py"
    path.write_text(HEAD + source, encoding="utf-8")
    converted, proof = to_torch(path, spec)
    assert proof.why is None
    return [line.strip() for line in converted.text.splitlines()]


def test_the_first_size_is_set_before_the_loop(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    made = written(to_torch, tmp_path, NET, "2x3")
    at = made.index("in_features = 3")
    assert made[at + 1 : at + 5] == [
        "for units in sizes:",
        "self.hidden.append(nn.Linear(in_features, units))",
        "self.hidden.append(nn.BatchNorm1d(units, eps=0.001, momentum=0.01))",
        "in_features = units",
    ]


def test_callers_say_the_first_size_where_they_differ(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    made = written(to_torch, tmp_path, STAGES, "2x6x6x3")
    assert "def stage(self, in_channels, widths):" in made
    assert "self.one = self.stage(3, (4, 6))" in made
    assert "self.two = self.stage(6, (8, 2))" in made
    assert "row.append(nn.Conv2d(in_channels, width, 3, padding=1))" in made
    assert "in_channels = width" in made


def test_what_no_loop_carries_is_counted_off(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    source = NET.replace("for layer in self.hidden:", "for layer in self.hidden[::-1]:")
    made = written(to_torch, tmp_path, source, "2x3")
    assert any(line.startswith("in_features = iter([") for line in made)


def test_a_layer_called_in_evaluation_alone_is_written_and_in_training_alone_refused(
    to_torch: Callable[..., Any], tmp_path: Path
) -> None:
    source = NET.replace("x = layer(x)", "x = layer(x, training=False)").replace(
        "layers.Dense(units)", "layers.Dropout(0.5)"
    )
    assert "x = layer(x)" in written(to_torch, tmp_path, source, "2x3")
    with pytest.raises(Refusal, match="training=True"):
        written(to_torch, tmp_path, source.replace("training=False", "training=True"), "2x3")


@pytest.mark.parametrize("inside", [True, False])
def test_a_number_is_carried_too(to_torch: Callable[..., Any], tmp_path: Path, inside: bool) -> None:
    body = [
        "model = keras.Sequential([keras.Input((4,))])",
        "for _ in range(3):",
        "    model.add(layers.Dense(8))",
        "model.add(layers.Dense(1))",
    ]
    text = "\n".join(["def build():", *(f"    {line}" for line in body), "    return model"] if inside else body) + "\n"
    path = tmp_path / "model.py"
    path.write_text(HEAD + text, encoding="utf-8")
    converted, proof = to_torch(path)
    assert proof.why is None
    made = [line.strip() for line in converted.text.splitlines()]
    start = made.index("in_features = 4")
    assert made[start + 1 : start + 4] == [
        "for _ in range(3):", "model.append(nn.Linear(in_features, 8))", "in_features = 8",
    ]  # fmt: skip
    assert "model.append(nn.Linear(8, 1))" in made
