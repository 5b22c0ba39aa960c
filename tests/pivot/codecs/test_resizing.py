from __future__ import annotations

import pytest

from pivot.codecs.base import NoForm
from pivot.codecs.resizing import NearestMode, Scaled, Whole, scaled_size
from pivot.dims import symbol
from pivot.types import TensorType

H = symbol("H", 8)


def test_nearest_is_the_same_only_for_whole_factors() -> None:
    x = TensorType((2, 3, 5, 4))
    assert NearestMode().write("nearest", {"size": (10, 4), "x": x}) == "nearest"
    for mode, size in (("nearest", (7, 4)), ("nearest", (3, 2)), ("bicubic", (10, 8))):
        with pytest.raises(NoForm, match=mode):
            NearestMode().write(mode, {"size": size, "x": x})
    assert NearestMode().read("nearest", {"size": (7, 4), "x": x}) == "nearest-exact"


def test_scaled_sizes() -> None:
    assert Scaled().read((2.0, 0.5), {"0": H, "1": 7}) == (2 * H, 3)
    assert scaled_size(H, 0.5) == H // 2
    with pytest.raises(NoForm, match="not fixed"):
        scaled_size(H, 1.5)
    assert Whole().read((2.0, 3.0), {"place": 1}) == 3
    with pytest.raises(NoForm):
        Whole().read((1.5,), {"place": 0})
