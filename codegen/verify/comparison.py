"""How far two arrays are apart, and when that is equal.

error = max|a - b| / max(|reference|, 1e-30), both maxima over the whole tensor; integers and booleans must be the same;
shapes, kinds of numbers and the places of NaN and infinities must agree. The gate is taken in float64.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codegen.weights.arrays import Array

GATE = 1e-12
"""Relative error in float64 up to which two results are equal: rounding reaches 4e-15, the smallest bugs 5e-9."""
CONSTANT_GATE = 5e-8
"""Up to here a difference may come from a constant that a framework keeps in float32."""
_KINDS = {"f": "floating", "c": "complex", "i": "integer", "u": "integer", "b": "boolean"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """`error`: relative, inf where the arrays cannot be compared (`why` says so); `largest`: max|reference|."""

    error: float
    largest: float
    why: str | None = None

    @property
    def equal(self) -> bool:
        """Whether the error passes the float64 gate."""
        return self.error <= GATE


def compare(reference: Array, other: Array, order: Sequence[int] | None = None) -> Comparison:
    """`order`: other.transpose(order) has the axis order of the reference."""
    import numpy as np

    if order is not None:
        if sorted(order) != list(range(other.ndim)):
            return Comparison(math.inf, 0.0, f"{other.ndim} axes, not {len(order)}")
        other = other.transpose(order)
    if reference.shape != other.shape:
        return Comparison(math.inf, 0.0, f"shape {_shape(other)}, not {_shape(reference)}")
    kind, other_kind = _KINDS.get(reference.dtype.kind, "?"), _KINDS.get(other.dtype.kind, "?")
    if kind != other_kind:
        return Comparison(math.inf, 0.0, f"{other_kind} numbers, not {kind}")
    if reference.size == 0:
        return Comparison(0.0, 0.0)
    if kind in ("integer", "boolean"):
        count = int((reference != other).sum())
        why = f"{count} of {reference.size} values differ" if count else None
        return Comparison(1.0 if count else 0.0, float(np.abs(reference.astype("f8")).max()), why)
    left, right = (array.astype("c16" if kind == "complex" else "f8") for array in (reference, other))
    if not np.array_equal(np.isnan(left), np.isnan(right)):
        return Comparison(math.inf, 0.0, "NaN in other places")
    infinite = np.isinf(left)
    if not np.array_equal(infinite, np.isinf(right)) or not np.array_equal(left[infinite], right[infinite]):
        return Comparison(math.inf, 0.0, "infinities in other places")
    finite = np.isfinite(left)
    if not finite.any():
        return Comparison(0.0, 0.0)
    largest = float(np.abs(left[finite]).max())
    return Comparison(float(np.abs(left[finite] - right[finite]).max()) / max(largest, 1e-30), largest)


def least(comparisons: Sequence[Comparison]) -> Comparison:
    """The best of several backends' results: a defect of the converter shows on every one of them."""
    return min(comparisons, key=lambda comparison: comparison.error)


def _shape(array: Array) -> str:
    return "x".join(map(str, array.shape)) or "()"
