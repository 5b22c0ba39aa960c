"""What the benchmark of Keras' layer tests takes for rounding that is not ours."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from keras_layer_runs import in_single_precision


@pytest.mark.parametrize(
    ("arrays", "single"),
    [
        ([np.float32([0.1, 0.7]).astype("f8"), np.arange(3)], True),
        ([np.float32([0.1]).astype("f8"), np.array([0.1])], False),
        ([np.arange(3)], False),
    ],
)
def test_results_that_the_framework_has_in_float32_are_known_by_their_numbers(
    arrays: list[np.ndarray], single: bool
) -> None:
    assert in_single_precision(arrays) is single
