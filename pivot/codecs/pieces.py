"""Splitting a tensor: sizes of the pieces against places to cut at."""

from __future__ import annotations

from typing import ClassVar

from pivot.codecs.base import Codec, NoForm, Refs, Sample
from pivot.codecs.shapes import shape_of
from pivot.codecs.tuples import is_size
from pivot.dims import Dim, ceil_div
from pivot.types import TensorType

_SAMPLE: Refs = {"x": TensorType((2, 6)), "axis": 1}


class SectionSizes(Codec):
    """torch.split: one size for all pieces but the last, or the sizes of all."""

    name: ClassVar[str] = "section_sizes"
    roles: ClassVar[tuple[str, ...]] = ("x?", "axis?")
    domain: ClassVar[tuple[Sample, ...]] = (((2, 3, 1), _SAMPLE), (4, _SAMPLE))

    def read(self, value: object, refs: Refs) -> object:
        if is_size(value):
            return value
        if isinstance(value, (tuple, list)) and all(is_size(item) for item in value):
            return tuple(value)
        raise NoForm(f"{value!r} is not sizes of pieces")

    def write(self, value: object, refs: Refs) -> object:
        return list(value) if isinstance(value, tuple) else value


class CutPoints(Codec):
    """keras.ops.split: places to cut at. References: the tensor and the axis."""

    name: ClassVar[str] = "cut_points"
    roles: ClassVar[tuple[str, ...]] = ("x", "axis")
    domain: ClassVar[tuple[Sample, ...]] = (((2, 3, 1), _SAMPLE), (4, _SAMPLE))

    def read(self, value: object, refs: Refs) -> object:
        if not isinstance(value, (tuple, list, range)):
            raise NoForm(f"{value!r} is not places to cut at")
        cuts: tuple[Dim, ...] = (0, *value, _axis_size(refs))
        return tuple(cuts[i + 1] - cuts[i] for i in range(len(cuts) - 1))

    def write(self, value: object, refs: Refs) -> object:
        cuts: list[Dim] = []
        total: Dim = 0
        for item in piece_sizes(value, _axis_size(refs))[:-1]:
            total = total + item
            cuts.append(total)
        return cuts

    def normal(self, value: object) -> object:
        return piece_sizes(value, _axis_size(_SAMPLE))

    def from_sizes(self, count: int | None) -> str:
        """Places to cut at by the sizes of the pieces: by each (`s0`, `s1`), or by the name of a list of them."""
        if count is None:
            return "[sum(e[:i]) for i in range(1, len(e))]"
        return f"[{', '.join(' + '.join(f's{k}' for k in range(n)) for n in range(1, count))}]"


class ChunkSizes(Codec):
    """Sizes of n chunks of a tensor (only for decompositions)."""

    name: ClassVar[str] = "chunk_sizes"
    roles: ClassVar[tuple[str, ...]] = ("n", "axis")

    def read(self, value: object, refs: Refs) -> object:
        count = refs.get("n")
        size = _axis_size({"x": value, "axis": refs.get("axis")})
        if not isinstance(count, int):
            raise NoForm("the number of chunks is not known")
        return chunk_sizes(size, count)

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("sizes of chunks are not written")


class PieceCount(Codec):
    """How many pieces of one size a tensor is split into (only for decompositions)."""

    name: ClassVar[str] = "piece_count"
    roles: ClassVar[tuple[str, ...]] = ("x", "axis")

    def read(self, value: object, refs: Refs) -> object:
        return len(piece_sizes(value, _axis_size(refs)))

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("a number of pieces is not written")


class NarrowIndex(Codec):
    """The index that keeps `length` entries of an axis (only for decompositions)."""

    name: ClassVar[str] = "narrow_index"
    roles: ClassVar[tuple[str, ...]] = ("start", "length")

    def read(self, value: object, refs: Refs) -> object:
        start, length = refs.get("start"), refs.get("length")
        if not isinstance(value, int) or value < 0 or not isinstance(start, int) or not isinstance(length, int):
            raise NoForm("narrowing needs fixed numbers")
        end = start + length
        return (*(slice(None),) * value, slice(start, None if start < 0 and end == 0 else end))

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("a narrowed index is not written")


def piece_sizes(sections: object, size: Dim) -> tuple[Dim, ...]:
    """Sizes of all pieces of an axis, from the size of each or the sizes of all; raises NoForm where they are not
    fixed.
    """
    if isinstance(sections, (tuple, list)):
        return tuple(sections)
    if not isinstance(sections, int) or not isinstance(size, int) or sections < 1:
        if is_size(sections) and size == sections:
            return (size,)
        raise NoForm("the number of pieces depends on the size")
    full, rest = divmod(size, sections)
    return (sections,) * full + ((rest,) if rest else ())


def chunk_sizes(size: Dim, count: int) -> tuple[Dim, ...]:
    """Sizes that torch.chunk gives: all but the last are equal, and there may be fewer than `count`."""
    if size % count == 0:
        return (size // count,) * count
    if not isinstance(size, int):
        raise NoForm("the number of chunks depends on the size")
    return piece_sizes(ceil_div(size, count), size)


def _axis_size(refs: Refs) -> Dim:
    shape, axis = shape_of(refs.get("x")), refs.get("axis")
    if not isinstance(axis, int) or not -len(shape) <= axis < len(shape):
        raise NoForm("the axis is not known")
    return shape[axis]
