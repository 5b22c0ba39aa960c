"""Layers that are told where the channels are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
