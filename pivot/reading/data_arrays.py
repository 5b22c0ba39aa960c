"""Arrays of data whose shapes are known and whose numbers are not: `(x_train, y_train), _ = mnist.load_data()`.

A program takes sizes from its data (`input_shape = x_train.shape[1:]`) and says with it what enters the model. Whatever
else is done with an array is unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from pivot.reading.values import Api, ListObject, Origin, Unknown, Value

if TYPE_CHECKING:
    from pivot.reading.frames import Frame
    from pivot.reading.handlers import Args, Kwargs

Shape = tuple[int, ...]
WHY = "the numbers of the data are not read"
IMAGES: dict[str, tuple[Shape, Shape]] = {
    "mnist": ((28, 28), ()),
    "fashion_mnist": ((28, 28), ()),
    "cifar10": ((32, 32, 3), (1,)),
    "cifar100": ((32, 32, 3), (1,)),
}
COUNTS = {"mnist": 60_000, "fashion_mnist": 60_000, "cifar10": 50_000, "cifar100": 50_000}
OTHERS: dict[str, tuple[tuple[Shape, Shape], tuple[Shape, Shape]]] = {
    "imdb": (((25_000,), (25_000,)), ((25_000,), (25_000,))),
    "reuters": (((8_982,), (8_982,)), ((2_246,), (2_246,))),
    "boston_housing": (((404, 13), (404,)), ((102, 13), (102,))),
}
"""Shapes of what keras.datasets loads: images and labels of a sample, rows to train with, whole shapes."""


@dataclass(frozen=True, slots=True, eq=False)
class DataArray(Unknown):
    """An array of data: its shape."""

    shape: Shape = ()


@dataclass(frozen=True, slots=True, eq=False)
class DataMethod(Unknown):
    """A method of an array of data."""

    owner: DataArray | None = None
    name: str = ""


def array(shape: Shape) -> Value:
    """Data of a shape."""
    return Value(DataArray(WHY, shape=shape))


def loaded(name: str) -> Value | None:
    """What `keras.datasets.mnist.load_data` returns; None: it is no such function, or its shapes are not known."""
    parts = name.split(".")
    if parts[:2] != ["keras", "datasets"] or parts[-1] != "load_data" or len(parts) != 4:
        return None
    key = parts[2]
    if key in IMAGES:
        sample, label = IMAGES[key]
        sizes = (((count, *sample), (count, *label)) for count in (COUNTS[key], 10_000))
        return Value(tuple(Value((array(x), array(y))) for x, y in sizes))
    if key in OTHERS:
        return Value(tuple(Value((array(x), array(y))) for x, y in OTHERS[key]))
    return None


def attribute(data: DataArray, attr: str, node: ast.AST, frame: Frame) -> Value:
    """`x.shape`, `x.ndim`, `x.T` and the methods of an array."""
    if attr == "shape":
        return Value(tuple(Value(size, Origin("literal", None, str(size))) for size in data.shape))
    if attr == "ndim":
        return Value(len(data.shape))
    if attr == "size":
        return Value(prod(data.shape))
    if attr == "T":
        return array(data.shape[::-1])
    return Value(DataMethod(data.why, owner=data, name=attr))


def index(data: DataArray, where: Value) -> Value:
    """`x[:1000]`, `x[..., None]`, `x[0]`: numbers, slices, None and the ellipsis; else unknown."""
    parts = list(where.hint) if isinstance(where.hint, tuple) else [where]
    hints = [part.hint if isinstance(part, Value) else part for part in parts]
    hints = [None if isinstance(hint, Api) and hint.name == "numpy.newaxis" else hint for hint in hints]
    taken = sum(hint is not None and hint is not ... for hint in hints)
    if ... in hints:
        at = hints.index(...)
        hints[at : at + 1] = [slice(None)] * (len(data.shape) - taken)
    hints += [slice(None)] * (len(data.shape) - sum(hint is not None for hint in hints))
    sizes, left = [], list(data.shape)
    for hint in hints:
        if hint is None:
            sizes.append(1)
        elif isinstance(hint, slice) and left:
            bounds = [b.hint if isinstance(b, Value) else b for b in (hint.start, hint.stop, hint.step)]
            start, stop, step = (b if isinstance(b, int) else None for b in bounds)
            if any(b is not None and not isinstance(b, int) for b in bounds):
                return Value(Unknown(data.why))
            sizes.append(len(range(left.pop(0))[start:stop:step]))
        elif isinstance(hint, int) and left:
            left.pop(0)
        else:
            return Value(Unknown(data.why))
    return array(tuple(sizes))


def call_method(method: DataMethod, args: Args, kwargs: Kwargs) -> Value:
    """`x.astype("float32")`, `x.reshape(-1, 784)`; else unknown."""
    data = method.owner
    assert data is not None
    if method.name in ("astype", "copy", "clip", "round"):
        return array(data.shape)
    if method.name == "reshape":
        return reshaped(data, args)
    if method.name in ("flatten", "ravel"):
        return array((prod(data.shape),))
    return Value(Unknown(data.why))


def reshaped(data: DataArray, args: Args) -> Value:
    """The data in another shape, one size of which may be left open."""
    first = args[0].hint if len(args) == 1 else None
    items = first.items if isinstance(first, ListObject) else first if isinstance(first, tuple) else args
    sizes = [item.hint for item in items if isinstance(item, Value)]
    if not sizes or not all(isinstance(size, int) for size in sizes) or sizes.count(-1) > 1:
        return Value(Unknown(data.why))
    known = [size for size in sizes if isinstance(size, int)]
    rest = prod(size for size in known if size != -1)
    whole = tuple(prod(data.shape) // rest if size == -1 and rest else size for size in known)
    return array(whole) if prod(whole) == prod(data.shape) else Value(Unknown(data.why))


def number(args: Args, kwargs: Kwargs, place: int, name: str) -> int | None:
    """A whole number among arguments."""
    value = kwargs.get(name, args[place] if len(args) > place else None)
    return value.hint if value is not None and isinstance(value.hint, int) else None


def with_axis(data: DataArray, args: Args, kwargs: Kwargs) -> Value:
    """numpy.expand_dims."""
    axis = number(args, kwargs, 1, "axis")
    if axis is None:
        return Value(Unknown(data.why))
    sizes = list(data.shape)
    sizes.insert(axis % (len(sizes) + 1), 1)
    return array(tuple(sizes))


def categorical(data: DataArray, args: Args, kwargs: Kwargs) -> Value:
    """keras.utils.to_categorical."""
    classes = number(args, kwargs, 1, "num_classes")
    shape = data.shape[:-1] if data.shape[-1:] == (1,) and len(data.shape) > 1 else data.shape
    return Value(Unknown(data.why)) if classes is None else array((*shape, classes))


def padded(data: DataArray, args: Args, kwargs: Kwargs) -> Value:
    """keras.preprocessing.sequence.pad_sequences."""
    length = number(args, kwargs, 1, "maxlen")
    return Value(Unknown(data.why)) if length is None else array((data.shape[0], length))


def same(data: DataArray, args: Args, kwargs: Kwargs) -> Value:
    """Data of the same shape."""
    return array(data.shape)


def of_data(items: list[Value]) -> bool:
    """Are there arrays of data among these?"""
    return any(isinstance(item.hint, DataArray) for item in items)


def joined(rows: list[Value], args: Args, kwargs: Kwargs) -> Value:
    """numpy.concatenate, of data that differ in one axis."""
    shapes = [row.hint.shape for row in rows if isinstance(row.hint, DataArray)]
    axis = number(args, kwargs, 1, "axis") or 0
    if len(shapes) != len(rows) or not shapes or len({len(shape) for shape in shapes}) != 1:
        return Value(Unknown(WHY))
    sizes = list(shapes[0])
    sizes[axis] = sum(shape[axis] for shape in shapes)
    return array(tuple(sizes))


FUNCTIONS: Mapping[str, Callable[[DataArray, Args, Kwargs], Value]] = {
    "numpy.expand_dims": with_axis,
    "tensorflow.expand_dims": with_axis,
    "numpy.reshape": lambda data, args, kwargs: reshaped(data, args[1:]),
    "numpy.array": same,
    "numpy.asarray": same,
    "tensorflow.cast": same,
    "keras.utils.to_categorical": categorical,
    "keras.utils.np_utils.to_categorical": categorical,
    "keras.utils.pad_sequences": padded,
    "keras.preprocessing.sequence.pad_sequences": padded,
}
