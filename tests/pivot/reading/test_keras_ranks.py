"""Arguments that mean another thing for another number of axes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.reading.elaborate import Elaborated


@pytest.mark.parametrize(
    ("axes", "shape", "count"),
    [
        ("(1,)", "(3, 4)", 4),
        ("(1, 2)", "(3, 4)", 1),
        ("(1, 2)", "(5, 6, 3)", 3),
        ("None", "(6,)", 6),
        ("None", "(3, 4)", 12),
    ],
)
def test_slopes_are_counted_by_the_axes_that_arrive(
    read_keras: Callable[..., Elaborated], axes: str, shape: str, count: int
) -> None:
    text = f"x = keras.Input({shape})\nmodel = keras.Model(x, layers.PReLU(shared_axes={axes})(x))\n"
    done = read_keras(text, model="model")
    sizes = [p.type.shape for p in done.network.parameters]
    product = 1
    for size in sizes[0]:
        product *= size
    assert len(sizes) == 1 and product == count
