"""PyTorch's average pools have the windows of "same": which they cover is counted out here."""

from __future__ import annotations

import itertools

import pytest

from pivot.codecs.base import NoForm, Refs
from pivot.codecs.pooling import TfSamePads
from pivot.codecs.same_pools import HalfPads, HalfPadsCeil, HalfPadsCounted, WideCuts, WidePads
from pivot.dims import symbol


def covered(size: int, kernel: int, stride: int, before: int, count: int) -> list[range]:
    """The entries that each window covers."""
    return [range(max(i * stride - before, 0), min(i * stride - before + kernel, size)) for i in range(count)]


@pytest.mark.parametrize("stride", [2, 3, 4])
def test_strides_open_the_last_window_by_ceil_mode(stride: int) -> None:
    for size, kernel in itertools.product(range(1, 12), range(1, 7)):
        refs: Refs = {"kernel": (kernel,), "stride": (stride,), "0": size}
        ((before, after),) = HalfPads().read("same", refs)  # type: ignore[misc,attr-defined]
        ceil = HalfPadsCeil().read("same", refs)
        spare = size + before + after - kernel
        count = (-(-spare // stride) if ceil else spare // stride) + 1
        if (count - 1) * stride >= size + before:
            count -= 1  # PyTorch leaves out a window that starts behind the padding
        ((wanted, _),) = TfSamePads().read("same", {**refs, "dilation": (1,)})  # type: ignore[misc,attr-defined]
        assert (before, 2 * before <= kernel) == (wanted, True)
        mine = covered(size, kernel, stride, before, count)
        assert mine == covered(size, kernel, stride, wanted, -(-size // stride)), (size, kernel)
        assert HalfPadsCounted().read("same", refs) is (before == 0)


def test_without_a_stride_a_window_too_many_is_cut_off() -> None:
    pads, cuts = WidePads().read(((0, 1), (1, 1)), {}), WideCuts().read(((0, 1), (1, 1)), {})
    assert (pads, cuts) == (((1, 1), (1, 1)), ((1, 0), (0, 0)))
    for size in range(1, 9):
        assert covered(size, 2, 1, 1, size + 1)[1:] == covered(size, 2, 1, 0, size)


def test_what_cannot_be_said() -> None:
    with pytest.raises(NoForm, match="depends on the size"):
        HalfPads().read("same", {"kernel": (3,), "stride": (2,), "0": symbol("L", 8)})
    with pytest.raises(NoForm, match="same before and after"):
        HalfPadsCeil().read("same", {"kernel": (3, 2), "stride": (2, 1), "0": 7, "1": 8})
