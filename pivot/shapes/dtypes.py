"""Element types of results, as torch promotes them: bool < int < float < complex; numbers raise the kind only where
needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from pivot.dims import Size
from pivot.types import COMPLEX, FLOATS, INTEGERS, FixedKind, TensorType

_KINDS = ("bool", "int", "float", "complex")
_WIDTH = {"float16": 16, "bfloat16": 16, "float32": 32, "float64": 64, "complex64": 32, "complex128": 64}
_BITS = {"uint8": 8, "int8": 8, "int16": 16, "int32": 32, "int64": 64}


def kind_of(dtype: str) -> int:
    """0 bool, 1 int, 2 float, 3 complex."""
    return 0 if dtype == "bool" else 1 if dtype in INTEGERS else 3 if dtype in COMPLEX else 2


def is_float(dtype: str) -> bool:
    """Whether a dtype is a floating-point one."""
    return dtype in FLOATS


def as_float(dtype: str) -> str:
    """The dtype of a function that only gives fractions: integers become float32."""
    return "float32" if kind_of(dtype) < 2 else dtype


def as_complex(dtype: str) -> str:
    """The dtype of complex numbers whose parts have this one."""
    return "complex128" if dtype == "float64" else "complex64"


def as_real(dtype: str) -> str:
    """The dtype of the parts, the length and the angle of what has this one."""
    return {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)


def promote(operands: Sequence[TensorType | bool | int | float | Size]) -> str:
    """The common dtype: tensors with axes rank above scalars' tensors, those above Python numbers, which only raise the
    kind.
    """
    levels: list[str | None] = [None, None, None]
    for operand in operands:
        if isinstance(operand, TensorType):
            level, dtype = (0 if operand.shape else 1), operand.dtype
        elif isinstance(operand, bool):
            level, dtype = 2, "bool"
        else:
            level, dtype = 2, "float32" if isinstance(operand, float) else "int64"
        before = levels[level]
        levels[level] = dtype if before is None else _wider(before, dtype)
    result: str | None = None
    for dtype_of_level in levels:
        if dtype_of_level is None:
            continue
        if result is None or kind_of(dtype_of_level) > kind_of(result):
            result = dtype_of_level
    return result or "float32"


def _wider(left: str, right: str) -> str:
    """The smallest dtype that holds both."""
    if kind_of(left) != kind_of(right):
        return left if kind_of(left) > kind_of(right) else right
    if left == right:
        return right if isinstance(left, FixedKind) else left
    if kind_of(left) == 1:
        if "uint8" in (left, right):
            other = right if left == "uint8" else left
            return "int16" if other == "int8" else other
        return left if _BITS[left] > _BITS[right] else right
    if {left, right} == {"float16", "bfloat16"}:
        return "float32"
    return left if _WIDTH[left] > _WIDTH[right] else right
