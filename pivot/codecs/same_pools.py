"""Average pools padded "same" as PyTorch has them: the same padding at both ends, of which windows do not count.

With one entry more behind than before, a stride above 1 lets `ceil_mode` open the last window, which ends beyond the
padding; with a stride of 1 one window too many is made in front and cut off. Only for decompositions.
"""

from __future__ import annotations

from typing import ClassVar

from pivot.codecs.base import Codec, NoForm, Refs
from pivot.codecs.pads import pad_pairs
from pivot.codecs.pooling import TfSamePads
from pivot.dims import Dim


class HalfPads(Codec):
    """Padding before the first entry, at both ends; the sizes of the axes must be known."""

    name: ClassVar[str] = "half_pads"
    roles: ClassVar[tuple[str, ...]] = ("kernel", "stride", "*")

    def read(self, value: object, refs: Refs) -> object:
        return tuple((before, before) for before, _ in fixed_pads(value, refs))

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("pads that depend on sizes are not written")


class HalfPadsCeil(HalfPads):
    """Does the last window of an axis need `ceil_mode`?"""

    name = "half_pads_ceil"

    def read(self, value: object, refs: Refs) -> object:
        pads, stride = fixed_pads(value, refs), refs.get("stride")
        uneven = [before != after for before, after in pads]
        if isinstance(stride, tuple) and any(u and step == 1 for u, step in zip(uneven, stride, strict=True)):
            raise NoForm("torch pads the same before and after")
        return any(uneven)


class HalfPadsCounted(HalfPads):
    """PyTorch counts no entry beyond the padding: without any at the front, `count_include_pad` says nothing."""

    name = "half_pads_counted"

    def read(self, value: object, refs: Refs) -> object:
        return not any(before for before, _ in fixed_pads(value, refs))


class WidePads(Codec):
    """The larger padding of each axis, at both ends."""

    name: ClassVar[str] = "wide_pads"

    def read(self, value: object, refs: Refs) -> object:
        return tuple((max(pair), max(pair)) for pair in numbers(value))

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("wider pads are not written")


class WideCuts(WidePads):
    """What `wide_pads` makes too much with a stride of 1."""

    name = "wide_cuts"

    def read(self, value: object, refs: Refs) -> object:
        return tuple((max(pair) - pair[0], max(pair) - pair[1]) for pair in numbers(value))


def numbers(value: object) -> tuple[tuple[int, int], ...]:
    """Pads as fixed numbers; raises NoForm."""
    found: list[tuple[int, int]] = []
    for before, after in pad_pairs(value):
        if not isinstance(before, int) or not isinstance(after, int):
            raise NoForm("torch has no padding that depends on the size")
        found.append((before, after))
    return tuple(found)


def fixed_pads(value: object, refs: Refs) -> tuple[tuple[int, int], ...]:
    """The pads that "same" means for these sizes; raises NoForm where they are free."""
    kernel = refs.get("kernel")
    ones: Dim | tuple[int, ...] = (1,) * len(kernel) if isinstance(kernel, tuple) else ()
    return numbers(TfSamePads().read(value, {**refs, "dilation": ones}))
