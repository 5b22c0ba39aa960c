"""Rules of ops that work entry by entry, and of reductions."""

from __future__ import annotations

from collections.abc import Sequence

from pivot.dims import Dim
from pivot.shapes.base import ShapeError, Site, agree, broadcast, replaced
from pivot.shapes.dtypes import as_complex, as_float, as_real, promote
from pivot.types import TensorType


def _shapes(site: Site) -> list[tuple[Dim, ...]]:
    return [value.shape for value in site.given() if isinstance(value, TensorType)]


def rule_same(site: Site) -> Sequence[TensorType]:
    """x: * -> y: *, all outputs like the first input."""
    return (site.first(),) * len(site.op.outputs)


def rule_float(site: Site) -> Sequence[TensorType]:
    """x: * -> y: *, whole numbers become fractions."""
    x = site.first()
    return (TensorType(x.shape, as_float(x.dtype)),)


def rule_complex(site: Site) -> Sequence[TensorType]:
    """re: *, im: * -> z: *, complex."""
    return (TensorType(broadcast(_shapes(site)), as_complex(promote(site.given()))),)


def rule_real_part(site: Site) -> Sequence[TensorType]:
    """z: * -> y: *, of the kind that the parts of z have."""
    return (TensorType(site.first().shape, as_real(site.first().dtype)),)


def rule_pairs_to_complex(site: Site) -> Sequence[TensorType]:
    """x: .. 2 -> z: .., complex."""
    x = site.first()
    if x.shape[-1:] != (2,):
        raise ShapeError("the last axis does not hold pairs")
    return (TensorType(x.shape[:-1], as_complex(x.dtype)),)


def rule_complex_to_pairs(site: Site) -> Sequence[TensorType]:
    """z: .. -> y: .. 2, of the kind that the parts of z have."""
    z = site.first()
    return (TensorType((*z.shape, 2), as_real(z.dtype)),)


def rule_broadcast(site: Site) -> Sequence[TensorType]:
    """a: *, b: * -> y: *, promoted."""
    return (TensorType(broadcast(_shapes(site)), promote(site.given())),)


def rule_divide(site: Site) -> Sequence[TensorType]:
    """a: *, b: * -> y: *, never whole numbers."""
    return (TensorType(broadcast(_shapes(site)), as_float(promote(site.given()))),)


def rule_compare(site: Site) -> Sequence[TensorType]:
    """a: *, b: * -> y: *, truth values."""
    return (TensorType(broadcast(_shapes(site)), "bool"),)


def rule_where(site: Site) -> Sequence[TensorType]:
    """condition, a, b: * -> y: *, promoted from a and b."""
    return (TensorType(broadcast(_shapes(site)), promote(site.given()[1:])),)


def rule_masked_fill(site: Site) -> Sequence[TensorType]:
    """x, mask: * -> y: * of the kind of x, as large as both together."""
    return (TensorType(broadcast([site.first().shape, site.tensor("mask").shape]), site.first().dtype),)


def rule_cast(site: Site) -> Sequence[TensorType]:
    """x: * -> y: * of the asked element type."""
    dtype = site.param("dtype")
    if not isinstance(dtype, str):
        raise ShapeError("the element type is not known")
    return (TensorType(site.first().shape, dtype),)


def rule_like_second(site: Site) -> Sequence[TensorType]:
    """x: *, other: * -> y: like other, with the element type of x."""
    other = site.given()[1]
    if not isinstance(other, TensorType):
        raise ShapeError("the second operand is not a tensor")
    return (TensorType(other.shape, site.first().dtype),)


