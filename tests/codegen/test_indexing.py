"""Indices spelled out in full rank, so that they can be put into storage order."""

from __future__ import annotations

import pytest

from codegen.indexing import full_index
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
