"""Bodies of functional models where something stands that nobody maps."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable
from pathlib import Path

from codegen.convert import write_target
from codegen.restating import elaborate_for
from pivot.opset import OpSet
from pivot.reading.elaborate import Request
from pivot.reading.keras import KerasDialect

SOURCE = """
import tensorflow as tf
from keras import Input, Model, layers


def block(x, width):
    x = layers.Dense(width)(x)
    x = tf.image.draw_nothing(x, width=2)
    return layers.ReLU()(x)


def build():
    x = inputs = Input((8,))
    x = block(x, 4)
    return Model(inputs, block(x, 6))
"""


def test_a_call_that_nobody_maps_raises_where_it_would_run(opset: OpSet, write_source: Callable[..., Path]) -> None:
    path = write_source(SOURCE)
    made = write_target(elaborate_for(Request(path, "build()"), KerasDialect(), "torch", opset), "torch", opset)
    said = f"{path.name}:7: tf.image.draw_nothing(x, width=2) is not mapped"
    body = made.text.partition("x = self.linear(x)")[2].partition("return self.relu(x)")[0]
    assert ast.unparse(ast.parse(textwrap.dedent(body))) == f"x = _unmapped('{said}', x)"
    assert made.text.count("_unmapped(") == 2, "the helper, and one call in the class of both blocks"
    assert "    raise NotImplementedError(what)\n" in made.text


def test_axes_that_pytorch_takes_one_by_one_are_not_handed_over_together(
    opset: OpSet, write_source: Callable[..., Path]
) -> None:
    text = "from keras import Input, Model, ops\n\n\ndef build():\n    x = Input((8,))\n"
    path = write_source(text + "    return Model(x, ops.expand_dims(x, (1, 2)))\n")
    made = write_target(elaborate_for(Request(path, "build()"), KerasDialect(), "torch", opset), "torch", opset)
    assert "unsqueeze" not in made.text and "ops.expand_dims(x, (1, 2)) is not mapped" in made.text