def rule_glu(site: Site) -> Sequence[TensorType]:
    """x: .. 2*C .. -> y: .. C .."""
    x = site.first()
    axis = site.axis("axis", x.rank)
    if isinstance(x.shape[axis], int) and x.shape[axis] % 2 != 0:
        raise ShapeError(f"axis {axis} has {x.shape[axis]} entries, which cannot be halved")
    return (TensorType(replaced(x.shape, axis, x.shape[axis] // 2), x.dtype),)


def reduced(shape: tuple[Dim, ...], axes: tuple[int, ...] | None, keep: bool) -> tuple[Dim, ...]:
    """The shape without `axes` (None = all), or with size 1 in their places."""
    gone = range(len(shape)) if axes is None else axes
    if keep:
        return tuple(1 if place in gone else size for place, size in enumerate(shape))
    return tuple(size for place, size in enumerate(shape) if place not in gone)


def rule_reduce(site: Site) -> Sequence[TensorType]:
    """x: * -> y: * without `axes` (None = all axes), or with `keepdims`."""
    x = site.first()
    return (TensorType(reduced(x.shape, site.axes("axes", x.rank), site.flag("keepdims")), x.dtype),)


def rule_reduce_sum(site: Site) -> Sequence[TensorType]:
    """As `reduce`, but whole numbers and truth values add up to int64."""
    (y,) = rule_reduce(site)
    return (TensorType(y.shape, "int64" if as_float(y.dtype) != y.dtype else y.dtype),)


def rule_reduce_bool(site: Site) -> Sequence[TensorType]:
    """As `reduce`, giving truth values."""
    (y,) = rule_reduce(site)
    return (TensorType(y.shape, "bool"),)


def rule_arg_reduce(site: Site) -> Sequence[TensorType]:
    """x: * -> places: * without `axis` (None = the place in the flattened tensor)."""
    x = site.first()
    axes = None if site.param("axis") is None else (site.axis("axis", x.rank),)
    return (TensorType(reduced(x.shape, axes, site.flag("keepdims")), "int64"),)


def rule_place(site: Site) -> Sequence[TensorType]:
    """x: * -> places: *, one per entry."""
    return (TensorType(site.first().shape, "int64"),)


def rule_value_and_place(site: Site) -> Sequence[TensorType]:
    """x: * -> values, places: * without `axis`."""
    x = site.first()
    shape = reduced(x.shape, (site.axis("axis", x.rank),), site.flag("keepdims"))
    return TensorType(shape, x.dtype), TensorType(shape, "int64")


def rule_value_and_place_all(site: Site) -> Sequence[TensorType]:
    """x: * -> values, places: *, one per entry."""
    x = site.first()
    return x, TensorType(x.shape, "int64")


def rule_topk(site: Site) -> Sequence[TensorType]:
    """x: .. n .. -> values, places: .. k .."""
    x = site.first()
    axis, k = site.axis("axis", x.rank), site.size("k")
    size = x.shape[axis]
    if isinstance(size, int) and isinstance(k, int) and k > size:
        raise ShapeError(f"{k} of {size} entries")
    shape = replaced(x.shape, axis, k)
    return TensorType(shape, x.dtype), TensorType(shape, "int64")


def rule_reduce_pair(site: Site) -> Sequence[TensorType]:
    """a: *, b: * -> y: *, without `axis`. The axis is counted in the shape of both, so neither is stretched."""
    shape, *others = _shapes(site)
    if any(other != shape for other in others):
        raise ShapeError("tensors of different shapes, along an axis of the one that both are broadcast to")
    if not shape:
        raise ShapeError("single numbers, which have no axis")
    return (TensorType(reduced(shape, (site.axis("axis", len(shape)),), False), as_float(promote(site.given()))),)


def rule_loss(site: Site) -> Sequence[TensorType]:
    """x, target -> a scalar, or with reduction "none" one loss per entry (per place without C where x is N C *)."""
    x = site.first()
    target = site.given()[1]
    if not isinstance(target, TensorType):
        raise ShapeError("the target is not a tensor")
    letters = next(iter(site.op.inputs.values())).letters
    shape = replaced(x.shape, min(1, x.rank - 1)) if "C" in letters and x.rank else x.shape
    if "C" not in letters:
        shape = broadcast([x.shape, target.shape])
    elif target.rank == len(shape):
        shape = tuple(agree(a, b, "x and target") for a, b in zip(shape, target.shape, strict=True))
    return (TensorType(shape if site.param("reduction") == "none" else (), as_float(x.dtype)),)
