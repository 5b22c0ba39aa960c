"""Rules of ops that rearrange axes without touching entries."""

from __future__ import annotations

from collections.abc import Sequence

from pivot.dims import Dim, hint, product
from pivot.shapes.base import ShapeError, Site, agree, replaced
from pivot.types import TensorType


def with_inferred(sizes: tuple[Dim, ...], total: Dim) -> tuple[Dim, ...]:
    """The sizes with -1 replaced by what is left of `total`; raises ShapeError where they do not fit."""
    if -1 not in sizes:
        agree(product(sizes), total, "the number of elements")
        return sizes
    place = sizes.index(-1)
    rest = product(replaced(sizes, place))
    if hint(rest) == 0 or hint(total) % hint(rest):
        raise ShapeError(f"{total} elements do not divide by {rest}")
    if isinstance(rest, int) and isinstance(total, int):
        return replaced(sizes, place, total // rest)
    quotient = total // rest
    return replaced(sizes, place, quotient)


def rule_reshape(site: Site) -> Sequence[TensorType]:
    """x: * -> y: `shape` with one -1 for what is left."""
    x = site.first()
    return (TensorType(with_inferred(site.sizes("shape"), product(x.shape)), x.dtype),)


def rule_flatten(site: Site) -> Sequence[TensorType]:
    """x: * -> y: *, axes start..end as one; a scalar gets one axis."""
    x = site.first()
    start, end = site.axis("start", x.rank), site.axis("end", x.rank)
    if start > end:
        raise ShapeError(f"axis {start} is behind axis {end}")
    return (TensorType((*x.shape[:start], product(x.shape[start : end + 1]), *x.shape[end + 1 :]), x.dtype),)


def rule_unflatten(site: Site) -> Sequence[TensorType]:
    """x: .. n .. -> y: .. `sizes` .."""
    x = site.first()
    axis = site.axis("axis", x.rank)
    return (TensorType(replaced(x.shape, axis, *with_inferred(site.sizes("sizes"), x.shape[axis])), x.dtype),)


def rule_permute(site: Site) -> Sequence[TensorType]:
    """x: * -> y: axis k of y is axis `axes[k]` of x; without `axes` all in opposite order."""
    x = site.first()
    axes = site.axes("axes", x.rank)
    places = tuple(reversed(range(x.rank))) if axes is None else axes
    if len(places) != x.rank:
        raise ShapeError(f"{len(places)} axes of a tensor with {x.rank}")
    return (TensorType(tuple(x.shape[place] for place in places), x.dtype),)


def rule_transpose(site: Site) -> Sequence[TensorType]:
    """x: * -> y: *, two axes change places."""
    x = site.first()
    names = ("axis0", "axis1") if "axis0" in site.op.params else tuple(site.op.params)[:2]
    first, second = (site.axis(name, x.rank) for name in names) if len(names) == 2 else (x.rank - 2, x.rank - 1)
    shape = list(x.shape)
    if shape:
        shape[first], shape[second] = shape[second], shape[first]
    return (TensorType(tuple(shape), x.dtype),)


def rule_move_axis(site: Site) -> Sequence[TensorType]:
    """x: * -> y: *, axis source[i] becomes axis target[i], the others keep their order."""
    x = site.first()
    source, target = site.axes("source", x.rank) or (), site.axes("target", x.rank) or ()
    if len(source) != len(target):
        raise ShapeError(f"{len(source)} axes cannot move to {len(target)} places")
    placed = dict(zip(target, source, strict=True))
    rest = iter(axis for axis in range(x.rank) if axis not in source)
    return (TensorType(tuple(x.shape[placed[k] if k in placed else next(rest)] for k in range(x.rank)), x.dtype),)


def rule_squeeze(site: Site) -> Sequence[TensorType]:
    """x: * -> y: * without `axes` of size 1; without `axes` all of size 1."""
    x = site.first()
    axes = site.axes("axes", x.rank) if "axes" in site.op.params else (site.axis("axis", x.rank),)
    if axes is None:
        axes = tuple(place for place, size in enumerate(x.shape) if size == 1)
    for axis in axes:
        if hint(x.shape[axis]) != 1:
            raise ShapeError(f"axis {axis} has {x.shape[axis]} entries, not 1")
    return (TensorType(tuple(size for place, size in enumerate(x.shape) if place not in axes), x.dtype),)


def rule_unsqueeze(site: Site) -> Sequence[TensorType]:
    """x: * -> y: * with new axes of size 1; `axes` count in the result."""
    x = site.first()
    name = "axes" if "axes" in site.op.params else "axis"
    count = len(value) if isinstance(value := site.param(name), (tuple, list)) else 1
    axes = site.axes(name, x.rank + count) or ()
    rest = iter(x.shape)
    return (TensorType(tuple(1 if place in axes else next(rest) for place in range(x.rank + count)), x.dtype),)


def rule_expand(site: Site) -> Sequence[TensorType]:
    """x: * -> y: `shape`; -1 keeps an axis, axes of size 1 stretch, new axes come in front."""
    x, sizes = site.first(), site.sizes("shape")
    added = len(sizes) - x.rank
    if added < 0:
        raise ShapeError(f"{x.rank} axes cannot be expanded to {len(sizes)}")
    found: list[Dim] = list(sizes[:added])
    for old, new in zip(x.shape, sizes[added:], strict=True):
        found.append(old if new == -1 else new if old == 1 else agree(old, new, "only axes of size 1 can be expanded"))
    return (TensorType(tuple(found), x.dtype),)


def rule_repeat(site: Site) -> Sequence[TensorType]:
    """x: * -> y: every axis `repeats` times; more repeats than axes add axes in front."""
    x, repeats = site.first(), site.sizes("repeats")
    rank = max(x.rank, len(repeats))
    shape = (1,) * (rank - x.rank) + x.shape
    factors = (1,) * (rank - len(repeats)) + repeats
    return (TensorType(tuple(size * factor for size, factor in zip(shape, factors, strict=True)), x.dtype),)


def rule_repeat_interleave(site: Site) -> Sequence[TensorType]:
    """x: .. n .. -> y: .. n * repeats ..; without an axis the flattened tensor."""
    x, repeats = site.first(), site.size("repeats")
    if site.param("axis") is None:
        return (TensorType((product(x.shape) * repeats,), x.dtype),)
    axis = site.axis("axis", x.rank)
    return (TensorType(replaced(x.shape, axis, x.shape[axis] * repeats), x.dtype),)
