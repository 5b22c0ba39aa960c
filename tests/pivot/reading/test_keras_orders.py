"""Layers that are told where the channels are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.problems import Problem
from pivot.reading.elaborate import Elaborated


@pytest.mark.parametrize(
    ("layer", "ops", "shape"),
    [
        ("layers.Conv2D(6, 3, data_format='channels_first')", ["permute", "conv2d", "permute"], (6, 6, 5)),
        ("layers.Conv2D(6, 3, data_format='channels_last')", ["conv2d"], (2, 6, 6)),
        ("layers.GlobalMaxPooling2D(data_format='channels_first')", ["permute", "max"], (4,)),
    ],
)
def test_channels_first_turns_the_tensor_around_the_layer(
    read_keras: Callable[..., Elaborated], layer: str, ops: list[str], shape: tuple[int, ...]
) -> None:
    done = read_keras(f"x = keras.Input((4, 8, 7))\nmodel = keras.Model(x, {layer}(x))\n", model="model")
    assert [node.op.name for node in done.network.nodes if node.op is not None] == ops
    assert done.network.outputs[0].type.shape[1:] == shape


@pytest.mark.parametrize("order", ["channels_first", "channels_last"])
def test_an_order_that_is_set_for_all_layers_is_not_passed_over(
    read_keras: Callable[..., Elaborated], refused: Callable[..., Problem], order: str
) -> None:
    text = f"keras.config.set_image_data_format({order!r})\nx = keras.Input((4, 8, 7))\n"
    text += "model = keras.Model(x, layers.Conv2D(6, 3)(x))\n"
    if order == "channels_last":
        assert len(read_keras(text, model="model").network.nodes) == 1
    else:
        problem = refused(read_keras, text, model="model")
        assert problem.line == 3 and "set_image_data_format('channels_first') is not read" in problem.why


def test_an_order_that_is_not_known_is_said(read_keras: Callable[..., Elaborated]) -> None:
    text = "from .missing import ORDER\nx = keras.Input((8, 7, 4))\n"
    done = read_keras(f"{text}model = keras.Model(x, layers.Conv2D(6, 3, data_format=ORDER)(x))\n", model="model")
    said = [problem for problem in done.network.problems if problem.code == "data-format"]
    assert said and "is not known" in said[0].why
