"""Rules of ops that make tensors."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pivot.dims import Dim, Size, ceil_div
from pivot.shapes.base import ShapeError, Site
from pivot.types import TensorType, is_tensor


def _dtype(site: Site, otherwise: str) -> str:
    dtype = site.param("dtype")
    return dtype if isinstance(dtype, str) else otherwise


def _dtype_of_number(value: object) -> str:
    if isinstance(value, bool):
        return "bool"
    return "int64" if isinstance(value, (int, Size)) else "float32"


def rule_creation(site: Site) -> Sequence[TensorType]:
    """-> y: `shape` (or rows x columns); its element type is that of the model, of the value, or float32."""
    model = next((value for value in site.operands.values() if isinstance(value, TensorType)), None)
    if "rows" in site.op.params:
        rows = site.size("rows")
        columns = rows if site.param("columns") is None else site.size("columns")
        return (TensorType((rows, columns), _dtype(site, "float32")),)
    natural = "float32"
    if model is not None:
        natural = model.dtype
    elif "value" in site.op.params:
        natural = _dtype_of_number(site.param("value"))
    return (TensorType(site.sizes("shape"), _dtype(site, natural)),)


def rule_creation_like(site: Site) -> Sequence[TensorType]:
    """x: * -> y: * of the same shape."""
    x = site.first()
    return (TensorType(x.shape, _dtype(site, x.dtype)),)


def rule_range(site: Site) -> Sequence[TensorType]:
    """-> y: M, from start to stop by step, or `count` numbers between them."""
    if "count" in site.op.params:
        return (TensorType((site.size("count"),), _dtype(site, "float32")),)
    start, stop, step = site.param("start"), site.param("stop"), site.param("step")
    whole = all(isinstance(value, (int, Size)) and not isinstance(value, bool) for value in (start, stop, step))
    dtype = _dtype(site, "int64" if whole else "float32")
    return (TensorType((_count(start, stop, step),), dtype),)


def _count(start: object, stop: object, step: object) -> Dim:
    if isinstance(start, (int, Size)) and isinstance(stop, (int, Size)) and isinstance(step, int) and step != 0:
        count = ceil_div(stop - start, step) if step > 0 else ceil_div(start - stop, -step)
        return max(count, 0) if isinstance(count, int) else count
    numbers = [value for value in (start, stop, step) if isinstance(value, (int, float))]
    if len(numbers) != 3 or numbers[2] == 0:
        raise ShapeError("the length of the range is not known")
    return max(0, math.ceil((numbers[1] - numbers[0]) / numbers[2]))


def rule_constant(site: Site) -> Sequence[TensorType]:
    """-> y: like the value that is given."""
    value = site.param("value")
    if is_tensor(value):
        return (TensorType(tuple(getattr(value, "shape", ())), str(getattr(value, "dtype", "float32"))),)
    shape: list[int] = []
    first = value
    while isinstance(first, (tuple, list)):
        shape.append(len(first))
        first = first[0] if first else 0.0
    return (TensorType(tuple(shape), _dtype(site, number_kind(value))),)


def number_kind(value: object) -> str:
    """The dtype of nested numbers: the widest kind among them."""
    if not isinstance(value, (tuple, list)):
        return _dtype_of_number(value)
    kinds = {number_kind(item) for item in value} or {"float32"}
    return next(kind for kind in ("float32", "int64", "bool") if kind in kinds)
