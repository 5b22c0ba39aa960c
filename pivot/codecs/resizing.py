"""Sizes and scales of resizing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from pivot.codecs.base import Codec, NoForm, Refs, Sample
from pivot.codecs.shapes import shape_of
from pivot.codecs.tuples import Single
from pivot.dims import Dim, Size
from pivot.types import TensorType


class Scales1(Single):
    """One factor for one spatial axis."""

    name = "scales1"
    domain: ClassVar[tuple[Sample, ...]] = (((2.0,), {}), ((1.5,), {}))

    def read(self, value: object, refs: Refs) -> object:
        items = super().read(value, refs)
        if not isinstance(items, tuple) or not all(isinstance(item, (int, float)) for item in items):
            raise NoForm(f"{value!r} is not a factor per axis")
        return tuple(float(item) for item in items)


class Scales2(Scales1):
    """One factor for two spatial axes, or one each."""

    name = "scales2"
    count = 2
    domain = (((2.0, 2.0), {}), ((1.5, 2.0), {}))


class Scales3(Scales1):
    """One factor for three spatial axes, or one each."""

    name = "scales3"
    count = 3
    domain = (((2.0, 2.0, 2.0), {}), ((1.0, 1.5, 2.0), {}))


class Corners(Codec):
    """torch's `align_corners`: None means False and is the only word for modes without corners."""

    name: ClassVar[str] = "corners"
    takes_none: ClassVar[bool] = True
    domain: ClassVar[tuple[Sample, ...]] = ((True, {}), (False, {}))

    def read(self, value: object, refs: Refs) -> object:
        if value is not None and not isinstance(value, bool):
            raise NoForm(f"{value!r} is not True or False")
        return bool(value)

    def write(self, value: object, refs: Refs) -> object:
        return True if value else None


class NearestMode(Codec):
    """keras.ops.image.resize takes the nearest centre, torch's "nearest" rounds down: equal only for whole factors.

    torch's name for the nearest centre is "nearest-exact". References: the new size and the tensor (N C H W).
    """

    name: ClassVar[str] = "nearest_mode"
    roles: ClassVar[tuple[str, ...]] = ("size", "x")
    domain: ClassVar[tuple[Sample, ...]] = (
        ("nearest", {"size": (10, 5), "x": TensorType((2, 3, 5, 5))}),
        ("nearest-exact", {"size": (7, 7), "x": TensorType((2, 3, 5, 5))}),
    )

    def read(self, value: object, refs: Refs) -> object:
        if value == "nearest":
            return "nearest" if _whole_factors(refs) else "nearest-exact"
        raise NoForm(f"{value!r} has no counterpart")

    def write(self, value: object, refs: Refs) -> object:
        if value == "nearest-exact" or (value == "nearest" and _whole_factors(refs)):
            return "nearest"
        raise NoForm(f"Keras resizes differently where torch's mode is {value!r}")


def _whole_factors(refs: Refs) -> bool:
    size, tensor = refs.get("size"), refs.get("x")
    if not isinstance(size, tuple) or tensor is None:
        return False
    old: Sequence[Dim] = shape_of(tensor)[-len(size) :]
    return all(isinstance(new, (int, Size)) and new % before == 0 for new, before in zip(size, old, strict=True))


class Scaled(Codec):
    """Sizes after scaling: floor(size * scale); references: the sizes (only for decompositions)."""

    name: ClassVar[str] = "scaled"
    roles: ClassVar[tuple[str, ...]] = ("*",)

    def read(self, value: object, refs: Refs) -> object:
        if not isinstance(value, (tuple, list)) or len(value) != len(refs):
            raise NoForm("scaling needs a factor and a size per axis")
        return tuple(scaled_size(size, factor) for size, factor in zip(refs.values(), value, strict=True))

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("scaled sizes are not written")


def scaled_size(size: object, factor: object) -> Dim:
    """floor(size * factor); raises NoForm where a size that is not fixed is scaled by a fraction."""
    if not isinstance(factor, (int, float)) or not isinstance(size, (int, Size)):
        raise NoForm("scaling needs numbers")
    if float(factor).is_integer():
        return size * int(factor)
    if isinstance(size, int):
        return int(size * factor)
    inverse = 1 / factor
    if inverse.is_integer():
        return size // int(inverse)
    raise NoForm(f"a size that is not fixed is scaled by {factor}")


class Whole(Codec):
    """One entry of a tuple of factors, as a whole number; reference: which (only for decompositions)."""

    name: ClassVar[str] = "whole"
    roles: ClassVar[tuple[str, ...]] = ("place",)

    def read(self, value: object, refs: Refs) -> object:
        place = refs.get("place")
        item = value[place] if isinstance(value, tuple) and isinstance(place, int) and place < len(value) else None
        if not isinstance(item, (int, float)) or item != int(item):
            raise NoForm(f"{value!r} is not whole factors")
        return int(item)

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("a whole factor is not written")
