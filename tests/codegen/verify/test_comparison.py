"""When two arrays are equal."""

from __future__ import annotations

import math

import numpy as np
import pytest

from codegen.verify.comparison import GATE, compare, least


def test_the_error_is_relative_to_the_largest_value() -> None:
    reference = np.array([1.0, -4.0, 0.0])
    found = compare(reference, reference + np.array([0.0, 0.0, 2e-9]))
    assert found.error == pytest.approx(5e-10)
    assert (found.largest, found.equal) == (4.0, False)
    assert compare(reference, reference * (1 + 1e-15)).equal
    assert compare(np.zeros(3), np.zeros(3)).error == 0
    assert compare(np.zeros((0, 2)), np.zeros((0, 2))).equal


def test_axes_are_turned_before_comparing() -> None:
    source = np.arange(24.0).reshape(1, 2, 3, 4)
    target = source.transpose(0, 2, 3, 1)
    assert compare(source, target, (0, 3, 1, 2)).equal
    assert compare(source, target).why == "shape 1x3x4x2, not 1x2x3x4"
    assert compare(source, target, (0, 2, 1)).error == math.inf


def test_integers_booleans_and_kinds_are_exact() -> None:
    assert compare(np.array([1, 2]), np.array([1, 2], "int32")).equal
    assert compare(np.array([1, 2]), np.array([1, 3])).error == 1.0
    assert compare(np.array([True]), np.array([False])).why == "1 of 1 values differ"
    assert compare(np.array([1.0]), np.array([1])).why == "integer numbers, not floating"
    assert compare(np.array([True]), np.array([1])).error == math.inf


def test_places_of_nan_and_infinity_count() -> None:
    a = np.array([1.0, np.nan, np.inf, -np.inf])
    assert compare(a, a.copy()).equal
    assert compare(a, np.array([1.0, 2.0, np.inf, -np.inf])).why == "NaN in other places"
    assert compare(a, np.array([1.0, np.nan, -np.inf, np.inf])).why == "infinities in other places"
    assert compare(a, np.array([1.5, np.nan, np.inf, -np.inf])).error == 0.5
    assert compare(np.full(2, np.nan), np.full(2, np.nan)).equal


def test_the_best_backend_counts() -> None:
    bad, good = compare(np.ones(1), np.ones(1) + 1e-9), compare(np.ones(1), np.ones(1))
    assert least([bad, good]).error == 0
    assert bad.error > GATE
