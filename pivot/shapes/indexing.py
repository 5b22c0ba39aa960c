"""The rule of `x[index]`: numbers, slices, None, ..., tensors of places and of truth values."""

from __future__ import annotations

from collections.abc import Sequence

from pivot.dims import Dim, Size, dim_max, dim_min, hint
from pivot.shapes.base import NoPlace, ShapeError, Site, broadcast
from pivot.types import TensorType, is_tensor


def rule_index(site: Site) -> Sequence[TensorType]:
    """x: * -> y: *, as NumPy and torch index."""
    x = site.first()
    index = site.param("index")
    items = index if isinstance(index, tuple) else (index,)
    missing: list[str] = []
    result = TensorType(indexed(x.shape, items, missing), x.dtype)
    if missing:
        raise NoPlace(missing[0], result)
    return (result,)


def indexed(shape: tuple[Dim, ...], items: tuple[object, ...], missing: list[str] | None = None) -> tuple[Dim, ...]:
    """The shape of x[items]; raises ShapeError, of places that do not exist only where no list for them is given."""
    taken = sum(_axes_taken(item) for item in items)
    if taken > len(shape):
        raise ShapeError(f"{taken} indices for a tensor of {len(shape)} axes")
    if not any(item is Ellipsis for item in items):
        items = (*items, Ellipsis)
    found: list[Dim] = []
    places: list[tuple[Dim, ...]] = []
    put_at: int | None = None
    apart = False
    last_was_place = False
    axis = 0
    for item in items:
        if item is Ellipsis:
            width = len(shape) - taken
            found.extend(shape[axis : axis + width])
            axis += width
        elif item is None:
            found.append(1)
        elif isinstance(item, slice):
            found.append(sliced(shape[axis], item))
            axis += 1
        elif is_tensor(item) or isinstance(item, list):
            apart = apart or (put_at is not None and not last_was_place)
            put_at = len(found) if put_at is None else put_at
            places.append(_places_shape(item))
            axis += _axes_taken(item)
        else:
            why = _check_place(item, shape[axis], axis)
            if why and missing is None:
                raise ShapeError(why)
            if why and missing is not None:
                missing.append(why)
            axis += 1
            continue  # torch takes numbers first, NumPy counts them as tensors of places
        last_was_place = is_tensor(item) or isinstance(item, list)
    if put_at is None:
        return tuple(found)
    common = broadcast(places)
    at = 0 if apart else put_at
    return (*found[:at], *common, *found[at:])


def _axes_taken(item: object) -> int:
    if item is None or item is Ellipsis:
        return 0
    shape = getattr(item, "shape", None)
    if isinstance(shape, tuple) and getattr(item, "dtype", None) == "bool":
        return len(shape)
    return 1


def _places_shape(item: object) -> tuple[Dim, ...]:
    if isinstance(item, list):
        return (len(item),)
    if getattr(item, "dtype", None) == "bool":
        raise ShapeError("the size of the result depends on the values of a mask")
    shape = getattr(item, "shape", ())
    return tuple(shape)


def _check_place(item: object, size: Dim, axis: int) -> str:
    if isinstance(item, bool) or not isinstance(item, (int, Size)):
        raise ShapeError(f"{item!r} cannot be an index")
    if isinstance(item, int) and isinstance(size, int) and not -size <= item < size:
        return f"place {item} does not exist in axis {axis} of {size} entries"
    return ""


def sliced(size: Dim, part: slice) -> Dim:
    """How many entries a slice keeps of an axis with `size` entries."""
    step = 1 if part.step is None else part.step
    if not isinstance(step, int) or step == 0:
        raise ShapeError("the step of a slice must be a fixed number")
    if isinstance(size, int) and all(v is None or isinstance(v, int) for v in (part.start, part.stop)):
        return len(range(*part.indices(size)))
    if step < 0:
        raise ShapeError("a slice that goes backwards through a size that is not fixed")
    start, stop = _bound(part.start, 0, size), _bound(part.stop, size, size)
    length = stop - start
    if hint(length) < 0:
        return 0
    return length if step == 1 else (length + step - 1) // step


def _bound(value: object, default: Dim, size: Dim) -> Dim:
    """A bound of a slice as a place between 0 and size, where the example decides what is not fixed."""
    if value is None:
        return default
    if not isinstance(value, (int, Size)) or isinstance(value, bool):
        raise ShapeError(f"{value!r} cannot bound a slice")
    if hint(value) < 0:
        value = value + size
        return value if hint(value) >= 0 else 0
    if value == size:
        return size
    gap = size - value
    if isinstance(gap, int):
        return value if gap >= 0 else size
    # Symbolic on both sides: the shorter one on the example, as Python would clip there.
    return value if hint(value) <= hint(size) else (size if isinstance(size, int) else dim_min(dim_max(value, 0), size))
