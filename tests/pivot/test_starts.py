"""Distributions, and what changes to them make of them."""

from __future__ import annotations

import math

import pytest

from pivot.slots import NotationError
from pivot.starts import Start, clamped, default_start, erfinv, fans, scaled, shifted, truncated


def close(start: Start, kind: str, *numbers: float) -> bool:
    return start.kind == kind and start.numbers == pytest.approx(numbers)


def test_fans_are_counted_as_pytorch_stores_weights() -> None:
    assert fans((8, 3, 5, 5)) == (75, 200)
    assert fans((8,)) is None


def test_distributions_follow_scaling_and_shifting() -> None:
    assert close(scaled(Start("normal", (1.0, 2.0)), -0.5), "normal", -0.5, 1.0)
    assert close(shifted(scaled(Start("uniform", (0.0, 1.0)), -2), 1), "uniform", -1.0, 1.0)
    assert scaled(Start("orthogonal", (1.0,)), -1).kind == "other"
    assert shifted(Start("identity"), 1).kind == "other"


def test_bounds_that_nothing_reaches_cut_nothing_off() -> None:
    assert close(truncated(0.0, 0.02, -2.0, 2.0), "normal", 0.0, 0.02)
    assert close(truncated(0.0, 1.0, -2.0, 2.0), "truncated", 0.0, 1.0, -2.0, 2.0)
    assert clamped(Start("uniform", (-1.0, 1.0)), -1.0, 1.0).kind == "uniform"
    assert clamped(Start("uniform", (-1.0, 1.0)), -0.5, 1.0).kind == "other"


def test_erfinv_of_a_uniform_one_is_normal() -> None:
    assert close(scaled(erfinv(Start("uniform", (-1.0, 1.0))), 0.02 * math.sqrt(2)), "normal", 0.0, 0.02)
    ends = math.erf(math.sqrt(2))
    both = scaled(erfinv(Start("uniform", (-ends, ends))), math.sqrt(2))
    assert close(both, "truncated", 0.0, 1.0, -2.0, 2.0)
    assert close(clamped(both, -2.0, 2.0), "truncated", 0.0, 1.0, -2.0, 2.0)


def test_the_words_of_op_files() -> None:
    shapes = {"kernel": (8, 4, 5)}
    found = default_start("uniform by fan_in of kernel", shapes, {}, {})
    assert found is not None
    assert close(found, "uniform", -(20**-0.5), 20**-0.5)
    assert found.default
    assert default_start("constant of init", {}, {}, {"init": 0.25}) == Start("constant", (0.25,), default=True)
    assert default_start("uniform by units", {}, {"units": None}, {}) is None
    with pytest.raises(NotationError):
        default_start("somehow", {}, {}, {})
