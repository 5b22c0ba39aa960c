"""A size that a function is told is that of the tensor, where its visits have tensors of several sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.convert import Converted
from codegen.static_proof import Proof

ToTorch = Callable[..., tuple[Converted, Proof]]

NET = """import keras
from keras import ops


class Norm(keras.layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.scale = self.add_weight(shape=(width,), initializer="ones")

    def call(self, x):
        return ops.layer_normalization({x}, self.scale, epsilon=1e-6)


class Net(keras.Model):
    def __init__(self, width=4):
        super().__init__()
        self.first = Norm(width)
        self.dense = keras.layers.Dense(2 * width)
        self.second = Norm({second})

    def call(self, x):
        return self.second(self.dense(self.first(x)))
"""


@pytest.mark.parametrize(
    ("x", "second", "expected"),
    [
        ("x", "2 * width", "F.layer_norm(x, x.shape[-1:], self.scale, eps=1e-06)"),
        (
            "ops.sin(x)",
            "2 * width",
            "x2 = torch.sin(x)\n        return F.layer_norm(x2, x2.shape[-1:], self.scale, eps=1e-06)",
        ),
    ],
)
def test_sizes_that_differ(to_torch: ToTorch, tmp_path: Path, x: str, second: str, expected: str) -> None:
    path = tmp_path / "net.py"
    path.write_text(NET.format(x=x, second=second), encoding="utf-8")
    made, proof = to_torch(path, "3x4", model="Net()")
    assert proof.equal
    assert expected in made.text


def test_one_size_stays_a_number(to_torch: ToTorch, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    source = NET.format(x="x", second="width").replace("Dense(2 * width)", "Dense(width)")
    path.write_text(source, encoding="utf-8")
    made, proof = to_torch(path, "3x4", model="Net()")
    assert proof.equal and "F.layer_norm(x, (4,), self.scale, eps=1e-06)" in made.text
