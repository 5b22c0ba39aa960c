from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pivot.dims import Dim, symbol
from pivot.shapes import ShapeError
from pivot.shapes.indexing import indexed, sliced
from pivot.types import TensorType

N, L = symbol("N", 2), symbol("L", 12)
PLACES = st.one_of(
    st.integers(-3, 2), st.none(), st.just(np.array([[0, 1]])), st.just(np.array([1, 0, 2])),
    st.builds(slice, st.none() | st.integers(-5, 5), st.none() | st.integers(-5, 5), st.sampled_from([None, 1, 2, 3])),
)  # fmt: skip


@given(st.lists(PLACES, max_size=4), st.booleans(), st.integers(0, 4))
def test_shapes_are_those_of_numpy(items: list[object], dots: bool, at: int) -> None:
    array = np.zeros((3, 4, 5, 3))
    if any(isinstance(item, np.ndarray) for item in items):  # here numbers differ: see below
        items = [slice(None) if isinstance(item, int) else item for item in items]
    index = (*items[:at], Ellipsis, *items[at:]) if dots else tuple(items)
    try:
        wanted = array[index].shape
    except IndexError:
        return
    assert indexed(array.shape, index) == wanted


@pytest.mark.parametrize(
    ("items", "found"),
    [
        ((0,), (L, 8)),
        ((slice(None), -1), (N, 8)),
        ((Ellipsis, None), (N, L, 8, 1)),
        ((slice(None), slice(None, -1)), (N, L - 1, 8)),
        ((slice(None), slice(1, None)), (N, L - 1, 8)),
        ((slice(None), slice(None, None, 2)), (N, (L + 1) // 2, 8)),
        ((slice(None), slice(None, L)), (N, L, 8)),
        ((slice(None), slice(L - 3, None)), (N, 3, 8)),
        ((slice(None), TensorType((4,), "int64")), (N, 4, 8)),
        ((0, slice(None), TensorType((4,), "int64")), (L, 4)),  # NumPy gives (4, L)
        ((TensorType((N,), "int64"), 0, TensorType((N,), "int64")), (N,)),
        ((TensorType((N,), "int64"), slice(None), TensorType((N,), "int64")), (N, L)),
    ],
)
def test_free_sizes(items: tuple[object, ...], found: tuple[Dim, ...]) -> None:
    assert indexed((N, L, 8), items) == found


@pytest.mark.parametrize(
    ("items", "why"),
    [
        ((0, 0, 0, 0), "4 indices"),
        ((slice(None), slice(None), 8), "place 8 does not exist"),
        ((TensorType((N, L), "bool"),), "values of a mask"),
        ((1.5,), "cannot be an index"),
        ((slice(None), slice(None, None, -1)), "backwards"),
    ],
)
def test_what_does_not_fit(items: tuple[object, ...], why: str) -> None:
    with pytest.raises(ShapeError, match=why):
        indexed((N, L, 8), items)


def test_a_slice_of_a_fixed_axis_counts_as_python_does() -> None:
    assert sliced(7, slice(None, None, -2)) == 4
    assert sliced(7, slice(5, 100)) == 2
