from __future__ import annotations

import pytest

from pivot.codecs.base import NoForm
from pivot.codecs.shapes import BatchDims, BroadcastDims, FlatDims, Unflattened
from pivot.dims import symbol
from pivot.types import TensorType

N = symbol("N", 2)
X = TensorType((N, 3, 4))


def test_the_batch_stays_in_a_reshape_layer() -> None:
    codec = BatchDims()
    assert codec.write((N, 12), {"x": X}) == (12,)
    assert codec.write((-1, 12), {"x": X}) == (12,)
    assert codec.write((N, -1), {"x": X}) == (-1,)
    assert codec.read((12,), {"x": X}) == (-1, 12)
    assert codec.read((-1, 6), {"x": X}) == (N, -1, 6)
    for shape in ((-1, 6), (3, N, 4), ()):
        with pytest.raises(NoForm):
            codec.write(shape, {"x": X})


def test_an_inferred_size_goes_to_the_batch() -> None:
    assert FlatDims().read(X, {"start": 1, "end": -1}) == (-1, 12)
    assert FlatDims().read(TensorType((2, 3, 4)), {"start": 0, "end": 1}) == (6, 4)
    assert Unflattened().read(TensorType((N, 12)), {"axis": 1, "sizes": (3, -1)}) == (N, 3, -1)
    assert Unflattened().read(TensorType((N, 12)), {"axis": 1, "sizes": (3, 4)}) == (-1, 3, 4)


def test_kept_axes_are_given_their_size() -> None:
    assert BroadcastDims().write((5, -1, -1, 4), {"x": TensorType((N, 3, 1))}) == (5, N, 3, 4)
    with pytest.raises(NoForm, match="new"):
        BroadcastDims().write((-1, 2, 3, 4), {"x": X})
