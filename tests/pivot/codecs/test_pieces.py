from __future__ import annotations

import pytest

from pivot.codecs.base import NoForm
from pivot.codecs.pieces import CutPoints, NarrowIndex, chunk_sizes, piece_sizes
from pivot.dims import symbol
from pivot.types import TensorType

N = symbol("N", 6)


def test_places_to_cut_at() -> None:
    refs = {"x": TensorType((2, N)), "axis": 1}
    assert CutPoints().write((1, 2, N - 3), refs) == [1, 3]
    assert CutPoints().read([1, 3], refs) == (1, 2, N - 3)
    with pytest.raises(NoForm, match="depends on the size"):
        CutPoints().write(4, refs)


@pytest.mark.parametrize(
    ("size", "count", "found"),
    [(6, 3, (2, 2, 2)), (7, 3, (3, 3, 1)), (4, 3, (2, 2)), (2, 3, (1, 1)), (9, 4, (3, 3, 3))],
)
def test_chunks_as_torch_cuts_them(size: int, count: int, found: tuple[int, ...]) -> None:
    assert chunk_sizes(size, count) == found


def test_chunks_of_a_free_size() -> None:
    assert chunk_sizes(3 * N, 3) == (N, N, N)
    with pytest.raises(NoForm):
        chunk_sizes(N, 4)
    assert piece_sizes(N, N) == (N,)


def test_narrowing_as_an_index() -> None:
    assert NarrowIndex().read(1, {"start": 1, "length": 2}) == (slice(None), slice(1, 3))
    assert NarrowIndex().read(0, {"start": -2, "length": 2}) == (slice(-2, None),)
