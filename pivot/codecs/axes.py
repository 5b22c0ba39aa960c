"""Axes as arguments."""

from __future__ import annotations

from typing import ClassVar

from pivot.codecs.base import Codec, NoForm, Refs, Sample
from pivot.codecs.shapes import shape_of
from pivot.codecs.tuples import is_size
from pivot.dims import Size, hint, symbols
from pivot.types import rank_of


class AxisOf(Codec):
    """An axis that may be negative; reference: the tensor it counts in."""

    name: ClassVar[str] = "axis"
    face: ClassVar[str | None] = "axis"
    roles: ClassVar[tuple[str, ...]] = ("x?",)
    domain: ClassVar[tuple[Sample, ...]] = ((1, {}), (0, {}))

    def read(self, value: object, refs: Refs) -> object:
        if not isinstance(value, int) or isinstance(value, bool):
            raise NoForm(f"{value!r} is not an axis")
        rank = rank_of(refs.get("x"))
        return value % rank if rank else value

    def write(self, value: object, refs: Refs) -> object:
        return value


class Axes(Codec):
    """Axes: one or several, in the framework a single one without brackets."""

    name: ClassVar[str] = "axes"
    face: ClassVar[str | None] = "axis"
    roles: ClassVar[tuple[str, ...]] = ("x?",)
    domain: ClassVar[tuple[Sample, ...]] = (((1,), {}), ((0, 2), {}))

    def read(self, value: object, refs: Refs) -> object:
        items = tuple(value) if isinstance(value, (tuple, list)) else (value,)
        if not all(isinstance(item, int) and not isinstance(item, bool) for item in items):
            raise NoForm(f"{value!r} is not axes")
        rank = rank_of(refs.get("x"))
        return tuple(item % rank for item in items) if rank else items

    def write(self, value: object, refs: Refs) -> object:
        if not isinstance(value, tuple):
            raise NoForm(f"{value!r} is not axes")
        return value[0] if len(value) == 1 else value


class OneAxis(Codec):
    """Exactly one axis, without brackets; None (all axes) means something else in the framework."""

    name: ClassVar[str] = "one_axis"
    face: ClassVar[str | None] = "axis"
    takes_none: ClassVar[bool] = True
    domain: ClassVar[tuple[Sample, ...]] = (((1,), {}),)

    def read(self, value: object, refs: Refs) -> object:
        if not isinstance(value, int) or isinstance(value, bool):
            raise NoForm(f"{value!r} is not one axis")
        return (value,)

    def write(self, value: object, refs: Refs) -> object:
        if not isinstance(value, tuple) or len(value) != 1:
            raise NoForm("only one axis can be said")
        return value[0]


def is_one(size: object) -> bool:
    """Is a size 1 on this configuration? A batch is of any size."""
    return size == 1 or (isinstance(size, Size) and hint(size) == 1 and "N" not in symbols(size))


class UnitAxes(Codec):
    """squeeze: None means every axis of size 1; an axis of another size stays (torch). Reference: the tensor."""

    name: ClassVar[str] = "unit_axes"
    face: ClassVar[str | None] = "axis"
    roles: ClassVar[tuple[str, ...]] = ("x",)
    takes_none: ClassVar[bool] = True
    domain: ClassVar[tuple[Sample, ...]] = (((1,), {"x": None}), ((0, 2), {"x": None}))

    def read(self, value: object, refs: Refs) -> object:
        tensor = refs.get("x")
        if value is None:
            return tuple(place for place, size in enumerate(shape_of(tensor)) if size == 1)
        items = tuple(value) if isinstance(value, (tuple, list)) else (value,)
        if not all(isinstance(item, int) and not isinstance(item, bool) for item in items):
            raise NoForm(f"{value!r} is not axes")
        if tensor is None:
            return items
        shape = shape_of(tensor)
        if not all(-len(shape) <= item < len(shape) for item in items):
            raise NoForm(f"{value!r} are not axes of a tensor of {len(shape)} axes")
        return tuple(item % len(shape) for item in items if is_one(shape[item]))

    def write(self, value: object, refs: Refs) -> object:
        if not isinstance(value, tuple):
            raise NoForm(f"{value!r} is not axes")
        return value[0] if len(value) == 1 else value


class BatchAxes(Codec):
    """keras.layers.Permute: axes without the batch, counted from 1."""

    name: ClassVar[str] = "batch_axes"
    domain: ClassVar[tuple[Sample, ...]] = (((0, 2, 1), {}), ((0, 3, 1, 2), {}))

    def read(self, value: object, refs: Refs) -> object:
        if not isinstance(value, (tuple, list)):
            raise NoForm(f"{value!r} is not axes")
        return (0, *value)

    def write(self, value: object, refs: Refs) -> object:
        if not isinstance(value, tuple) or not value or value[0] != 0:
            raise NoForm("the first axis does not stay in its place")
        return value[1:]


class OneOrAll(Codec):
    """One number, or one per axis."""

    name: ClassVar[str] = "one_or_all"
    face: ClassVar[str | None] = "dims"
    domain: ClassVar[tuple[Sample, ...]] = (((1,), {}), ((1, -2), {}))

    def read(self, value: object, refs: Refs) -> object:
        items = tuple(value) if isinstance(value, (tuple, list)) else (value,)
        if not all(is_size(item) for item in items):
            raise NoForm(f"{value!r} is not whole numbers")
        return items

    def write(self, value: object, refs: Refs) -> object:
        items = self.read(value, refs)
        return items[0] if isinstance(items, tuple) and len(items) == 1 else items


class Reversed(Codec):
    """A sequence in opposite order."""

    name: ClassVar[str] = "reversed"
    domain: ClassVar[tuple[Sample, ...]] = (((1, 2, 3), {}),)

    def read(self, value: object, refs: Refs) -> object:
        if not isinstance(value, (tuple, list)):
            raise NoForm(f"{value!r} is not a sequence")
        return tuple(reversed(value))

    def write(self, value: object, refs: Refs) -> object:
        return self.read(value, refs)
