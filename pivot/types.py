"""What is known of a tensor without its values: shape and element type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pivot.dims import Dim

FLOATS = ("float16", "bfloat16", "float32", "float64")
INTEGERS = ("uint8", "int8", "int16", "int32", "int64")
COMPLEX = ("complex64", "complex128")
DTYPES = ("bool", *INTEGERS, *FLOATS, *COMPLEX)


class FixedKind(str):
    """A kind of fractions that a program names for a tensor of fractions, whatever kind the rest is computed in."""

    __slots__ = ()


@runtime_checkable
class TensorLike(Protocol):
    """Anything with a shape (sizes of its axes) and a dtype name counts as a tensor operand."""

    @property
    def shape(self) -> tuple[Dim, ...]: ...

    @property
    def dtype(self) -> str: ...


@dataclass(frozen=True, slots=True)
class TensorType:
    """Shape and dtype name of a tensor, e.g. `TensorType((N, 3, 8, 8), "float32")`."""

    shape: tuple[Dim, ...]
    dtype: str = "float32"

    @property
    def rank(self) -> int:
        """How many axes."""
        return len(self.shape)


def is_tensor(value: object) -> bool:
    """Whether a value stands for a tensor. (Cheaper than isinstance with the protocol.)"""
    return hasattr(value, "shape") and hasattr(value, "dtype")


def rank_of(operand: object) -> int | None:
    """Rank of an operand: of a tensor, of the first tensor of a list, 0 for a number, None where unknown."""
    if isinstance(operand, (tuple, list)):
        return rank_of(operand[0]) if operand else None
    if isinstance(operand, (bool, int, float)):
        return 0
    shape = getattr(operand, "shape", None)
    return len(shape) if isinstance(shape, (tuple, Sequence)) else None  # a tuple nearly always, and that is fast
