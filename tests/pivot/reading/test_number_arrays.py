"""Paddings and widths that a program computes with NumPy arrays of plain numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pivot.dims import hint as dim_hint
from pivot.problems import Refusal
from pivot.reading.elaborate import Elaborated

BODY = """
import numpy as np

class Net(nn.Module):
    def __init__(self, kernel=(3, 5)):
        super().__init__()
        {body}
        self.a = nn.Conv2d(3, 4, kernel, padding=tuple(int(p) for p in padding))

    def forward(self, x):
        return self.a(x)
"""


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        ("padding = (np.atleast_1d(kernel) - 1) / 2 * np.atleast_1d(1)", (1, 4, 8, 8)),
        ("padding = np.atleast_1d(kernel) - np.atleast_1d((3, 3))", (1, 4, 6, 8)),
        ("padding = (0, 0) if np.any(np.atleast_1d(kernel) % 2 == 0) else (1, 2)", (1, 4, 8, 8)),
        ("padding = (np.min(np.atleast_1d(kernel)) - 2, np.max(np.atleast_1d(kernel)) - 3)", (1, 4, 8, 8)),
        ("padding = (0, *np.cumsum(kernel)[:-1] - 2)", (1, 4, 6, 6)),
        ("padding = (0, 0) if np.all(np.atleast_1d(kernel) > 2) else (1, 2)", (1, 4, 6, 4)),
    ],
)
def test_arrays_of_numbers(read: Callable[..., Elaborated], body: str, shape: tuple[int, ...]) -> None:
    (output,) = read(BODY.format(body=body), "1x3x8x8", model="Net()").network.outputs
    assert tuple(dim_hint(size) for size in output.type.shape) == shape


def test_arrays_that_do_not_fit_are_refused(read: Callable[..., Elaborated]) -> None:
    with pytest.raises(Refusal, match="NumPy arrays"):
        read(BODY.format(body="padding = np.atleast_1d(kernel) * np.atleast_1d((1, 2, 3))"), "1x3x8x8", model="Net()")
