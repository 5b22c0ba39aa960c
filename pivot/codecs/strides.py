"""Strides said as an index, for layers that cannot stride and dilate at once."""

from __future__ import annotations

from typing import ClassVar

from pivot.codecs.base import Codec, NoForm, Refs


class StridedIndex(Codec):
    """Every n-th entry of each spatial axis of (N, C, ...), as an index; reads a stride (only for decompositions)."""

    name: ClassVar[str] = "strided_index"

    def read(self, value: object, refs: Refs) -> object:
        if not isinstance(value, tuple) or not all(isinstance(step, int) for step in value):
            raise NoForm("a strided index needs fixed numbers")
        return (slice(None), slice(None), *(slice(None, None, step) for step in value))

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("a strided index is not written")
