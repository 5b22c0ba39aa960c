from __future__ import annotations

import pytest

from pivot.codecs.base import NoForm, Refs
from pivot.codecs.pads import KerasCausal, KerasPadding, KerasPads, KerasPads1, TorchPadding, TorchPadList
from pivot.codecs.pooling import KerasPadWidth
from pivot.dims import symbol

SQUARE: Refs = {"kernel": (3, 3), "stride": (1, 1), "dilation": (1, 1)}


@pytest.mark.parametrize(
    ("value", "refs", "pads"),
    [
        (1, SQUARE, ((1, 1), (1, 1))),
        ((1, 2), SQUARE, ((1, 1), (2, 2))),
        ("valid", SQUARE, ((0, 0), (0, 0))),
        ("same", SQUARE, ((1, 1), (1, 1))),
        ("same", {"kernel": (4,), "dilation": (3,)}, ((4, 5),)),  # 3 * (4 - 1) = 9: 4 in front
        ((2,), {"kernel": (3, 3)}, ((2, 2), (2, 2))),
    ],
)
def test_torch_padding_reads(value: object, refs: Refs, pads: object) -> None:
    assert TorchPadding().read(value, refs) == pads


@pytest.mark.parametrize(
    ("pads", "refs", "value"),
    [
        (((1, 1), (1, 1)), SQUARE, 1),
        (((1, 1), (2, 2)), SQUARE, (1, 2)),
        (((1, 2),), {"kernel": (4,), "dilation": (1,), "stride": (1,)}, "same"),
    ],
)
def test_torch_padding_writes(pads: object, refs: Refs, value: object) -> None:
    assert TorchPadding().write(pads, refs) == value


@pytest.mark.parametrize(
    ("pads", "refs"),
    [
        ("same", SQUARE),
        (((1, 2),), {"kernel": (4,), "dilation": (1,), "stride": (2,)}),
        (((1, 2),), {"kernel": (4,), "dilation": (1,)}),
        (((0, 1),), {"kernel": (4,), "stride": (1,)}),
    ],
)
def test_torch_cannot_pad_unequally(pads: object, refs: Refs) -> None:
    with pytest.raises(NoForm):
        TorchPadding().write(pads, refs)


@pytest.mark.parametrize(
    ("pads", "refs", "word"),
    [
        (((0, 0), (0, 0)), {"kernel": (3, 3), "stride": (2, 2)}, "valid"),
        (((1, 1), (1, 1)), SQUARE, "same"),
        (((2, 2), (2, 2)), SQUARE | {"dilation": (2, 2)}, "same"),
        ("same", {"kernel": (3, 3), "stride": (2, 2)}, "same"),
        (((0, 0),), {"kernel": (1,), "stride": (1,)}, "valid"),
    ],
)
def test_keras_padding_writes(pads: object, refs: Refs, word: str) -> None:
    assert KerasPadding().write(pads, refs) == word


@pytest.mark.parametrize(
    ("pads", "refs"),
    [
        (((1, 1), (1, 1)), {"kernel": (3, 3), "stride": (2, 2)}),
        (((2, 2), (2, 2)), SQUARE),
        (((0, 1), (1, 1)), SQUARE),
    ],
)
def test_keras_has_no_numbers(pads: object, refs: Refs) -> None:
    with pytest.raises(NoForm, match="Keras has no explicit padding argument"):
        KerasPadding().write(pads, refs)


def test_keras_same_depends_on_the_size_only_with_a_stride() -> None:
    assert KerasPadding().read("same", {"kernel": (4,), "stride": (1,)}) == ((1, 2),)
    assert KerasPadding().read("same", {"kernel": (4,), "stride": (2,)}) == "same"


def test_causal_padding_is_all_in_front() -> None:
    refs: Refs = {"kernel": (3,), "stride": (1,), "dilation": (2,)}
    assert KerasCausal().read("causal", refs) == ((4, 0),)
    assert KerasCausal().write(((4, 0),), refs) == "causal"
    assert KerasCausal().write(((2, 2),), refs) == "same"
    with pytest.raises(NoForm):
        KerasCausal().write(((0, 4),), refs)


@pytest.mark.parametrize(
    ("pads", "value"),
    [(((1, 1), (1, 1)), 1), (((1, 1), (2, 2)), (1, 2)), (((1, 2), (0, 0)), ((1, 2), (0, 0)))],
)
def test_zero_padding_layers_collapse_equal_numbers(pads: object, value: object) -> None:
    assert KerasPads().write(pads, {}) == value
    assert KerasPads().read(value, {}) == pads


def test_zero_padding_of_one_axis_takes_before_and_after() -> None:
    assert KerasPads1().read((1, 2), {}) == ((1, 2),)
    assert KerasPads1().write(((2, 2),), {}) == 2


def test_torch_pad_starts_at_the_last_axis() -> None:
    assert TorchPadList().read((1, 2, 3, 4), {}) == ((3, 4), (1, 2))
    with pytest.raises(NoForm):
        TorchPadList().read((1, 2, 3), {})


@pytest.mark.parametrize("cut", [-1, symbol("H", 4) - 9])
def test_padding_of_keras_cuts_nothing_off(cut: object) -> None:
    for codec in (KerasPads(), KerasPadWidth()):
        with pytest.raises(NoForm, match="cuts off"):
            codec.write(((0, 1), (cut, 0)), {})
