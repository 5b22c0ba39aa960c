from __future__ import annotations

import pytest

from pivot.codecs.axes import Axes, BatchAxes, UnitAxes
from pivot.codecs.base import NoForm
from pivot.dims import symbol
from pivot.types import TensorType


def test_axes_count_from_the_front_where_the_tensor_is_known() -> None:
    assert Axes().read(-1, {"x": TensorType((2, 3))}) == (1,)
    assert Axes().read((-1, 0), {}) == (-1, 0)
    assert Axes().write((1,), {}) == 1


def test_squeezing_takes_only_axes_of_size_one() -> None:
    x = TensorType((symbol("N", 1), 1, 3, 1))
    assert UnitAxes().read(None, {"x": x}) == (1, 3)
    assert UnitAxes().read((-1, 2), {"x": x}) == (3,)
    free = TensorType((symbol("N", 1), symbol("H", 32) // 32, symbol("W", 64) // 32))
    assert UnitAxes().read((0, 1, 2), {"x": free}) == (1,)  # on this configuration; a batch is of any size
    with pytest.raises(NoForm):
        UnitAxes().read(4, {"x": x})


def test_axes_without_the_batch() -> None:
    assert BatchAxes().read((2, 1), {}) == (0, 2, 1)
    with pytest.raises(NoForm, match="first axis"):
        BatchAxes().write((1, 0), {})
