from __future__ import annotations

import pytest

from pivot.codecs.base import NoForm, Refs
from pivot.codecs.pooling import (
    CeilPads,
    Counted,
    KerasPadWidth,
    KerasTransposePadding,
    NoPadding,
    TfSamePads,
    TorchCropList,
)
from pivot.dims import symbol, text
from pivot.types import TensorType


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "pads", "found"),
    [
        (8, 3, 2, (0, 0), (0, 1)),  # ceil(5 / 2) + 1 = 4 windows reach 9
        (7, 2, 2, (1, 1), (1, 1)),  # the fifth window would start outside
        (7, 3, 2, (0, 0), (0, 0)),
        (5, 2, 3, (0, 0), (0, 0)),
        (10, 3, 3, (1, 1), (1, 1)),
    ],
)
def test_pads_that_round_up(size: int, kernel: int, stride: int, pads: tuple[int, int], found: tuple[int, int]) -> None:
    refs: Refs = {"kernel": (kernel,), "stride": (stride,), "x": TensorType((2, 3, size))}
    assert CeilPads().read((pads,), refs) == (found,)


def test_rounding_up_needs_a_fixed_size() -> None:
    refs: Refs = {"kernel": (2,), "stride": (2,), "x": TensorType((2, 3, symbol("L", 7)))}
    with pytest.raises(NoForm, match="not fixed"):
        CeilPads().read(((0, 0),), refs)


@pytest.mark.parametrize(("size", "found"), [(8, (0, 1)), (7, (1, 1)), (1, (1, 1))])
def test_numbers_of_same_with_a_stride(size: int, found: tuple[int, int]) -> None:
    refs: Refs = {"kernel": (3,), "stride": (2,), "dilation": (1,), "0": size}
    assert TfSamePads().read("same", refs) == (found,)


def test_same_with_a_stride_follows_a_free_size() -> None:
    refs: Refs = {"kernel": (3,), "stride": (2,), "dilation": (1,), "0": symbol("L", 8)}
    pads = TfSamePads().read("same", refs)
    assert isinstance(pads, tuple)
    assert "L" in text(pads[0][1])


def test_transposed_padding() -> None:
    refs: Refs = {"kernel": (4, 4), "stride": (2, 2)}
    assert KerasTransposePadding().read("same", refs) == ((1, 1), (1, 1))
    assert KerasTransposePadding().write(((0, 0), (0, 0)), refs) == "valid"
    with pytest.raises(NoForm, match="stride is larger"):
        KerasTransposePadding().read("valid", {"kernel": (2,), "stride": (3,)})
    with pytest.raises(NoForm):
        KerasTransposePadding().write(((2, 2), (2, 2)), refs)


def test_words_for_one_side_only() -> None:
    assert NoPadding().read("valid", {"kernel": (3,)}) == ((0, 0),)
    with pytest.raises(NoForm):
        NoPadding().write(((1, 1),), {"kernel": (3,)})
    assert Counted().read(False, {"padding": ((0, 0),)}) is True
    assert Counted().read(False, {"padding": ((1, 1),)}) is False


def test_cropping_is_negative_padding() -> None:
    assert TorchCropList().read((-1, 0, 0, -2), {}) == ((0, 2), (1, 0))
    for value in ((1, -1), (0, 0), (1, 2)):
        with pytest.raises(NoForm):
            TorchCropList().read(value, {})


def test_pad_width_leaves_batch_and_channels() -> None:
    assert KerasPadWidth().read(((0, 0), (1, 2), (0, 0)), {}) == ((1, 2),)
    with pytest.raises(NoForm, match="channels"):
        KerasPadWidth().read(((0, 0), (1, 2), (1, 1)), {})
