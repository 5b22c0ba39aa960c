"""Whole numbers per spatial axis: a single number stands for all axes, in both frameworks."""

from __future__ import annotations

from typing import ClassVar

from pivot.codecs.base import Codec, NoForm, Refs, Sample
from pivot.dims import Size


def is_size(value: object) -> bool:
    """A whole number or a symbolic size, not a truth value."""
    return isinstance(value, (int, Size)) and not isinstance(value, bool)


def spread(value: object, count: int) -> tuple[object, ...]:
    """`value` per axis: a number `count` times, a sequence of `count` (or of one) as it is; raises NoForm."""
    if isinstance(value, (tuple, list)):
        if len(value) == 1:
            return (value[0],) * count
        if len(value) == count:
            return tuple(value)
        raise NoForm(f"{len(value)} values for {count} axes")
    if value is None or isinstance(value, (int, float, Size)):
        return (value,) * count
    raise NoForm(f"{value!r} is not {count} numbers")


class Single(Codec):
    """One spatial axis: 3 or (3,)."""

    name: ClassVar[str] = "single"
    face: ClassVar[str | None] = "ntuple"
    count: ClassVar[int] = 1
    domain: ClassVar[tuple[Sample, ...]] = (((3,), {}), ((1,), {}))

    def read(self, value: object, refs: Refs) -> object:
        return spread(value, self.count)

    def write(self, value: object, refs: Refs) -> object:
        # Factors are floats in the pivot; 2.0 is written 2, which both frameworks take.
        items = tuple(int(v) if isinstance(v, float) and v.is_integer() else v for v in spread(value, self.count))
        return items[0] if all(item == items[0] for item in items) else items


class Pair(Single):
    """Two spatial axes: 3 or (3, 5)."""

    name = "pair"
    count = 2
    domain = (((3, 3), {}), ((3, 5), {}), ((None, 7), {}), ((0.5, 2.0), {}))


class Triple(Single):
    """Three spatial axes: 3 or (3, 5, 5)."""

    name = "triple"
    count = 3
    domain = (((3, 3, 3), {}), ((3, 5, 5), {}))


class SingleOr(Codec):
    """One spatial axis; None means the value of the reference (`stride` of a pool: its kernel)."""

    name: ClassVar[str] = "single_or"
    face: ClassVar[str | None] = "ntuple"
    roles: ClassVar[tuple[str, ...]] = ("otherwise",)
    takes_none: ClassVar[bool] = True
    count: ClassVar[int] = 1
    domain: ClassVar[tuple[Sample, ...]] = (((2,), {"otherwise": (2,)}), ((1,), {"otherwise": (2,)}))

    def read(self, value: object, refs: Refs) -> object:
        # torch also takes the kernel where the stride is an empty tuple.
        return spread(refs.get("otherwise") if value is None or value == () else value, self.count)

    def write(self, value: object, refs: Refs) -> object:
        items = spread(value, self.count)
        if items == refs.get("otherwise"):
            return None
        return items[0] if all(item == items[0] for item in items) else items


class PairOr(SingleOr):
    """Two spatial axes; None means the value of the reference."""

    name = "pair_or"
    count = 2
    domain = (((2, 2), {"otherwise": (2, 2)}), ((1, 2), {"otherwise": (2, 2)}), ((2, 2), {"otherwise": (3, 3)}))


class TripleOr(SingleOr):
    """Three spatial axes; None means the value of the reference."""

    name = "triple_or"
    count = 3
    domain = (((2, 2, 2), {"otherwise": (2, 2, 2)}), ((1, 2, 2), {"otherwise": (2, 2, 2)}))
