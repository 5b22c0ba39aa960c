"""Element types: names of torch, Keras, NumPy and TensorFlow against the pivot's (`float32`, `int64`, `bool`)."""

from __future__ import annotations

from typing import ClassVar

from pivot.codecs.base import Codec, DottedName, NoForm, Refs, Sample
from pivot.types import DTYPES, FixedKind, is_tensor

_OTHER_NAMES = {
    "float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32", "short": "int16",
    "bool_": "bool", "cfloat": "complex64", "cdouble": "complex128",
    "FloatTensor": "float32", "DoubleTensor": "float64", "HalfTensor": "float16", "BFloat16Tensor": "bfloat16",
    "ByteTensor": "uint8", "CharTensor": "int8", "ShortTensor": "int16", "IntTensor": "int32", "LongTensor": "int64",
    "BoolTensor": "bool",
}  # fmt: skip


class FollowingDtype(str):
    """The element type that a program takes from a tensor or a layer: another one where that one has another."""

    __slots__ = ()


def dtype_name(value: object, python_float: str) -> str:
    """The pivot's name of a dtype given as text, dotted name, or the built-in types float, int, bool; raises NoForm."""
    if value is float:
        return python_float
    if value is int:
        return "int64"
    if value is bool:
        return "bool"
    name = value if isinstance(value, str) else getattr(value, "name", None)
    if isinstance(name, FollowingDtype) and name in DTYPES:
        return name
    if isinstance(name, str):
        last = name.rpartition(".")[2]
        last = _OTHER_NAMES.get(last, last)
        if last in DTYPES:
            return FollowingDtype(last) if isinstance(name, FollowingDtype) else last
    raise NoForm(f"{value!r} is not an element type")


class TorchDtype(Codec):
    """`torch.float32`, `torch.long`, ..."""

    name: ClassVar[str] = "dtype_torch"
    domain: ClassVar[tuple[Sample, ...]] = tuple((name, {}) for name in DTYPES)

    def read(self, value: object, refs: Refs) -> object:
        return dtype_name(value, "float64")

    def write(self, value: object, refs: Refs) -> object:
        return DottedName(f"torch.{dtype_name(value, 'float64')}")


FLOATX = DottedName("keras.config.floatx", called=True)


class KerasDtype(Codec):
    """`"float32"`."""

    name: ClassVar[str] = "dtype_keras"
    domain: ClassVar[tuple[Sample, ...]] = tuple((name, {}) for name in DTYPES)

    def read(self, value: object, refs: Refs) -> object:
        return dtype_name(value, "float32")

    def write(self, value: object, refs: Refs) -> object:
        return dtype_name(value, "float32")


class KerasFloat(KerasDtype):
    """`keras.config.floatx()`: float32, unless the program is told to compute in another kind."""

    name: ClassVar[str] = "dtype_floatx"
    domain: ClassVar[tuple[Sample, ...]] = (("float32", {}),)

    def read(self, value: object, refs: Refs) -> object:
        return "float32" if value == FLOATX else super().read(value, refs)

    def write(self, value: object, refs: Refs) -> object:
        return FLOATX


class KerasMade(KerasFloat):
    """The element type of a tensor that is made: float32 is the kind that the program computes in, others stay.

    PyTorch's tensors of two kinds of fractions meet in every operation, TensorFlow's do not: a table that stayed in
    float32 could not be added to anything of a program that computes in float64.
    """

    name: ClassVar[str] = "dtype_made"
    domain: ClassVar[tuple[Sample, ...]] = tuple((name, {}) for name in DTYPES)

    def write(self, value: object, refs: Refs) -> object:
        name = dtype_name(value, "float32")
        return FLOATX if name == "float32" else name


class DtypeLike(Codec):
    """The element type of a tensor that is given for it; never written."""

    name: ClassVar[str] = "dtype_like"

    def read(self, value: object, refs: Refs) -> object:
        if not is_tensor(value):
            raise NoForm(f"{value!r} is not a tensor")
        dtype = dtype_name(getattr(value, "dtype", None), "float32")
        return dtype if isinstance(dtype, FixedKind) else FollowingDtype(dtype)

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("there is no tensor to take the element type of")


class TypeOf(Codec):
    """The element type that is asked for, else that of a tensor (only for decompositions).

    float32 is what frameworks make when nothing is asked for, and follows the type in which a program is run: it is
    left open.
    """

    name: ClassVar[str] = "type_of"
    roles: ClassVar[tuple[str, ...]] = ("dtype",)

    def read(self, value: object, refs: Refs) -> object:
        wanted = refs.get("dtype")
        if wanted is None and getattr(value, "dtype", None) == "float32":
            return None
        return dtype_name(getattr(value, "dtype", None) if wanted is None else wanted, "float32")

    def write(self, value: object, refs: Refs) -> object:
        raise NoForm("the element type of a tensor is not written")
