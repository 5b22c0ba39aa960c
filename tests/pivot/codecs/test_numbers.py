from __future__ import annotations

import math

import pytest

from pivot.codecs.base import NoForm
from pivot.codecs.numbers import Bessel, BesselRoot, NormOrder, OneMinus, Positive, RmsEpsilon, Table, Unbiased
from pivot.dims import symbol
from pivot.types import TensorType


@pytest.mark.parametrize(("new", "old"), [(0.1, 0.9), (0.01, 0.99), (0.003, 0.997), (0.0003, 0.9997), (1.0, 0.0)])
def test_the_other_share_is_a_clean_number(new: float, old: float) -> None:
    assert OneMinus().write(new, {}) == old
    assert OneMinus().read(old, {}) == new


def test_a_table_of_words() -> None:
    words = {"0": "none", "1": False, "2": "tanh", "3": True}
    assert Table().read("tanh", words) is True
    assert Table().write(False, words) == "none"
    with pytest.raises(NoForm):
        Table().read("fast", words)
    with pytest.raises(NoForm):
        Table().write(1, words)


def test_a_positive_number_may_be_an_open_size() -> None:
    classes = symbol("K", 3)
    assert Positive().read(classes, {}) == classes
    with pytest.raises(NoForm):
        Positive().read(0, {})


def test_words_for_numbers() -> None:
    assert NormOrder().read("fro", {}) == 2.0
    assert NormOrder().write(2.0, {}) == 2
    assert math.isnan(RmsEpsilon.none_means)
    assert Unbiased().read(True, {}) == 1
    with pytest.raises(NoForm):
        Unbiased().write(2, {})


def test_correction_of_a_variance() -> None:
    x = TensorType((2, 3, 5))
    assert Bessel().read(x, {"axes": (1, 2), "correction": 1}) == 15 / 14
    assert BesselRoot().read(x, {"axes": None, "correction": 1}) == math.sqrt(30 / 29)
    with pytest.raises(NoForm, match="no element"):
        Bessel().read(TensorType((1,)), {"axes": (0,), "correction": 1})
    with pytest.raises(NoForm, match="not fixed"):
        Bessel().read(TensorType((symbol("N", 4),)), {"axes": (0,), "correction": 1})
