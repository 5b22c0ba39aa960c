"""Padding of any axes. Pivot: ((before, after), ...) for every axis of the tensor."""

from __future__ import annotations

from typing import ClassVar

from pivot.codecs.base import Codec, NoForm, Refs, Sample
from pivot.codecs.pads import TorchPadList, pad_pairs
from pivot.types import TensorType, rank_of

NOTHING = (0, 0)
PLANE: Refs = {"x": TensorType((2, 5, 4))}


def rank_in(refs: Refs) -> int:
    """How many axes the tensor has; raises NoForm."""
    rank = rank_of(refs.get("x"))
    if rank is None:
        raise NoForm("padding needs the axes of the tensor")
    return rank


class TorchAxisPads(TorchPadList):
    """`F.pad`: (before, after) of the last axis first; axes that are not padded need not be said."""

    name = "torch_axis_pads"
    roles: ClassVar[tuple[str, ...]] = ("x",)
    domain: ClassVar[tuple[Sample, ...]] = (((NOTHING, (1, 0), NOTHING), PLANE), ((NOTHING, (2, 1), (3, 4)), PLANE))

    def read(self, value: object, refs: Refs) -> object:
        pairs, rank = pad_pairs(super().read(value, refs)), rank_in(refs)
        if len(pairs) > rank:
            raise NoForm(f"{len(pairs)} axes are padded of {rank}")
        return (NOTHING,) * (rank - len(pairs)) + pairs

    def write(self, value: object, refs: Refs) -> object:
        pairs = pad_pairs(value)
        first = next((place for place, pair in enumerate(pairs) if pair != NOTHING), len(pairs) - 1)
        return super().write(pairs[first:], refs)


class KerasAxisPads(Codec):
    """`ops.pad`: a pair for every axis."""

    name: ClassVar[str] = "keras_axis_pads"
    roles: ClassVar[tuple[str, ...]] = ("x",)
    domain: ClassVar[tuple[Sample, ...]] = (((NOTHING, (1, 0), NOTHING), PLANE), (((1, 1),) * 3, PLANE))

    def read(self, value: object, refs: Refs) -> object:
        pairs, rank = pad_pairs(value), rank_in(refs)
        if len(pairs) != rank:
            raise NoForm(f"{len(pairs)} pairs for {rank} axes")
        if any(isinstance(item, int) and item < 0 for pair in pairs for item in pair):
            raise NoForm("some ends are cropped, not padded")
        return pairs

    def write(self, value: object, refs: Refs) -> object:
        return pad_pairs(value)
