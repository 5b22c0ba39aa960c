"""Shapes as arguments."""

from __future__ import annotations

from typing import ClassVar

from pivot.codecs.base import Codec, NoForm, Refs, Sample
from pivot.codecs.tuples import is_size
from pivot.dims import Dim, product


class Dims(Codec):
    """A shape: one size alone means a shape of one axis; at most one -1."""

    name: ClassVar[str] = "dims"
    face: ClassVar[str | None] = "dims"
    domain: ClassVar[tuple[Sample, ...]] = (((2, -1, 3), {}), ((4,), {}), ((), {}))

    def read(self, value: object, refs: Refs) -> object:
        items = tuple(value) if isinstance(value, (tuple, list)) else (value,)
        if not all(is_size(item) for item in items):
            raise NoForm(f"{value!r} is not a shape")
        if sum(1 for item in items if item == -1) > 1:
            raise NoForm("only one size can be inferred")
        return items

    def write(self, value: object, refs: Refs) -> object:
        return self.read(value, refs)


class KeptDims(Dims):
    """A shape to broadcast to: every -1 keeps a size."""

    name: ClassVar[str] = "kept_dims"
    domain: ClassVar[tuple[Sample, ...]] = (((2, -1, -1), {}), ((4,), {}))

    def read(self, value: object, refs: Refs) -> object:
        items = tuple(value) if isinstance(value, (tuple, list)) else (value,)
        if not all(is_size(item) for item in items):
            raise NoForm(f"{value!r} is not a shape")
        return items


class BatchDims(Codec):
    """`keras.layers.Reshape`: the shape behind the first axis, which stays; reference: the tensor that is reshaped."""

    name: ClassVar[str] = "batch_dims"
    roles: ClassVar[tuple[str, ...]] = ("x",)
    domain: ClassVar[tuple[Sample, ...]] = ()

    def read(self, value: object, refs: Refs) -> object:
        if not isinstance(value, (tuple, list)):
            raise NoForm(f"{value!r} is not a shape")
        return (shape_of(refs.get("x"))[0], *value) if -1 in value else (-1, *value)

    def write(self, value: object, refs: Refs) -> object:
        shape = shape_of(refs.get("x"))
        if not isinstance(value, tuple) or not value or not shape:
            raise NoForm("there is no first axis to stay as it is")
        if value[0] == shape[0]:
            return value[1:]
        known = [size for size in value[1:] if isinstance(size, int)]
        if value[0] == -1 and len(known) == len(value) - 1 and product(shape[1:]) == product(known):
            return value[1:]
        raise NoForm("the first axis does not stay as it is")


class FlatDims(Codec):
    """The shape after axes start..end became one; reads a tensor (only for decompositions)."""

    name: ClassVar[str] = "flat_dims"
    roles: ClassVar[tuple[str, ...]] = ("start", "end")

    def read(self, value: object, refs: Refs) -> object:
        shape, start, end = shape_of(value), refs.get("start"), refs.get("end")
        if not isinstance(start, int) or not isinstance(end, int) or not shape:
            raise NoForm("flattening needs the axes")
        start, end = start % len(shape), end % len(shape)
        return inferred((*shape[:start], product(shape[start : end + 1]), *shape[end + 1 :]))

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("a flattened shape is not written")


class BroadcastDims(Codec):
    """Sizes to broadcast to; torch's -1 keeps an axis, Keras needs its size. Reference: the tensor."""

    name: ClassVar[str] = "broadcast_dims"
    roles: ClassVar[tuple[str, ...]] = ("x",)
    domain: ClassVar[tuple[Sample, ...]] = (((2, 5), {"x": None}),)

    def read(self, value: object, refs: Refs) -> object:
        if not isinstance(value, (tuple, list)) or not all(is_size(item) for item in value):
            raise NoForm(f"{value!r} is not a shape")
        return tuple(value)

    def write(self, value: object, refs: Refs) -> object:
        sizes = self.read(value, refs)
        if not isinstance(sizes, tuple) or -1 not in sizes:
            return sizes
        shape = shape_of(refs.get("x"))
        added = len(sizes) - len(shape)
        if added < 0 or -1 in sizes[:added]:
            raise NoForm("an axis that is new cannot be kept")
        return (*sizes[:added], *(old if new == -1 else new for new, old in zip(sizes[added:], shape, strict=True)))


class ShapeOf(Codec):
    """The shape of a tensor (only for decompositions)."""

    name: ClassVar[str] = "shape_of"

    def read(self, value: object, refs: Refs) -> object:
        return shape_of(value)

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("the shape of a tensor is not written")


class AxisSize(Codec):
    """The size of one axis of a tensor (only for decompositions)."""

    name: ClassVar[str] = "axis_size"
    roles: ClassVar[tuple[str, ...]] = ("axis",)

    def read(self, value: object, refs: Refs) -> object:
        shape, axis = shape_of(value), refs.get("axis")
        if not isinstance(axis, int):
            raise NoForm("the axis is needed")
        return shape[axis]

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("the size of an axis is not written")


class Unflattened(Codec):
    """The shape after one axis became several; reads a tensor (only for decompositions)."""

    name: ClassVar[str] = "unflattened"
    roles: ClassVar[tuple[str, ...]] = ("axis", "sizes")

    def read(self, value: object, refs: Refs) -> object:
        shape, axis, sizes = shape_of(value), refs.get("axis"), refs.get("sizes")
        if not isinstance(axis, int) or not isinstance(sizes, tuple):
            raise NoForm("the axis and its new sizes are needed")
        axis %= len(shape)
        return inferred((*shape[:axis], *sizes, *shape[axis + 1 :]))

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("an unflattened shape is not written")


def shape_of(value: object) -> tuple[Dim, ...]:
    """Sizes of a tensor's axes; raises NoForm."""
    shape = getattr(value, "shape", None)
    if not isinstance(shape, tuple):
        raise NoForm("the shape of the tensor is not known")
    return shape


def inferred(sizes: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """The sizes with -1 for the first that is not a fixed number: usually the batch."""
    if -1 in sizes:
        return sizes
    for place, size in enumerate(sizes):
        if not isinstance(size, int):
            return (*sizes[:place], -1, *sizes[place + 1 :])
    return sizes
