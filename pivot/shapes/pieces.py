"""Rules of ops that join tensors and take them apart."""

from __future__ import annotations

from collections.abc import Sequence

from pivot.codecs import pieces
from pivot.codecs.base import NoForm
from pivot.dims import Dim, dim_min
from pivot.shapes.base import FreeSize, NoPlace, ShapeError, Site, agree, replaced
from pivot.shapes.dtypes import promote
from pivot.types import TensorType


def _common(tensors: Sequence[TensorType], but: int | None) -> list[Dim]:
    """Sizes all tensors share, except on the axis `but`."""
    found = list(tensors[0].shape)
    for tensor in tensors[1:]:
        if tensor.rank != len(found):
            raise ShapeError(f"tensors of {len(found)} and {tensor.rank} axes cannot be joined")
        for place, size in enumerate(tensor.shape):
            if place != but:
                found[place] = agree(found[place], size, f"axis {place} of the joined tensors")
    return found


def rule_concat(site: Site) -> Sequence[TensorType]:
    """xs: * + -> y: *, one behind the other along `axis`."""
    tensors = site.tensors()
    axis = site.axis("axis", tensors[0].rank)
    shape = _common(tensors, axis)
    total: Dim = 0
    for tensor in tensors:
        total = total + tensor.shape[axis]
    shape[axis] = total
    return (TensorType(tuple(shape), promote(tensors)),)


def rule_stack(site: Site) -> Sequence[TensorType]:
    """xs: * + -> y: * with a new axis; `axis` counts in the result."""
    tensors = site.tensors()
    shape = _common(tensors, None)
    axis = site.axis("axis", len(shape) + 1)
    return (TensorType((*shape[:axis], len(tensors), *shape[axis:]), promote(tensors)),)


def rule_split(site: Site) -> Sequence[TensorType]:
    """x: .. n .. -> ys: pieces of `sections` (a size, or all sizes)."""
    x = site.first()
    axis = site.axis("axis", x.rank)
    name = "sections" if "sections" in site.op.params else "sizes"
    try:
        sizes = pieces.piece_sizes(site.param(name), x.shape[axis])
    except NoForm as error:
        raise FreeSize(str(error), x.shape[axis]) from None
    total: Dim = 0
    for size in sizes:
        total = total + size
    agree(total, x.shape[axis], f"the pieces of axis {axis}")
    return tuple(TensorType(replaced(x.shape, axis, size), x.dtype) for size in sizes)


def rule_chunk(site: Site) -> Sequence[TensorType]:
    """x: .. n .. -> ys: about `n` equal pieces, as torch.chunk cuts."""
    x = site.first()
    axis, count = site.axis("axis", x.rank), site.size("n")
    if not isinstance(count, int) or count < 1:
        raise ShapeError("the number of chunks is not a fixed number")
    try:
        sizes = pieces.chunk_sizes(x.shape[axis], count)
    except NoForm as error:
        raise FreeSize(str(error), x.shape[axis]) from None
    return tuple(TensorType(replaced(x.shape, axis, size), x.dtype) for size in sizes)


def rule_unbind(site: Site) -> Sequence[TensorType]:
    """x: .. n .. -> ys: n tensors without the axis."""
    x = site.first()
    axis = site.axis("axis", x.rank)
    count = x.shape[axis]
    if not isinstance(count, int):
        raise FreeSize(f"the number of slices depends on the size {count}", count)
    return (TensorType(replaced(x.shape, axis), x.dtype),) * count


def rule_meshgrid(site: Site) -> Sequence[TensorType]:
    """xs: M, N, .. -> ys: M N .. each; indexing "xy" swaps the first two axes."""
    tensors = site.tensors()
    sizes: list[Dim] = [tensor.shape[0] if tensor.rank else 1 for tensor in tensors]
    if site.param("indexing") == "xy" and len(sizes) > 1:
        sizes[0], sizes[1] = sizes[1], sizes[0]
    return tuple(TensorType(tuple(sizes), tensor.dtype) for tensor in tensors)


def rule_select(site: Site) -> Sequence[TensorType]:
    """x: .. n .. -> y: one slice, without the axis."""
    x = site.first()
    axis = site.axis("axis", x.rank)
    place, size = site.param("place"), x.shape[axis]
    result = TensorType(replaced(x.shape, axis), x.dtype)
    if isinstance(place, int) and isinstance(size, int) and not -size <= place < size:
        raise NoPlace(f"place {place} does not exist in axis {axis} of {size} entries", result)
    return (result,)


def rule_narrow(site: Site) -> Sequence[TensorType]:
    """x: .. n .. -> y: .. length .."""
    x = site.first()
    axis, length = site.axis("axis", x.rank), site.size("length")
    size = x.shape[axis]
    if isinstance(length, int) and isinstance(size, int) and length > size:
        raise ShapeError(f"{length} of {size} entries")
    return (TensorType(replaced(x.shape, axis, length), x.dtype),)


def rule_index_select(site: Site) -> Sequence[TensorType]:
    """x: .. n .., index: M -> y: .. M .. (an index of any rank puts its axes there)."""
    x, index = site.first(), site.tensor("index")
    axis = site.axis("axis", x.rank)
    return (TensorType(replaced(x.shape, axis, *index.shape), x.dtype),)


def rule_gather(site: Site) -> Sequence[TensorType]:
    """x: *, index: * -> y: like index."""
    x, index = site.first(), site.tensor("index")
    if x.rank != index.rank:
        raise ShapeError(f"an index of {index.rank} axes into a tensor of {x.rank}")
    return (TensorType(index.shape, x.dtype),)


def rule_scatter(site: Site) -> Sequence[TensorType]:
    """x: *, index: * -> y: like x; the index is as large as x on all axes but the one that it counts."""
    x, index = site.first(), site.tensor("index")
    axis = site.axis("axis", x.rank)
    if x.rank != index.rank:
        raise ShapeError(f"an index of {index.rank} axes into a tensor of {x.rank}")
    for place, (size, part) in enumerate(zip(x.shape, index.shape, strict=True)):
        if place != axis:
            agree(size, part, f"an index as large as the tensor on axis {place} is needed")
    return (x,)


def rule_diagonal(site: Site) -> Sequence[TensorType]:
    """x: .. m .. n .. -> y: .. min(m, n): the entries where both axes agree, as a new last axis."""
    x = site.first()
    first, second = site.axis("axis0", x.rank), site.axis("axis1", x.rank)
    height, width, offset = x.shape[first], x.shape[second], site.param("offset")
    if first == second:
        raise ShapeError("a diagonal needs two axes")
    if isinstance(height, int) and isinstance(width, int) and isinstance(offset, int):
        length: Dim = max(0, min(height, width - offset) if offset >= 0 else min(height + offset, width))
    elif isinstance(offset, int):
        length = dim_min(height, width - offset) if offset >= 0 else dim_min(height + offset, width)
    else:
        raise ShapeError("the diagonal that is asked for is not a number")
    rest = tuple(size for place, size in enumerate(x.shape) if place not in (first, second))
    return (TensorType((*rest, length), x.dtype),)
