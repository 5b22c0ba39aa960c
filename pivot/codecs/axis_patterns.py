"""What the steps of an axis pattern need: shapes and axes, from the pattern, the sizes given with it, and the tensor.

They are read only (for decompositions): a pattern is taken apart, its axes are brought into order, and put together.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from pivot.axis_patterns import PatternError, Resolved, resolve
from pivot.codecs.base import Codec, NoForm, Refs
from pivot.codecs.shapes import shape_of


class PatternCodec(Codec):
    """Base: the value is the pattern; references: the sizes by name, and the tensor."""

    roles: ClassVar[tuple[str, ...]] = ("lengths", "x")

    def read(self, value: object, refs: Refs) -> object:
        lengths = refs.get("lengths")
        try:
            found = resolve(str(value), lengths if isinstance(lengths, dict) else {}, shape_of(refs.get("x")))
        except PatternError as error:
            raise NoForm(str(error)) from None
        return self.part(found)

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("a part of a pattern is not written")

    @abstractmethod
    def part(self, found: Resolved) -> object:
        """What this codec takes out of a pattern."""


class PatternApart(PatternCodec):
    """The shape with every group of the left taken apart."""

    name: ClassVar[str] = "pattern_apart"

    def part(self, found: Resolved) -> object:
        return found.bare(found.before)


class PatternReduced(PatternCodec):
    """The axes that the right side lacks."""

    name: ClassVar[str] = "pattern_reduced"

    def part(self, found: Resolved) -> object:
        if not found.reduced:
            raise NoForm("nothing is reduced by this pattern")
        return found.reduced


class PatternAxes(PatternCodec):
    """The order of the axes that stay, as the right side has them."""

    name: ClassVar[str] = "pattern_axes"

    def part(self, found: Resolved) -> object:
        left = [name for name in found.before if name in found.after]
        return tuple(left.index(name) for name in found.after if name in left)


class PatternOnes(PatternCodec):
    """The shape with an axis of size 1 for every name that only the right side has."""

    name: ClassVar[str] = "pattern_ones"

    def part(self, found: Resolved) -> object:
        return found.bare(found.after)


class PatternSpread(PatternCodec):
    """The shape of the right side before groups are put together."""

    name: ClassVar[str] = "pattern_spread"

    def part(self, found: Resolved) -> object:
        return found.shape(found.after)


class PatternJoined(PatternCodec):
    """The shape of the right side."""

    name: ClassVar[str] = "pattern_joined"

    def part(self, found: Resolved) -> object:
        return found.joined()
