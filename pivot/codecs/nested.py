"""Tensors written as nested lists of numbers."""

from __future__ import annotations

from typing import ClassVar

from pivot.codecs.base import Codec, NoForm, Refs, Sample
from pivot.codecs.dtypes import FLOATX, KerasDtype


class Nested(Codec):
    """A number, or lists of lists of numbers that are all of one length; tuples in the pivot."""

    name: ClassVar[str] = "nested"
    face: ClassVar[str | None] = "nested"
    domain: ClassVar[tuple[Sample, ...]] = ((2.5, {}), ((1, 2), {}), (((True,), (False,)), {}))

    def read(self, value: object, refs: Refs) -> object:
        found = _tuples(value)
        _shape(found)
        return found

    def write(self, value: object, refs: Refs) -> object:
        return _lists(value)


class NumberDtype(KerasDtype):
    """The element type of numbers: Keras makes int32 of whole ones, the pivot int64. Reference: the numbers.

    Fractions are made in the type of the model: otherwise TensorFlow rounds them to float32 first. Those that a program
    asks for in float32 are rounded, whatever the model computes in.
    """

    name = "number_dtype"
    roles: ClassVar[tuple[str, ...]] = ("value",)
    takes_none: ClassVar[bool] = True
    domain: ClassVar[tuple[Sample, ...]] = ((None, {"value": (1, 2)}), ("float64", {"value": (1, 2)}))

    def read(self, value: object, refs: Refs) -> object:
        if value is None:
            return "int32" if _whole(refs.get("value")) else None
        name = super().read(value, refs)
        numbers = refs.get("value")
        return None if name == ("int64" if _whole(numbers) else "" if _fractions(numbers) else "bool") else name

    def write(self, value: object, refs: Refs) -> object:
        if value is None:
            numbers = refs.get("value")
            return "int64" if _whole(numbers) else FLOATX if _fractions(numbers) else "bool"
        return super().write(value, refs)


def _fractions(value: object) -> bool:
    if isinstance(value, (tuple, list)):
        return any(map(_fractions, value))
    return isinstance(value, float)


def _whole(value: object) -> bool:
    if isinstance(value, (tuple, list)):
        return bool(value) and all(map(_whole, value))
    return isinstance(value, int) and not isinstance(value, bool)


def _tuples(value: object) -> object:
    if isinstance(value, (tuple, list)):
        return tuple(map(_tuples, value))
    if isinstance(value, (bool, int, float)):
        return value
    raise NoForm(f"{value!r} is not a fixed number")


def _lists(value: object) -> object:
    return [_lists(item) for item in value] if isinstance(value, (tuple, list)) else value


def _shape(value: object) -> tuple[int, ...]:
    if not isinstance(value, tuple):
        return ()
    shapes = {_shape(item) for item in value}
    if len(shapes) > 1:
        raise NoForm("the rows are not of one length")
    return (len(value), *(shapes.pop() if shapes else ()))
