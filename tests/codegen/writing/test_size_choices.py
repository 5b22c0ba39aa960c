"""A size that another name says where a parameter has another value; arms that nobody takes do not count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from codegen.convert import Converted
from codegen.static_proof import Proof

NET = """import keras
from keras import layers, ops


class Block(layers.Layer):
    def __init__(self, width, out, stride):
        super().__init__()
        half = out // 2
        self.stride = stride
        self.branch = layers.Conv2D(half, 3, strides=stride, padding="valid" if stride == 2 else "same")

    def call(self, x):
        if self.stride == 1:
            a, b = ops.split(x, 2, axis=-1)
            return ops.concatenate((a, self.branch(b)), axis=-1)
        return ops.concatenate((self.branch(x), self.branch(x)), axis=-1)


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.stem = layers.Conv2D(6, 1)
        self.blocks = [Block(6, 16, 2), Block(16, 16, 1), Block(16, 20, 2), Block(20, 20, 1)]

    def call(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return x
"""


def test_a_size_by_a_test_of_a_parameter(to_torch: Callable[..., tuple[Converted, Proof]], tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(NET, encoding="utf-8")
    made, proof = to_torch(path, "2x16x16x3", model="Net()")
    assert proof.equal
    assert "width if stride == 2 else half, half," in " ".join(made.text.split()), made.text


def test_one_size_is_no_reason(to_torch: Callable[..., tuple[Converted, Proof]], tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    source = NET.replace(", Block(16, 20, 2), Block(20, 20, 1)", "")
    path.write_text(source, encoding="utf-8")
    made, proof = to_torch(path, "2x16x16x3", model="Net()")
    assert proof.equal and " if stride == 2 else half" not in made.text
