"""Indices spelled out in full rank, so that they can be put into storage order."""

from __future__ import annotations

import pytest

from codegen.indexing import full_index, plain_index
from pivot.reading.values import TensorVersion
from pivot.types import TensorType

ALL = slice(None)
CUT = slice(1, 3)


@pytest.mark.parametrize(
    ("index", "rank", "full"),
    [
        (0, 3, [0, ALL, ALL]),
        (CUT, 2, [CUT, ALL]),
        ((ALL, 2), 4, [ALL, 2, ALL, ALL]),
        ((..., 0), 4, [ALL, ALL, ALL, 0]),
        ((0, ..., CUT), 4, [0, ALL, ALL, CUT]),
        ((..., 0, 1), 2, [0, 1]),
        ([ALL, -1], 2, [ALL, -1]),
        ((), 2, [ALL, ALL]),
        (..., 2, [ALL, ALL]),
    ],
)
def test_an_index_is_spelled_out_for_every_axis(index: object, rank: int, full: list[object]) -> None:
    assert full_index(index, rank) == full


@pytest.mark.parametrize(
    "index",
    [
        (None, 0),  # a new axis
        (ALL, (0, 2)),  # several places at once
        (ALL, [0, 2]),
        TensorVersion("i", TensorType((3,), "int64")),
        (ALL, TensorVersion("i", TensorType((3,), "int64"))),
        (0, 0, 0),  # too many for the rank
    ],
)
def test_other_indices_are_left_to_the_sources_order(index: object) -> None:
    assert full_index(index, 2) is None


NHWC = (0, 2, 3, 1)


@pytest.mark.parametrize(
    ("index", "order", "result", "stored"),
    [
        ((ALL, ALL, None, None), (0, 1), NHWC, [ALL, None, None, ALL]),  # a vector beside an image
        ((ALL, None), NHWC, (0, 1, 3, 4, 2), [ALL, None, ALL, ALL, ALL]),
        ((..., None), NHWC, (0, 2, 3, 1, 4), [ALL, ALL, ALL, ALL, None]),
        ((ALL, 1, CUT), NHWC, (0, 1, 2), [ALL, CUT, ALL, 1]),
        ((ALL, 1, None), (0, 1), (0, 1), [ALL, 1, None]),
        ((ALL, None, 1), (0, 1), (0, 1), [ALL, 1, None]),  # the same, said in another way
        ((None, 0), (0,), (0,), [0, None]),
    ],
)
def test_an_index_follows_the_storage_order(
    index: object, order: tuple[int, ...], result: tuple[int, ...], stored: list[object]
) -> None:
    assert plain_index(index, len(order), order, result) == stored
