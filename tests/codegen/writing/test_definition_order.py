"""Definitions stand above what Python reads at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.writing.definition_order import late

DERIVED = """
import keras
from keras import layers


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.ConvLSTM2D(3, 3, padding="same", return_sequences=True)
        self.second = layers.ConvLSTM2D(2, 3, padding="same")

    def call(self, x):
        return self.second(self.first(x))
"""


def test_a_base_stands_above_the_classes_that_derive_from_it(to_torch: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(DERIVED, encoding="utf-8")
    converted, proof = to_torch(path, "2x3x6x6x1", model="Net()")
    assert proof.why is None
    text = converted.text
    assert text.index("class ConvLSTM(nn.Module)") < text.index("class ConvLSTM2D(ConvLSTM)")
    assert late(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("class A(B):\n    pass\nclass B:\n    pass\n", ("B", 1)),
        ("def f(x=N):\n    return x\nN = 3\n", ("N", 1)),
        ("@d\ndef f():\n    pass\ndef d(f):\n    return f\n", ("d", 2)),
        ("x = 1\nclass A:\n    y = later\nlater = 2\n", ("later", 2)),
        ("def f():\n    return N\nN = 3\n", None),
        ("def f(x: N):\n    return x\nclass N:\n    pass\n", ("N", 1)),
        ("from __future__ import annotations\ndef f(x: N) -> N:\n    y: N = x\nclass N:\n    pass\n", None),
        ("from __future__ import annotations\nx: N = 3\nclass A:\n    y: N\nclass N:\n    pass\n", None),
        ("f = lambda: N\nN = 3\n", None),
        ("import a\nx = [a for a in range(3)]\nfor y in x:\n    z = y\n", None),
        ("class A:\n    def f(self):\n        return B()\nclass B(A):\n    pass\n", None),
    ],
)
def test_what_is_read_above_its_definition_is_found(text: str, found: tuple[str, int] | None) -> None:
    assert late(text) == found
