"""Which constants explain a difference."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from rounded_constants import explained, single


@pytest.mark.frameworks
def test_only_the_constant_that_was_rounded_is_named() -> None:
    import torch

    x = torch.from_numpy(np.random.default_rng(0).standard_normal(9))
    expected = torch.nn.functional.gelu(x + 0.3) * single(0.1)

    def run() -> torch.Tensor:
        return torch.nn.functional.gelu(x + 0.3) * 0.1

    def error(made: torch.Tensor) -> float:
        return float((made - expected).abs().max())

    found = explained(run, error, 1e-12)
    assert found is not None and found.kinds == (("mul", 0.1),)
    assert explained(lambda: run() + 1e-9, error, 1e-12) is None
